/* book_cells.h — bring cells from the rows into the book.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_BOOK_CELLS_H
#define ASSAYD_BOOK_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "book.h"
#include "dbsync.h"
#include "fault.h"
#include "suite.h"

/* Raw cells to be brought in, with the suite that each is of. Zero-initialise. */
struct wanted_cells {
	struct wanted_cell {
		uint8_t raw[SHA256_SIZE];
		const struct suite *suite;
	} * list;
	size_t n, room;
};

/* Add the raw cells of a submission's results, of a suite that is in the set. False without memory.
 */
bool wanted_cells_add(struct wanted_cells *w, const json_t *body, const struct suite_set *suites)
    __attribute__((warn_unused_result));
void wanted_cells_clear(struct wanted_cells *w);

/* Bring in those that the book does not have yet: of each submitter the newest runs of each metric
 * that make its vote, all of them if whole: a batch that takes runs out of the count needs those
 * behind. Who is who (all links) must be in the book. Fails with FAULT_DATABASE, FAULT_NO_MEMORY.
 */
bool book_load_cells(struct book *b, struct dbsync *db, const struct wanted_cells *w, bool whole,
    struct fault *f) __attribute__((warn_unused_result));

/* Bring in where the results of a submission stand, and these cells, whole. */
bool book_load_results(struct book *b, struct dbsync *db, struct settled *s,
    const struct suite_set *suites, struct fault *f) __attribute__((warn_unused_result));

#endif
