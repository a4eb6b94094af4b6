/* logged.c — a statement and its receipt together: who signed it, and that the log holds it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "logged.h"

#include <stdio.h>
#include <string.h>

#include "proof.h"

void
logged_leaf(const struct statement *st, int64_t accepted_at_ms, struct leaf *out)
{
	snprintf(out->type, sizeof(out->type), "%s", kind_info(st->kind)->type);
	memcpy(out->id, st->id, SHA256_SIZE);
	memcpy(out->payload_sha256, st->payload_sha256, SHA256_SIZE);
	memcpy(out->key, st->key, KEY_SIZE);
	memcpy(out->signature, st->signature, SIGNATURE_SIZE);
	out->accepted_at_ms = accepted_at_ms;
}

bool
logged_verify(const struct statement *st, int64_t accepted_at_ms, const char *proof, size_t n,
    const char *origin, const uint8_t key[KEY_SIZE], struct logged *out, struct fault *f)
{
	struct log_proof read;
	struct leaf leaf;
	uint8_t hash[SHA256_SIZE];

	logged_leaf(st, accepted_at_ms, &leaf);
	if (!leaf_hash(&leaf, hash))
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a leaf", "none");
	if (!proof_read(proof, n, &read, f))
		return false;
	out->index = read.index;
	return proof_verify(&read, hash, origin, key, &out->checkpoint, f);
}
