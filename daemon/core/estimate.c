/* estimate.c — from counted runs to a cell's value.
 * SPDX-License-Identifier: Apache-2.0 */
#include "estimate.h"

#include <stdlib.h>
#include <string.h>

#include "item_rows.h"

static bool
estimate(struct vote *votes, double *values, size_t n, const struct tolerance *tolerance,
    struct estimate *out)
{
	const struct votes all = {.values = values,
	    .n = n,
	    .within = n == 1 ? &votes[0].run->within : NULL,
	    .log_scale = tolerance->log_scale};

	votes_values(votes, n, values);
	if (!estimate_votes(&all, ESTIMATE_LEVEL, &out->interval))
		return false;
	out->joint = out->interval;
	out->lowest_vote = values[0];
	out->highest_vote = values[n - 1];
	standing_of(votes, n, out->interval.point, tolerance, &out->agreement);
	out->outliers = outliers_mark(votes, n, out->interval.point, tolerance, values);
	return true;
}

bool
estimate_cell(struct run *runs, size_t n, const struct tolerance *tolerance, struct estimate *out)
{
	struct vote *votes = calloc(n + 1, sizeof(*votes));
	double *values = calloc(n + 1, sizeof(*values));
	bool done = false;

	memset(out, 0, sizeof(*out));
	out->runs = n;
	if (n > 0 && votes != NULL && values != NULL)
		done = estimate(votes, values, votes_form(runs, n, tolerance->log_scale, votes),
		    tolerance, out);
	free(votes);
	free(values);
	return done;
}

bool
estimate_items(const struct run *runs, size_t n, size_t items_n, const struct clusters *by,
    bool log_scale, struct estimate *e)
{
	const struct voters all = {
	    .runs = runs, .runs_n = n, .votes_n = e->agreement.voters, .log_scale = log_scale};
	struct item_rows rows = {0};
	bool done = item_rows_make(&all, items_n, &rows) && item_rows_error(&rows, by, &e->items);

	if (done)
		items_join(&e->items, ESTIMATE_LEVEL, log_scale, &e->joint);
	item_rows_clear(&rows);
	return done;
}
