/* derive_changes.h — write what a batch changed of the leaves, keys and submitters before it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DERIVE_CHANGES_H
#define ASSAYD_DERIVE_CHANGES_H

#include <stdbool.h>

#include "book.h"
#include "dbsync.h"
#include "fault.h"

/* Write everything the book says has changed, behind the rows of the batch's own leaves. Fails with
 * FAULT_DATABASE, FAULT_NO_MEMORY. */
bool write_changes(struct dbsync *db, const struct book *b, struct fault *f)
    __attribute__((warn_unused_result));

#endif
