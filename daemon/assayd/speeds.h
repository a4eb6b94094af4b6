/* speeds.h — how fast what was measured runs on which machine, in short.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SPEEDS_H
#define ASSAYD_SPEEDS_H

#include "cells.h"

/* Some cells with their board rows, parsed. Zero-initialise. */
struct rows_of_cells {
	struct cells cells;
	json_t **rows; /* one a cell */
};
bool rows_parse(const struct cells *cells, struct rows_of_cells *out)
    __attribute__((warn_unused_result));
void rows_clear(struct rows_of_cells *r);

/* A metric's estimate in a board row; NULL: there is none. Borrowed. */
const json_t *row_estimate(const json_t *row, const char *metric);

/* A cell field's value in a board row, "" where absent. */
const char *row_field(const json_t *row, const char *field);

/* The members of an estimate that short forms show, with its cell: a new object; NULL for NULL. */
json_t *estimate_short(const json_t *row, const char *metric);

/* What is known of the speed of a subject (NULL: of each) on each machine: an array of {subject,
 * quantization, model…, hardware, accelerator_count, offload, backend, engine, prefill?, decode?,
 * serving[]}, in the order of the cells. Of the throughput suites' cells without depth, prefill is
 * the one with the most voters, of as many the one whose prompt is nearest to 512 tokens; decode
 * likewise, 128. serving: of the serving suites' cells one a number of streams. */
json_t *speeds_json(const struct rows_of_cells *r, const char *subject);

#endif
