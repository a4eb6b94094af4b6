/* board.h — a cell as the boards show it. Pure: same rows, same bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_BOARD_H
#define ASSAY_BOARD_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "estimate.h"
#include "suite.h"
#include "text.h"

/* One counted result of one submission. metric is borrowed. */
struct cell_run {
	struct run run;
	const char *metric;
	int64_t runs_n; /* counted runs of this metric in the cell; those beyond a vote may be left
			   out */
};

/* One cell and what is known of it; all borrowed. */
struct cell_source {
	const uint8_t *cell; /* SHA256_SIZE bytes */
	const struct suite *suite;
	int64_t log_size;       /* 1 + index of the last leaf that touched the cell */
	const json_t *fields;   /* field → value */
	const json_t *model;    /* `model` of the submission the cell goes by */
	const char *engine;     /* engine name */
	const json_t *versions; /* array of engine versions seen, newest first */
	int64_t held_n;         /* submissions held in the cell */
	int64_t estimator;      /* of the config in force, see estimate.h */
	const struct cell_run *runs;
	size_t runs_n;
};

/* Return what a board says of one metric of the suite made of these runs, of runs_n in all, by this
 * estimator (estimate.h), as a new object; NULL where nothing can be said. Sorts runs. */
struct board_runs {
	struct run *runs;
	size_t n;
	int64_t runs_n;
};
json_t *board_estimate(
    const struct suite *suite, size_t metric, const struct board_runs *runs, int64_t estimator);

/* Return the board row of a cell as a new object; NULL without memory. */
json_t *board_row(const struct cell_source *source);

/* Append text whose strcmp() order is the order of rows on a board: model, quantization, fields
 * (numbers by size and before other text), cell. */
void row_order(const json_t *row, struct text *out);

/* Return the head of a suite as documents show it, as a new object. */
json_t *suite_head(const struct suite *suite);

#endif
