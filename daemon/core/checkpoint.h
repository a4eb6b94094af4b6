/* checkpoint.h — the log's signed tree head (C2SP tlog-checkpoint).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CHECKPOINT_H
#define ASSAY_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"
#include "fault.h"
#include "note.h"
#include "text.h"

struct checkpoint {
	char origin[ORIGIN_SIZE];
	uint64_t size; /* at most MERKLE_SIZE_MAX */
	uint8_t root[SHA256_SIZE];
};

/* Append the text that is signed: origin, size in decimal, root in base64, each with its LF (C2SP
 * tlog-checkpoint, "Note text"). */
void checkpoint_print(const struct checkpoint *c, struct text *out);

/* Read exactly that. Extension lines are refused: no log of ours writes any, as nobody could audit
 * them. Fails with FAULT_CHECKPOINT. */
bool checkpoint_read(const char *body, size_t n, struct checkpoint *out, struct fault *f)
    __attribute__((warn_unused_result));

/* Append the signed note. */
void checkpoint_sign(const struct checkpoint *c, const struct keypair *key, struct text *out);

/* Open a signed note of the log of this origin and key.
 * Fails with FAULT_CHECKPOINT (form, other origin), FAULT_CHECKPOINT_SIGNATURE. */
bool checkpoint_open(const char *note, size_t n, const char *origin, const uint8_t key[KEY_SIZE],
    struct checkpoint *out, struct fault *f) __attribute__((warn_unused_result));

#endif
