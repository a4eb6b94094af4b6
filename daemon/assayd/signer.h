/* signer.h — what the log's key signs, and what it refuses: the rules of the signer's process.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SIGNER_H
#define ASSAYD_SIGNER_H

#include <stdbool.h>
#include <stddef.h>

#include "checkpoint.h"
#include "crypto.h"
#include "fault.h"
#include "text.h"

/* `last` stands in the state file, in the form that is signed, before any signature over it is
 * given out; so "signed but not persisted" cannot happen. Without a file it is the empty tree. */
struct log_signer {
	struct keypair key;
	struct checkpoint last;
	const char *state_path;
	int lock; /* held as long as the process lives: one signer a state */
};

/* Load key and state for this origin; waits for another signer of the same state to end. Borrows
 * state_path until signer_close().
 * Fails with FAULT_KEY_FILE, FAULT_KEY_FILE_MODE, FAULT_FILE, FAULT_FILE_FORMAT (damaged state, or
 * another log's). */
bool signer_open(struct log_signer *s, const char *origin, const char *key_path,
    const char *state_path, struct fault *f) __attribute__((warn_unused_result));

/* Wipe the key, let go of the lock. */
void signer_close(struct log_signer *s);

/* Answer one request, any bytes whatever:
 *   old SIZE LF, consistency proof from SIZE (a base64 hash a line), LF, checkpoint text
 * (the form of C2SP tlog-witness, "add-checkpoint", but that the checkpoint is not signed yet) with
 *   signed LF signed note       it extends `last`, or is `last` again; on disk by now
 *   at SIZE LF                  the proof has to begin at SIZE, that of `last`
 *   refused LF CODE LF PATH LF EXPECTED LF GOT LF   the fault
 * A smaller size than last's, another root at last's, or a proof that does not lead from last to it
 * is a FAULT_LOG_MISMATCH. That the leaves are as many as the size says is the word of who asks: no
 * proof of RFC 6962 commits to it. */
void signer_answer(struct log_signer *s, const char *request, size_t n, struct text *answer);

#endif
