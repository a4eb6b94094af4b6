/* split_view.h — is what stands published still the beginning of the database's log?
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SPLIT_VIEW_H
#define ASSAYD_SPLIT_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "dbsync.h"
#include "fault.h"

/* Open the checkpoint in the log's folder with the log's vkey, and compare its root with the root
 * of as many leaves of the database, of which signed_size are signed. *size: the checkpoint's; 0
 * where there is none yet. Fails with FAULT_CHECKPOINT, FAULT_CHECKPOINT_SIGNATURE and
 * FAULT_LOG_MISMATCH, which are final, and with FAULT_DATABASE, FAULT_NO_MEMORY. */
bool split_view_check(const char *folder, const char *vkey, uint64_t signed_size, struct dbsync *db,
    uint64_t *size, struct fault *f) __attribute__((warn_unused_result));

#endif
