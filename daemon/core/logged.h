/* logged.h — a statement and its receipt together: who signed it, and that the log holds it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_LOGGED_H
#define ASSAY_LOGGED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checkpoint.h"
#include "crypto.h"
#include "fault.h"
#include "leaf.h"
#include "statement.h"

/* The leaf of a statement that was opened, accepted at this time (Unix ms). */
void logged_leaf(const struct statement *st, int64_t accepted_at_ms, struct leaf *out);

/* What a receipt proves. */
struct logged {
	uint64_t index;
	struct checkpoint checkpoint;
};

/* Verify with nothing but these bytes that the log of this origin and key holds the statement,
 * accepted at this time: proof is a tlog-proof of n bytes (proof.h). st is one that
 * statement_open() verified.
 * Fails with FAULT_LOG_PROOF, FAULT_CHECKPOINT, FAULT_CHECKPOINT_SIGNATURE, FAULT_NO_MEMORY. */
bool logged_verify(const struct statement *st, int64_t accepted_at_ms, const char *proof, size_t n,
    const char *origin, const uint8_t key[KEY_SIZE], struct logged *out, struct fault *f)
    __attribute__((warn_unused_result));

#endif
