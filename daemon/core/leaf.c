/* leaf.c — what the log commits to of one statement, to the byte.
 * SPDX-License-Identifier: Apache-2.0 */
#include "leaf.h"

#include "encode.h"
#include "lines.h"
#include "merkle.h"

#define LEAF_WORD "assay-leaf-v1"

void
leaf_print(const struct leaf *leaf, struct text *out)
{
	char id[HEX32_SIZE], payload[HEX32_SIZE];

	hex_print(leaf->id, SHA256_SIZE, id);
	hex_print(leaf->payload_sha256, SHA256_SIZE, payload);
	text_addf(out, LEAF_WORD "\n%s\n%s\n%s\n", leaf->type, id, payload);
	base64_print(leaf->key, KEY_SIZE, out);
	text_add_str(out, "\n");
	base64_print(leaf->signature, SIGNATURE_SIZE, out);
	text_addf(out, "\n%lld\n", (long long)leaf->accepted_at_ms);
}

static bool
next_hex(struct lines *in, uint8_t out[SHA256_SIZE])
{
	char hex[HEX32_SIZE];
	struct line line;

	return line_next(in, &line) && line_copy(line, hex, sizeof(hex)) &&
	       hex_parse(hex, out, SHA256_SIZE);
}

static bool
next_base64(struct lines *in, uint8_t *out, size_t n)
{
	struct line line;
	size_t got;

	return line_next(in, &line) && base64_parse(line.s, line.n, out, n, &got) && got == n;
}

bool
leaf_parse(const void *entry, size_t n, struct leaf *out)
{
	struct lines in = {entry, n};
	struct line line;
	uint64_t ms;

	if (!line_next(&in, &line) || !line_is(line, LEAF_WORD) || !line_next(&in, &line) ||
	    line.n == 0 || !line_copy(line, out->type, sizeof(out->type)) ||
	    !next_hex(&in, out->id) || !next_hex(&in, out->payload_sha256) ||
	    !next_base64(&in, out->key, KEY_SIZE) ||
	    !next_base64(&in, out->signature, SIGNATURE_SIZE) || !line_next(&in, &line) ||
	    !whole_parse(line.s, line.n, &ms))
		return false;
	out->accepted_at_ms = (int64_t)ms;
	return in.n == 0;
}

bool
leaf_hash(const struct leaf *leaf, uint8_t out[SHA256_SIZE])
{
	struct text entry = {0};
	bool done;

	leaf_print(leaf, &entry);
	done = !entry.failed;
	if (done)
		merkle_leaf(entry.data, entry.n, out);
	text_clear(&entry);
	return done;
}
