/* derive_changes.h — write what a batch changed of the leaves, keys and submitters before it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DERIVE_CHANGES_H
#define ASSAYD_DERIVE_CHANGES_H

#include <stdbool.h>

#include "dbsync.h"
#include "derive.h"
#include "fault.h"

/* Write everything the book says has changed, behind the rows of the batch's own leaves. Fails with
 * FAULT_DATABASE, FAULT_NO_MEMORY. */
bool write_changes(struct dbsync *db, const struct book *b, struct fault *f)
    __attribute__((warn_unused_result));

/* Name the statements behind the batch's decisions, whose rows are written, as the log had them at
 * each one's checkpoint: those that the digests fit. Where none do (unpublished runs, a lie) none
 * are named. Fails likewise. */
bool write_inputs(struct dbsync *db, const struct derivation *d, struct fault *f)
    __attribute__((warn_unused_result));

#endif
