/* tile.h — the log as static files: tiles of hashes, bundles of entries and of statements.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TILE_H
#define ASSAY_TILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "merkle.h"
#include "text.h"

#define TILE_WIDTH 256
#define TILE_HEIGHT 8
#define TILE_PATH_SIZE 64
#define ENTRY_MAX_BYTES 65535

/* The first two are C2SP tlog-tiles, "Merkle Tree" and "Log entries"; the third is ours, beside
 * them. Bundles have the coordinates of tiles of level 0. */
enum tile_kind { TILE_HASHES, TILE_ENTRIES, TILE_STATEMENTS };

/* Hashes n * 256 … n * 256 + width - 1 of a level: hash i of level l is that of the complete
 * subtree of 256^l leaves number i. */
struct tile {
	unsigned int level; /* 0 to 6 */
	uint64_t n;
	unsigned int width; /* 1 to 256; below 256 it is a partial tile */
};

/* Print the path below log/: tile/L/N[.p/W], tile/entries/N[.p/W] or statements/N[.p/W].jsonl.gz,
 * N as x001/x234/067 (C2SP tlog-tiles, "Merkle Tree"). */
void tile_path(enum tile_kind kind, const struct tile *tile, char out[TILE_PATH_SIZE]);

/* Goes through the tiles of a log of `to` leaves that one of `from` leaves had not, or had
 * narrower: level by level from 0, from left to right. Bundles: those of level 0. Set from and to,
 * at most MERKLE_SIZE_MAX, the rest to 0. */
struct tile_walk {
	uint64_t from, to;
	unsigned int level;
	uint64_t passed; /* tiles of this level */
};

/* Returns false when there are no more. */
bool tile_next(struct tile_walk *walk, struct tile *out);

/* Append a tile's content: its hashes, 32 bytes each. False if the source fails. */
bool tile_print(const struct tile *tile, const struct merkle_source *source, struct text *out)
    __attribute__((warn_unused_result));

/* The other way: in which tile of a tree of `size` leaves the hash of a complete subtree (level,
 * index) is found: the root of its hashes first … first + n - 1; n is a power of two. */
struct tile_place {
	struct tile tile;
	unsigned int first, n;
};

struct tile_place tile_place_of(unsigned int level, uint64_t index, uint64_t size);

/* The root over those n hashes, 1 to 256 (n <= 256 of 32 bytes each). */
void tile_fold(const uint8_t *hashes, unsigned int n, uint8_t out[SHA256_SIZE]);

/* Append an entry to a bundle: its length as big-endian uint16, its bytes (C2SP tlog-tiles, "Log
 * entries"). False if it is longer than ENTRY_MAX_BYTES. */
bool entry_print(const void *entry, size_t n, struct text *out) __attribute__((warn_unused_result));

/* Take the next entry off a bundle: *entry points into it. False if there is no whole one; at the
 * end *n is 0. */
bool entry_next(const uint8_t **bundle, size_t *n, const uint8_t **entry, size_t *entry_n)
    __attribute__((warn_unused_result));

#endif
