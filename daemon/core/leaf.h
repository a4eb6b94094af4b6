/* leaf.h — what the log commits to of one statement, to the byte.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_LEAF_H
#define ASSAY_LEAF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"
#include "envelope.h"
#include "text.h"

/* The six facts of a leaf; bytes raw, as they verified. */
struct leaf {
	char type[PAYLOAD_TYPE_MAX]; /* payloadType */
	uint8_t id[SHA256_SIZE];
	uint8_t payload_sha256[SHA256_SIZE];
	uint8_t key[KEY_SIZE];
	uint8_t signature[SIGNATURE_SIZE];
	int64_t accepted_at_ms; /* Unix ms, 0 or later */
};

/* Append the log entry: seven LF-ended lines: assay-leaf-v1, type, id and payload SHA-256 in hex,
 * key and signature in base64, accepted_at_ms in decimal (the design's exact forms, "Leaf"). */
void leaf_print(const struct leaf *leaf, struct text *out);

/* Read exactly that form back. */
bool leaf_parse(const void *entry, size_t n, struct leaf *out) __attribute__((warn_unused_result));

/* The hash that stands in the tree for it. False without memory. */
bool leaf_hash(const struct leaf *leaf, uint8_t out[SHA256_SIZE])
    __attribute__((warn_unused_result));

#endif
