/* audit_bundle.h — one bundle of a log: its entries, its lines, and what each line's check found.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_AUDIT_BUNDLE_H
#define ASSAY_AUDIT_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

#include "audit.h"
#include "tile.h"

/* What is done with one line, by whichever thread, and what it found. */
struct piece {
	const char *line; /* of the bundle's text */
	size_t n;
	bool done;
	struct problem problem;
	unsigned int rules_n; /* configs that were settled before its leaf was looked at */
};

/* Zero-initialise; bundle_clear() frees. */
struct bundle {
	struct tile tile; /* width 0: nothing is read yet */
	struct text lines;
	struct audit_leaf leaves[TILE_WIDTH];
	struct piece pieces[TILE_WIDTH];
	unsigned int taken, checked; /* lines, from the first on; under the crew's lock */
};

/* Read the file of a tile; path is where it was looked for. Returns new *data. Fails as
 * log_source_read(). */
bool audit_read_tile(struct audit *a, enum tile_kind kind, const struct tile *tile, char **data,
    size_t *n, char path[TILE_PATH_SIZE + 4], struct problem *p)
    __attribute__((warn_unused_result));

/* Read the bundle that leaf `at` begins, in place of what was there, and cut its lines. What the
 * leaves had opened is freed when they are opened anew. Fails with FAULT_BREACH, as
 * log_source_read(). */
bool bundle_read(struct audit *a, struct bundle *b, uint64_t at, struct problem *p)
    __attribute__((warn_unused_result));

/* Open one line: the statement against its entry, the signature, and the leaf as far as the rules
 * that are in force now say. Changes nothing but the line's own leaf and piece. */
void bundle_check(const struct audit *a, struct bundle *b, unsigned int i);

void bundle_clear(struct bundle *b);

#endif
