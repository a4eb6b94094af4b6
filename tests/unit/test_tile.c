/* test_tile.c — paths, which files a larger log adds, and hashes found again in tiles.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tile.h"
#include "tree.h"
#include "unit.h"

static int
start(void **state)
{
	(void)state;
	return crypto_start() ? 0 : -1;
}

static void
test_paths(void **state)
{
	static const struct {
		enum tile_kind kind;
		struct tile tile;
		const char *path;
	} rows[] = {
	    {TILE_HASHES, {0, 0, 256}, "tile/0/000"},
	    {TILE_HASHES, {0, 273, 112}, "tile/0/273.p/112"},
	    {TILE_HASHES, {2, 0, 1}, "tile/2/000.p/1"},
	    {TILE_HASHES, {0, 1234067, 256}, "tile/0/x001/x234/067"},
	    {TILE_HASHES, {1, 1000, 255}, "tile/1/x001/000.p/255"},
	    {TILE_HASHES, {6, MERKLE_SIZE_MAX, 255}, "tile/6/x009/x007/x199/x254/x740/991.p/255"},
	    {TILE_ENTRIES, {0, 999, 256}, "tile/entries/999"},
	    {TILE_ENTRIES, {0, 1234067, 7}, "tile/entries/x001/x234/067.p/7"},
	    {TILE_STATEMENTS, {0, 0, 256}, "statements/000.jsonl.gz"},
	    {TILE_STATEMENTS, {0, 1234067, 7}, "statements/x001/x234/067.p/7.jsonl.gz"},
	};
	char path[TILE_PATH_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		tile_path(rows[i].kind, &rows[i].tile, path);
		assert_string_equal(path, rows[i].path);
	}
}

/* The example of C2SP tlog-tiles, "Partial Tiles". */
static void
test_tiles_of_seventy_thousand(void **state)
{
	struct tile_walk walk = {.to = 70000};
	unsigned int full[3] = {0}, partial[3] = {0};
	struct tile tile;

	(void)state;
	while (tile_next(&walk, &tile)) {
		assert_in_range(tile.level, 0, 2);
		if (tile.width == TILE_WIDTH)
			full[tile.level]++;
		else
			partial[tile.level] = tile.width;
	}
	assert_int_equal(full[0], 273);
	assert_int_equal(partial[0], 112);
	assert_int_equal(full[1], 1);
	assert_int_equal(partial[1], 17);
	assert_int_equal(full[2], 0);
	assert_int_equal(partial[2], 1);
}

/* Put the tiles of a walk into a text, one path a line. */
static char *
paths(uint64_t from, uint64_t to)
{
	struct tile_walk walk = {.from = from, .to = to};
	struct text all = {0};
	struct tile tile;
	char path[TILE_PATH_SIZE];

	while (tile_next(&walk, &tile)) {
		tile_path(TILE_HASHES, &tile, path);
		text_addf(&all, "%s ", path + strlen("tile/"));
	}
	return text_take(&all);
}

static void
test_what_a_larger_log_adds(void **state)
{
	static const struct {
		uint64_t from, to;
		const char *paths;
	} rows[] = {
	    {0, 0, ""},
	    {0, 1, "0/000.p/1 "},
	    {1, 1, ""},
	    {1, 3, "0/000.p/3 "},
	    {255, 256, "0/000 1/000.p/1 "},
	    {256, 257, "0/001.p/1 "},
	    {250, 600, "0/000 0/001 0/002.p/88 1/000.p/2 "},
	    {512, 600, "0/002.p/88 "},
	    {65535, 65536, "0/255 1/000 2/000.p/1 "},
	    {65536, 65537, "0/256.p/1 "},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got = paths(rows[i].from, rows[i].to);

		assert_string_equal(got, rows[i].paths);
		free(got);
	}
}

/* Whatever the steps, a log that grew step by step has all that one written at once has. */
static void
test_steps_add_up(void **state)
{
	char path[TILE_PATH_SIZE];
	struct text grown = {0};
	struct tile tile;

	(void)state;
	for (uint64_t size = 0; size < 1500; size += 7) {
		struct tile_walk step = {.from = size, .to = size + 7};

		while (tile_next(&step, &tile)) {
			tile_path(TILE_HASHES, &tile, path);
			text_addf(&grown, "%s\n", path);
		}
	}
	for (struct tile_walk all = {.to = 1505}; tile_next(&all, &tile);) {
		char wanted[TILE_PATH_SIZE + 2];

		tile_path(TILE_HASHES, &tile, path);
		snprintf(wanted, sizeof(wanted), "%s\n", path);
		assert_non_null(strstr(grown.data, wanted));
	}
	text_clear(&grown);
}

/* A source over tiles in memory, as somebody has who fetched them. */
struct tiles {
	struct tree_source tree;
	size_t asked;
};

static bool
node_from_tiles(void *arg, unsigned int level, uint64_t index, uint8_t out[SHA256_SIZE])
{
	struct tiles *t = arg;
	struct tile_place place = tile_place_of(level, index, t->tree.n);
	struct text content = {0};

	assert_in_range(place.tile.width, 1, TILE_WIDTH);
	assert_true(place.first + place.n <= place.tile.width);
	assert_true(
	    tile_print(&place.tile, &(struct merkle_source){tree_node, &t->tree}, &content));
	assert_int_equal(content.n, place.tile.width * SHA256_SIZE);
	tile_fold((uint8_t *)content.data + place.first * SHA256_SIZE, place.n, out);
	text_clear(&content);
	t->asked++;
	return true;
}

static void
test_proofs_from_tiles(void **state)
{
	hash_t *leaves = tree_leaves(70000), root;
	struct tiles tiles = {.tree = {leaves, 70000}};
	struct merkle_source source = {node_from_tiles, &tiles};
	struct merkle_proof proof, expected;
	struct frontier t;

	(void)state;
	tree_root(leaves, 70000, root);
	for (size_t index = 13; index < 70000; index += 34567) {
		assert_true(merkle_prove_inclusion(index, 70000, &source, &proof));
		assert_true(merkle_verify_inclusion(index, leaves[index], 70000, root, &proof));
		tree_proof(index, leaves, 70000, &expected);
		assert_true(merkle_prove_consistency(index, 70000, &source, &proof));
		assert_int_equal(proof.n, expected.n);
		assert_memory_equal(proof.hash, expected.hash, proof.n * SHA256_SIZE);
	}
	assert_true(frontier_load(&t, 70000, &source));
	frontier_root(&t, proof.hash[0]);
	assert_memory_equal(proof.hash[0], root, SHA256_SIZE);
	assert_true(tiles.asked > 0);
	free(leaves);
}

static void
test_entries(void **state)
{
	char large[ENTRY_MAX_BYTES + 1] = {0};
	struct text bundle = {0};
	const uint8_t *at, *entry;
	size_t n, entry_n;

	(void)state;
	assert_true(entry_print("ab", 2, &bundle));
	assert_true(entry_print("", 0, &bundle));
	assert_int_equal(bundle.n, 6);
	assert_memory_equal(bundle.data, "\0\2ab\0\0", 6);
	assert_true(entry_print(large, ENTRY_MAX_BYTES, &bundle));
	assert_false(entry_print(large, ENTRY_MAX_BYTES + 1, &bundle));
	at = (const uint8_t *)bundle.data;
	n = bundle.n;
	assert_true(entry_next(&at, &n, &entry, &entry_n));
	assert_int_equal(entry_n, 2);
	assert_memory_equal(entry, "ab", 2);
	assert_true(entry_next(&at, &n, &entry, &entry_n));
	assert_int_equal(entry_n, 0);
	assert_true(entry_next(&at, &n, &entry, &entry_n));
	assert_int_equal(entry_n, ENTRY_MAX_BYTES);
	assert_int_equal(n, 0);
	assert_false(entry_next(&at, &n, &entry, &entry_n));
	at = (const uint8_t *)bundle.data;
	for (n = 0; n < 4; n++) {
		size_t left = n;

		assert_false(entry_next(&at, &left, &entry, &entry_n));
		assert_int_equal(left, n);
	}
	text_clear(&bundle);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_paths),
	    cmocka_unit_test(test_tiles_of_seventy_thousand),
	    cmocka_unit_test(test_what_a_larger_log_adds),
	    cmocka_unit_test(test_steps_add_up),
	    cmocka_unit_test(test_proofs_from_tiles),
	    cmocka_unit_test(test_entries),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
