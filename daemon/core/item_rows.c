/* item_rows.c — the scores of items as voters give them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "item_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "elementary.h"

void
item_rows_clear(struct item_rows *rows)
{
	for (size_t i = 0; rows->of != NULL && i < rows->n; i++)
		free(rows->of[i]);
	free(rows->of);
	memset(rows, 0, sizeof(*rows));
}

bool
item_rows_begin(struct item_rows *rows, size_t n, size_t items)
{
	*rows = (struct item_rows){.of = calloc(n + 1, sizeof(double *)), .n = n, .items = items};
	return rows->of != NULL;
}

/* The medians of those rows that are there; new, NULL if none is. *failed without memory. */
static double *
middle_row(const struct item_rows *rows, bool *failed)
{
	const double **there = calloc(rows->n + 1, sizeof(*there));
	double *scratch = calloc(rows->n + 1, sizeof(*scratch));
	double *medians = malloc((rows->items + 1) * sizeof(*medians));
	size_t n = 0;

	*failed = !there || !scratch || !medians;
	for (size_t i = 0; !*failed && i < rows->n; i++)
		if (rows->of[i] != NULL)
			there[n++] = rows->of[i];
	if (n > 0)
		items_medians(there, n, rows->items, medians, scratch);
	free(there);
	free(scratch);
	if (n > 0)
		return medians;
	free(medians);
	return NULL;
}

static double *
scores_of(const struct run *run, size_t items, bool log_scale, bool *failed)
{
	double *scores = run->scores != NULL ? malloc((items + 1) * sizeof(*scores)) : NULL;

	*failed = *failed || (run->scores != NULL && scores == NULL);
	for (size_t i = 0; scores != NULL && i < items; i++) {
		const json_t *score = json_array_get(run->scores, i);

		scores[i] = json_is_number(score) ? json_number_value(score) : NAN;
		if (log_scale)
			scores[i] = scores[i] > 0 ? elementary_log(scores[i]) : NAN;
	}
	return scores;
}

/* Where the runs of the voter, or submitter, that runs[from] is of end. */
static size_t
runs_end(const struct voters *v, size_t from, bool voter)
{
	const struct run *first = &v->runs[from];
	size_t at = from;

	while (at < v->runs_n &&
	       (voter ? memcmp(v->runs[at].voter, first->voter, SHA256_SIZE)
		      : memcmp(v->runs[at].submitter, first->submitter, SHA256_SIZE)) == 0)
		at++;
	return at;
}

/* One submitter's: the medians of its latest runs. */
static double *
submitter_row(const struct voters *v, size_t from, size_t items, bool *failed)
{
	size_t n = runs_end(v, from, false) - from;
	double *row = NULL;
	struct item_rows rows;

	if (n > VOTE_RUNS_MAX)
		n = VOTE_RUNS_MAX;
	*failed = !item_rows_begin(&rows, n, items);
	for (size_t i = 0; !*failed && i < n; i++)
		rows.of[i] = scores_of(&v->runs[from + i], items, v->log_scale, failed);
	if (!*failed)
		row = middle_row(&rows, failed);
	item_rows_clear(&rows);
	return row;
}

static double *
voter_row(const struct voters *v, size_t from, size_t items, bool *failed)
{
	size_t to = runs_end(v, from, true), k = 0;
	double *row = NULL;
	struct item_rows rows;

	*failed = !item_rows_begin(&rows, to - from, items);
	for (size_t at = from; !*failed && at < to; at = runs_end(v, at, false))
		rows.of[k++] = submitter_row(v, at, items, failed);
	if (!*failed)
		row = middle_row(&rows, failed);
	item_rows_clear(&rows);
	return row;
}

bool
item_rows_make(const struct voters *v, size_t items, struct item_rows *out)
{
	size_t k = 0;
	bool failed = !item_rows_begin(out, v->votes_n, items);

	for (size_t at = 0; !failed && items > 0 && at < v->runs_n; at = runs_end(v, at, true))
		out->of[k++] = voter_row(v, at, items, &failed);
	return !failed;
}

bool
item_rows_error(const struct item_rows *rows, const struct clusters *by, struct items_error *error)
{
	double *scratch = calloc((by != NULL ? by->n : 0) + 1, sizeof(*scratch)), *medians = NULL;
	bool failed = scratch == NULL;

	memset(error, 0, sizeof(*error));
	if (!failed)
		medians = middle_row(rows, &failed);
	if (medians != NULL && !items_mean_error(medians, rows->items, by, scratch, error))
		memset(error, 0, sizeof(*error));
	free(scratch);
	free(medians);
	return !failed;
}
