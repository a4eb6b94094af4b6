/* tile.c — the log as static files: tiles of hashes, bundles of entries and of statements.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tile.h"

#include <stdio.h>
#include <string.h>

#define GROUPS_MAX 6 /* of three digits: 2^53 has sixteen */

static int
print_number(uint64_t n, char *out, size_t room)
{
	unsigned int group[GROUPS_MAX];
	int groups = 0, at = 0;

	do {
		group[groups++] = (unsigned int)(n % 1000);
		n /= 1000;
	} while (n > 0 && groups < GROUPS_MAX);
	while (groups-- > 0)
		at += snprintf(
		    out + at, room - (size_t)at, groups > 0 ? "x%03u/" : "%03u", group[groups]);
	return at;
}

void
tile_path(enum tile_kind kind, const struct tile *tile, char out[TILE_PATH_SIZE])
{
	static const char *const folders[] = {[TILE_HASHES] = "tile",
	    [TILE_ENTRIES] = "tile/entries",
	    [TILE_STATEMENTS] = "statements"};
	int at = snprintf(out, TILE_PATH_SIZE, "%s/", folders[kind]);

	if (kind == TILE_HASHES)
		at += snprintf(out + at, TILE_PATH_SIZE - (size_t)at, "%u/", tile->level);
	at += print_number(tile->n, out + at, TILE_PATH_SIZE - (size_t)at);
	if (tile->width < TILE_WIDTH)
		at += snprintf(out + at, TILE_PATH_SIZE - (size_t)at, ".p/%u", tile->width);
	if (kind == TILE_STATEMENTS)
		snprintf(out + at, TILE_PATH_SIZE - (size_t)at, ".jsonl.gz");
}

static struct tile
tile_at(unsigned int level, uint64_t n, uint64_t size)
{
	uint64_t left = (size >> TILE_HEIGHT * level) - n * TILE_WIDTH;

	return (struct tile){
	    .level = level, .n = n, .width = left < TILE_WIDTH ? (unsigned int)left : TILE_WIDTH};
}

bool
tile_next(struct tile_walk *walk, struct tile *out)
{
	for (; walk->to >> TILE_HEIGHT * walk->level > 0; walk->level++, walk->passed = 0) {
		uint64_t had = walk->from >> TILE_HEIGHT * walk->level;
		uint64_t has = walk->to >> TILE_HEIGHT * walk->level;
		uint64_t n = had / TILE_WIDTH + walk->passed;

		if (had < has && n * TILE_WIDTH < has) {
			*out = tile_at(walk->level, n, walk->to);
			walk->passed++;
			return true;
		}
	}
	return false;
}

bool
tile_print(const struct tile *tile, const struct merkle_source *source, struct text *out)
{
	uint8_t hash[SHA256_SIZE];

	for (unsigned int i = 0; i < tile->width; i++) {
		if (!source->node(
			source->arg, TILE_HEIGHT * tile->level, tile->n * TILE_WIDTH + i, hash))
			return false;
		text_add(out, hash, sizeof(hash));
	}
	return true;
}

struct tile_place
tile_place_of(unsigned int level, uint64_t index, uint64_t size)
{
	unsigned int above = level % TILE_HEIGHT;
	uint64_t first = index << above;

	return (struct tile_place){
	    .tile = tile_at(level / TILE_HEIGHT, first / TILE_WIDTH, size),
	    .first = (unsigned int)(first % TILE_WIDTH),
	    .n = 1u << above,
	};
}

void
tile_fold(const uint8_t *hashes, unsigned int n, uint8_t out[SHA256_SIZE])
{
	struct frontier t = {0};
	bool room = true;

	for (unsigned int i = 0; i < n && room; i++)
		room = frontier_append(&t, hashes + (size_t)i * SHA256_SIZE);
	frontier_root(&t, out);
}

bool
entry_print(const void *entry, size_t n, struct text *out)
{
	uint8_t length[2] = {(uint8_t)(n >> 8), (uint8_t)n};

	if (n > ENTRY_MAX_BYTES)
		return false;
	text_add(out, length, sizeof(length));
	text_add(out, entry, n);
	return true;
}

bool
entry_next(const uint8_t **bundle, size_t *n, const uint8_t **entry, size_t *entry_n)
{
	size_t length;

	if (*n < 2)
		return false;
	length = (size_t)(*bundle)[0] << 8 | (*bundle)[1];
	if (*n - 2 < length)
		return false;
	*entry = *bundle + 2;
	*entry_n = length;
	*bundle += 2 + length;
	*n -= 2 + length;
	return true;
}
