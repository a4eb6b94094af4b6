/* proof.h — a receipt: proof that an entry is in a log, for offline use (C2SP tlog-proof).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_PROOF_H
#define ASSAY_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checkpoint.h"
#include "crypto.h"
#include "fault.h"
#include "lines.h"
#include "merkle.h"
#include "text.h"

#define PROOF_MAX_BYTES (NOTE_MAX_BYTES + 8192)

struct log_proof {
	uint64_t index;
	struct merkle_proof path;
	const char *note; /* the signed checkpoint; points into what was read */
	size_t note_n;
};

/* Append the hashes of a proof, one a line in base64, and an empty line; read them back. */
void path_print(const struct merkle_proof *path, struct text *out);
bool path_read(struct lines *in, struct merkle_proof *out) __attribute__((warn_unused_result));

/* Append the proof: the line c2sp.org/tlog-proof@v1, `index N`, the path in base64, an empty line,
 * the signed checkpoint as it is (C2SP tlog-proof, "Format"). */
void proof_print(const struct log_proof *proof, struct text *out);

/* Read that form; an `extra` line of up to 1024 bytes is allowed and ignored, as nothing
 * authenticates it. Borrows data for as long as *out is used. Nothing is verified yet.
 * Fails with FAULT_LOG_PROOF. */
bool proof_read(const char *data, size_t n, struct log_proof *out, struct fault *f)
    __attribute__((warn_unused_result));

/* Verify that the checkpoint is signed by the log of this origin and key, and that it covers the
 * leaf hash at proof->index. *out is the checkpoint.
 * Fails with FAULT_CHECKPOINT, FAULT_CHECKPOINT_SIGNATURE, FAULT_LOG_PROOF. */
bool proof_verify(const struct log_proof *proof, const uint8_t leaf[SHA256_SIZE],
    const char *origin, const uint8_t key[KEY_SIZE], struct checkpoint *out, struct fault *f)
    __attribute__((warn_unused_result));

#endif
