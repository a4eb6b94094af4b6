/* columns.h — a board's rows as columns, which compress to a third, and back. Pure: same rows, same
 * bytes. The form: Board in webroot/openapi.json. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_COLUMNS_H
#define ASSAY_COLUMNS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "fault.h"
#include "suite.h"
#include "text.h"

#define BOARD_FORMAT "assay-board-v2"

/* ---- writing ---- */

struct columns;

/* Begin the columns of a suite's board. Returns new; NULL without memory. Borrows suite. */
struct columns *columns_new(const struct suite *suite);

/* A metric's rank interval in a cell, of so many. */
struct column_ranks {
	size_t best, worst, of;
};

/* Append the values of a row as board_row() makes it, each printed as columns print it and ended by
 * a NUL. The cell's digest is left out: it follows from suite and fields, cell_of_fields(). */
void columns_cut(const struct suite *suite, const json_t *row, struct text *out);

/* Append one row, as columns_cut() of the same suite printed it. ranks: a metric each; NULL: they
 * stand in the row. */
void columns_add(struct columns *c, const char *cut, size_t n, const struct column_ranks *ranks);

/* Append the members "rows_n", "columns" and "estimates"; fails the text where memory ran out. */
void columns_print(const struct columns *c, struct text *out);

void columns_free(struct columns *c);

/* ---- reading ---- */

/* A board that is read row by row; borrows it. */
struct columns_reader {
	const json_t *columns, *estimates;
	size_t rows_n, estimates_n;
	size_t row, estimate; /* the next ones */
};

/* Begin to read a board from outside, which may be anything: it must be of BOARD_FORMAT, all
 * columns as long as they should be, places within their values, estimates in the order of rows
 * that are there, nothing else. Fails with FAULT_MISSING_MEMBER, FAULT_UNKNOWN_MEMBER,
 * FAULT_WRONG_FORM, FAULT_OUT_OF_RANGE, each with a JSON pointer. What values are is not looked at.
 */
bool columns_open(const json_t *board, struct columns_reader *r, struct fault *f)
    __attribute__((warn_unused_result));

/* Return the next row as columns_cut() takes it, without what its columns do not say; NULL behind
 * the last (r->row is rows_n) or without memory. Returns new. */
json_t *columns_next(struct columns_reader *r);

#endif
