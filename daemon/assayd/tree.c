/* tree.c — the log's Merkle tree over its rows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

#include <stdio.h>
#include <string.h>

#include "encode.h"

bool
tree_hashes(struct dbsync *db, unsigned int level, uint64_t first, uint64_t behind,
    struct text *out, struct fault *f)
{
	char texts[3][24];
	struct db_param params[3];
	const uint64_t values[] = {first, behind, level};
	struct db_rows *rows;
	uint8_t hash[SHA256_SIZE];
	bool done;

	for (size_t i = 0; i < 3; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%llu", (unsigned long long)values[i]);
		params[i] = (struct db_param){.data = texts[i], .n = strlen(texts[i])};
	}
	rows = dbsync_ask(db, level == 0 ? QUERY_LEAF_HASHES : QUERY_NODE_HASHES, params, f);
	done = rows != NULL && db_rows_n(rows) == behind - first;
	for (size_t i = 0; done && i < behind - first; i++) {
		done = db_bytes(rows, i, 0, hash, SHA256_SIZE);
		text_add(out, hash, SHA256_SIZE);
	}
	dbsync_free(rows);
	return (done && !out->failed) ||
	       fault_set(f, FAULT_INTERNAL, "", "the hashes of the tree's rows", "fewer");
}

/* Hash `index` of merkle level `level` is the root over 2^(level mod 8) hashes of a tile's level.
 */
static bool
node(void *arg, unsigned int level, uint64_t index, uint8_t out[SHA256_SIZE])
{
	unsigned int n = 1u << level % TILE_HEIGHT;
	uint64_t first = index << level % TILE_HEIGHT;
	struct text hashes = {0};
	struct fault f = {0};
	bool done = tree_hashes(arg, level / TILE_HEIGHT, first, first + n, &hashes, &f);

	if (done)
		tile_fold((const uint8_t *)hashes.data, n, out);
	text_clear(&hashes);
	return done;
}

struct merkle_source
tree_source(struct dbsync *db)
{
	return (struct merkle_source){.node = node, .arg = db};
}

static bool
load_level(struct tree *t, struct dbsync *db, unsigned int level, uint64_t size, struct fault *f)
{
	uint64_t all = size >> (TILE_HEIGHT * level), n = all % TILE_WIDTH;
	struct text hashes = {0};
	bool done = n == 0 || tree_hashes(db, level, all - n, all, &hashes, f);

	if (done && n > 0)
		memcpy(t->last[level].hash, hashes.data, n * SHA256_SIZE);
	t->last[level].n = (unsigned int)n;
	text_clear(&hashes);
	return done;
}

static bool
load_all(struct tree *t, struct dbsync *db, uint64_t size, struct fault *f)
{
	const struct merkle_source source = tree_source(db);

	for (unsigned int level = 0; level < TREE_LEVELS; level++)
		if (!load_level(t, db, level, size, f))
			return false;
	return frontier_load(&t->frontier, size, &source) ||
	       fault_set(f, FAULT_INTERNAL, "", "the hashes of the tree's rows", "fewer");
}

/* Half a tree must never be taken for a whole one. */
bool
tree_load(struct tree *t, struct dbsync *db, uint64_t size, struct fault *f)
{
	bool done = load_all(t, db, size, f);

	if (!done)
		memset(t, 0, sizeof(*t));
	return done;
}

static bool
add_node(json_t *nodes, unsigned int level, uint64_t index, const uint8_t hash[SHA256_SIZE])
{
	char hex[HEX32_SIZE];

	hex_print(hash, SHA256_SIZE, hex);
	return json_array_append_new(nodes, json_pack("{s:i, s:I, s:s}", "level", (int)level,
						"index", (json_int_t)index, "hash", hex)) == 0;
}

bool
tree_append(struct tree *t, const uint8_t leaf[SHA256_SIZE], json_t *nodes)
{
	uint8_t hash[SHA256_SIZE];
	unsigned int level = 0;

	if (!frontier_append(&t->frontier, leaf))
		return false;
	memcpy(hash, leaf, SHA256_SIZE);
	for (;;) {
		memcpy(t->last[level].hash[t->last[level].n++], hash, SHA256_SIZE);
		if (t->last[level].n < TILE_WIDTH || level + 1 == TREE_LEVELS)
			return true;
		tile_fold(t->last[level].hash[0], TILE_WIDTH, hash);
		t->last[level++].n = 0;
		if (!add_node(nodes, level, (t->frontier.size >> (TILE_HEIGHT * level)) - 1, hash))
			return false;
	}
}

bool
tree_leaf(const struct db_rows *rows, size_t row, struct leaf *out)
{
	memset(out, 0, sizeof(*out));
	snprintf(out->type, sizeof(out->type), "application/vnd.assay.%s.v1+json",
	    db_text(rows, row, 0));
	out->accepted_at_ms = db_whole(rows, row, 5);
	return db_bytes(rows, row, 1, out->id, SHA256_SIZE) &&
	       db_bytes(rows, row, 2, out->payload_sha256, SHA256_SIZE) &&
	       db_bytes(rows, row, 3, out->key, KEY_SIZE) &&
	       db_bytes(rows, row, 4, out->signature, SIGNATURE_SIZE);
}
