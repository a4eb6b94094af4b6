/* item_rows.h — the scores of items as voters give them: a row a voter, and the error over items
 * that follows. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ITEM_ROWS_H
#define ASSAY_ITEM_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "items.h"
#include "votes.h"

/* Rows of scores, one a voter; zero-initialise, item_rows_clear() frees. NULL rows: that voter gave
 * none. */
struct item_rows {
	double **of;
	size_t n, items;
};

/* A cell's runs, as votes_form() sorted them, and how many voters it found. Borrowed. */
struct voters {
	const struct run *runs;
	size_t runs_n, votes_n;
	bool log_scale; /* scores become logarithms */
};

bool item_rows_begin(struct item_rows *rows, size_t n, size_t items)
    __attribute__((warn_unused_result));
void item_rows_clear(struct item_rows *rows);

/* Make the rows of all voters, in their order: of a submitter the per-item medians of its latest
 * VOTE_RUNS_MAX runs that have scores, of linked ones those of theirs (DESIGN §8.2). None where
 * items is 0. False without memory; item_rows_clear() in any case. */
bool item_rows_make(const struct voters *v, size_t items, struct item_rows *out)
    __attribute__((warn_unused_result));

/* Set *error to that of the mean of the per-item medians across rows (items_mean_error()); zero
 * without scores, or of fewer than two clusters. by NULL: each item by itself. False without
 * memory.
 */
bool item_rows_error(const struct item_rows *rows, const struct clusters *by,
    struct items_error *error) __attribute__((warn_unused_result));

#endif
