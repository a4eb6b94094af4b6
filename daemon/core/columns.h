/* columns.h — a board's rows as columns, which compress to a quarter, and back. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_COLUMNS_H
#define ASSAY_COLUMNS_H

#include <jansson.h>

#include "text.h"

/* Significant digits of a board's reals: off by at most 5e-10 of themselves, which is within what
 * an audit allows (1e-9). Models' documents have all digits. */
#define COLUMN_DIGITS 10

/* Append the members "rows_n", "columns" and "estimates" of a board, see Board in
 * webroot/openapi.json, from rows as board_row() makes them; each estimate may have its ranks
 * (best, worst, of). What several rows say stands once, where it first comes. The cell is left
 * out: it follows from suite and fields, cell_of_fields(). */
void columns_print(const json_t *rows, struct text *out);

/* Return the rows of a board, each with log_size, fields, model and estimates, as a new array; NULL
 * without memory. A board from outside may be anything: what is not there is left out, estimates
 * of rows that are not there too. */
json_t *columns_rows(const json_t *board);

#endif
