/* collect.h — read what documents need from the rows, a whole round's in few statements.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_COLLECT_H
#define ASSAYD_COLLECT_H

#include <jansson.h>
#include <stdint.h>

#include "board.h"
#include "dbsync.h"
#include "fault.h"
#include "shown.h"

#define COLLECT_CELLS_N 512 /* cells asked for at once */

/* Who hears of touched cells: take() gets one's new form and takes it; gone() hears of one in which
 * nothing may be shown any more. False ends the collecting. */
struct cell_taker {
	bool (*take)(void *arg, struct shown *s);
	bool (*gone)(void *arg, const uint8_t cell[SHA256_SIZE]);
	void *arg;
};

/* Estimate the n ≤ COLLECT_CELLS_N cells from row `from` on of QUERY_DIRTY_CELLS. Fails with
 * FAULT_DATABASE, FAULT_NO_MEMORY, FAULT_INTERNAL. */
struct dirty_cells {
	const struct db_rows *rows;
	size_t from, n;
	int64_t estimator; /* of the config in force */
};
bool collect_cells(struct dbsync *db, const struct suite_set *suites,
    const struct dirty_cells *dirty, const struct cell_taker *taker, struct fault *f)
    __attribute__((warn_unused_result));

/* The counted runs that make the votes of some cells. */
struct votes_source {
	struct db_rows *rows;
	struct cell_run *runs; /* one a row */
};

/* Read them for n cells. Fails with FAULT_DATABASE, FAULT_NO_MEMORY. votes_source_clear() in any
 * case. */
bool collect_votes(struct dbsync *db, const struct shown *const *cells, size_t n,
    struct votes_source *out, struct fault *f) __attribute__((warn_unused_result));
void votes_source_clear(struct votes_source *s);

/* Those of one cell on one metric: a new array, NULL without memory; *n of them. */
struct run *votes_source_runs(
    const struct votes_source *s, const struct shown *cell, const char *metric, size_t *n);

#endif
