/* tree.h — the log's Merkle tree over its rows: appending, and reading hashes back.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_TREE_H
#define ASSAYD_TREE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "dbsync.h"
#include "fault.h"
#include "leaf.h"
#include "merkle.h"
#include "tile.h"

#define TREE_LEVELS 7 /* of tiles */

/* What is needed to go on appending: the frontier, and of each level the hashes of its last,
 * partial tile. */
struct tree {
	struct frontier frontier;
	struct {
		unsigned int n;
		uint8_t hash[TILE_WIDTH][SHA256_SIZE];
	} last[TREE_LEVELS];
};

/* Take up the tree of this size from the rows; after a failure it is the empty one. Fails with
 * FAULT_DATABASE, FAULT_INTERNAL (hashes are missing). */
bool tree_load(struct tree *t, struct dbsync *db, uint64_t size, struct fault *f)
    __attribute__((warn_unused_result));

/* Append one leaf hash; rows of tree_node that it completes are appended to nodes. False without
 * memory. */
bool tree_append(struct tree *t, const uint8_t leaf[SHA256_SIZE], json_t *nodes)
    __attribute__((warn_unused_result));

/* Where merkle.h finds the hashes of complete subtrees: in the rows. Good as long as db is. */
struct merkle_source tree_source(struct dbsync *db);

/* Append the hashes number `first` to `behind` - 1 of a level, 32 bytes each. Fails with
 * FAULT_DATABASE, FAULT_INTERNAL. */
bool tree_hashes(struct dbsync *db, unsigned int level, uint64_t first, uint64_t behind,
    struct text *out, struct fault *f) __attribute__((warn_unused_result));

/* Read a leaf from a row whose first columns are kind, id, payload_sha256, key, signature,
 * accepted_at_ms. False if it has none. */
bool tree_leaf(const struct db_rows *rows, size_t row, struct leaf *out)
    __attribute__((warn_unused_result));

#endif
