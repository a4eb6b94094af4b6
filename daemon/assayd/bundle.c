/* bundle.c — the content of one stretch of the log's files, from its rows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coding.h"
#include "encode.h"
#include "envelope.h"
#include "tree.h"

/* Columns of QUERY_BUNDLE behind those that make a leaf. */
enum { PAYLOAD = 6, INDEX, STATE, HASH };

void
bundle_clear(struct bundle *b)
{
	text_clear(&b->hashes);
	text_clear(&b->entries);
	text_clear(&b->statements);
}

static void
add_base64(struct text *out, const char *name, const uint8_t *bytes, size_t n)
{
	text_addf(out, ",\"%s\":\"", name);
	base64_print(bytes, n, out);
	text_add_str(out, "\"");
}

/* What is left of a withheld statement: the facts of its leaf. */
static void
add_notice(const struct db_rows *rows, size_t i, const struct leaf *leaf, struct text *out)
{
	char hex[HEX32_SIZE];

	hex_print(leaf->payload_sha256, SHA256_SIZE, hex);
	text_addf(out, ",\"payloadType\":\"%s\",\"payload_sha256\":\"%s\"", leaf->type, hex);
	add_base64(out, "key", leaf->key, KEY_SIZE);
	add_base64(out, "signature", leaf->signature, SIGNATURE_SIZE);
	text_addf(out, ",\"withheld\":true,\"state\":\"%s\"", db_text(rows, i, STATE));
}

static void
add_statement(const struct db_rows *rows, size_t i, const struct leaf *leaf, struct text *out)
{
	size_t n = 0;
	uint8_t *payload = db_blob(rows, i, PAYLOAD, &n);
	char hex[HEX32_SIZE];

	hex_print(leaf->id, SHA256_SIZE, hex);
	text_addf(out, "{\"index\":%s,\"id\":\"%s\",\"accepted_at_ms\":%lld",
	    db_text(rows, i, INDEX), hex, (long long)leaf->accepted_at_ms);
	if (payload != NULL) {
		text_add_str(out, ",\"envelope\":");
		envelope_print(leaf->type, payload, n, leaf->key, leaf->signature, out);
	} else {
		add_notice(rows, i, leaf, out);
	}
	text_add_str(out, "}\n");
	free(payload);
}

static bool
add_row(const struct db_rows *rows, size_t i, struct bundle *out)
{
	uint8_t hash[SHA256_SIZE];
	struct text entry = {0};
	struct leaf leaf;
	bool done = tree_leaf(rows, i, &leaf) && db_bytes(rows, i, HASH, hash, SHA256_SIZE);

	if (done) {
		leaf_print(&leaf, &entry);
		text_add(&out->hashes, hash, SHA256_SIZE);
		done = !entry.failed && entry_print(entry.data, entry.n, &out->entries);
		add_statement(rows, i, &leaf, &out->statements);
	}
	text_clear(&entry);
	return done;
}

static bool
pack(struct text *lines, struct fault *f)
{
	struct text packed = {0};
	void *data;
	size_t n;

	if (lines->failed || !coding_make(CODING_GZIP, lines->data, lines->n, &data, &n))
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a bundle", "none");
	text_add(&packed, data, n);
	free(data);
	text_clear(lines);
	*lines = packed;
	return true;
}

bool
bundle_make(struct dbsync *db, const struct tile *tile, struct bundle *out, struct fault *f)
{
	uint64_t from = tile->n * TILE_WIDTH;
	char first[24], behind[24];
	struct db_param params[2];
	struct db_rows *rows;
	bool done;

	snprintf(first, sizeof(first), "%llu", (unsigned long long)from);
	snprintf(behind, sizeof(behind), "%llu", (unsigned long long)(from + tile->width));
	params[0] = (struct db_param){.data = first, .n = strlen(first)};
	params[1] = (struct db_param){.data = behind, .n = strlen(behind)};
	rows = dbsync_ask(db, QUERY_BUNDLE, params, f);
	done = rows != NULL && db_rows_n(rows) == tile->width;
	for (size_t i = 0; done && i < tile->width; i++)
		done = add_row(rows, i, out);
	dbsync_free(rows);
	if (done && !out->hashes.failed && !out->entries.failed)
		return pack(&out->statements, f) && !out->statements.failed;
	return fault_set(f, FAULT_INTERNAL, "", "the rows of a stretch of the log", "others");
}
