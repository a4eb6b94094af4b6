/* book_cells.h — bring cells from the rows into the book.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_BOOK_CELLS_H
#define ASSAYD_BOOK_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "book.h"
#include "fault.h"
#include "suite.h"
#include "text.h"

struct loading;

/* Raw cells to be brought in, with the suite that each is of. Zero-initialise. */
struct wanted_cells {
	struct wanted_cell {
		uint8_t raw[SHA256_SIZE];
		uint8_t
		    cell[SHA256_SIZE]; /* where its names lead, should nobody have measured it */
		const struct suite *suite;
	} * list;
	size_t n, room;
};

/* Add the raw cells of a submission's results, of a suite that is in the set; by the names in the
 * book. False without memory. */
bool wanted_cells_add(struct wanted_cells *w, const struct book *b, const json_t *body,
    const struct suite_set *suites) __attribute__((warn_unused_result));

void wanted_cells_clear(struct wanted_cells *w);

/* Bring in those that the book does not have yet, and what waits in them: of each submitter the
 * newest runs of each metric that make its vote. Who is who (all links) must be in the book. Fails
 * with FAULT_DATABASE, FAULT_NO_MEMORY. */
bool book_load_cells(const struct loading *from, const struct wanted_cells *w, struct fault *f)
    __attribute__((warn_unused_result));

/* Bring in where the results of a submission stand, and these cells, whole. fresh: it has just come
 * into the book and has no results yet. */
bool book_load_results(const struct loading *from, struct settled *s, bool fresh, struct fault *f)
    __attribute__((warn_unused_result));

/* Cells by their own ids, and those of them that were not in the book. Zero-initialise. */
struct fresh_cells {
	struct wanted_cells all;
	struct text ids; /* the beginning of the text of a bytea[] */
};

/* Return the cell, put into the book without what stands there if it is not in it. NULL without
 * memory. */
struct meeting *fresh_cells_take(struct fresh_cells *c, struct book *b, const struct suite *suite,
    const uint8_t cell[SHA256_SIZE]);
void fresh_cells_clear(struct fresh_cells *c);

/* Bring in what stands in them, as book_load_cells() does; unless contents, only their standing:
 * then these cells are worth nothing for what comes behind. Fails as book_load_cells(). */
bool book_load_fresh(const struct loading *from, struct fresh_cells *c, bool contents,
    struct fault *f) __attribute__((warn_unused_result));

/* Bring in the submissions that wait in these cells (neighbours.h), with their results. The other
 * two call it. */
bool book_load_waiting(const struct loading *from, const struct wanted_cells *w, struct fault *f)
    __attribute__((warn_unused_result));

#endif
