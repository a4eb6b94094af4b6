/* gate_side.c — the votes of one cell as a gate takes them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_side.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "delta.h"
#include "elementary.h"
#include "meeting.h"
#include "scale.h"

#define DAY_MS (24LL * 60 * 60 * 1000)
#define PAIRS_MIN 2 /* deltas that an interval can be made of */

void
side_clear(struct side *s)
{
	free(s->runs);
	free(s->votes);
	memset(s, 0, sizeof(*s));
}

/* ---- votes ---- */

static bool
is_published(const struct gate_evidence *e, const struct run *run)
{
	return run->index < e->log_size;
}

static enum age
age_of(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    int64_t index, double value)
{
	const struct gate_source *source = gate_source_at(e, index);

	if (source == NULL || !scale_takes(value, rule_metric(r)->log_scale))
		return AGE_NONE;
	return r->max_age_days == 0 ||
		       q->evaluated_at_ms - source->accepted_at_ms <= r->max_age_days * DAY_MS
		   ? AGE_FRESH
		   : AGE_STALE;
}

enum age
side_age(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    const struct gate_cell *c)
{
	enum age best = AGE_NONE;

	for (size_t i = 0; i < c->meeting->runs_n && best != AGE_FRESH; i++) {
		const struct met *run = &c->meeting->runs[i];
		enum age age = run->metric == r->metric_at ? age_of(e, q, r, run->index, run->value)
							   : AGE_NONE;

		if (age > best)
			best = age;
	}
	return best;
}

/* Standing is what the log says; what is in none adds nothing to it. */
static bool
agree(const struct gate_evidence *e, struct side *s)
{
	const struct tolerance tolerance = metric_tolerance(s->metric);
	struct run *runs = calloc(s->runs_n + 1, sizeof(*runs));
	struct vote *votes = calloc(s->runs_n + 1, sizeof(*votes));
	double *values = calloc(s->runs_n + 1, sizeof(*values));
	size_t n = 0, votes_n;

	if (runs && votes && values) {
		for (size_t i = 0; i < s->runs_n; i++)
			if (is_published(e, &s->runs[i]))
				runs[n++] = s->runs[i];
		votes_n = votes_form(runs, n, s->metric->log_scale, votes);
		votes_values(votes, votes_n, values);
		if (votes_n > 0)
			standing_of(votes, votes_n,
			    median_of(values, votes_n, s->metric->log_scale), &tolerance,
			    &s->agreement);
		s->internal_n = s->votes_n - votes_n;
	}
	n = runs && votes && values;
	free(runs);
	free(votes);
	free(values);
	return n;
}

bool
side_form(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    const struct gate_cell *c, struct side *out)
{
	size_t all = c->meeting->runs_n, n;

	memset(out, 0, sizeof(*out));
	out->metric = rule_metric(r);
	out->runs = calloc(all + 1, sizeof(*out->runs));
	out->votes = calloc(all + 1, sizeof(*out->votes));
	if (out->runs == NULL || out->votes == NULL)
		return false;
	n = meeting_runs(e->book, c->meeting, r->metric_at, out->runs);
	for (size_t i = 0; i < n; i++)
		if (age_of(e, q, r, out->runs[i].index, out->runs[i].value) == AGE_FRESH)
			out->runs[out->runs_n++] = out->runs[i];
	out->votes_n = votes_form(out->runs, out->runs_n, out->metric->log_scale, out->votes);
	return agree(e, out);
}

/* ---- items ---- */

/* Rows of scores, one a voter; zero-initialise. NULL rows: that voter gave none. */
struct rows {
	double **of;
	size_t n, items;
};

static void
rows_clear(struct rows *rows)
{
	for (size_t i = 0; rows->of != NULL && i < rows->n; i++)
		free(rows->of[i]);
	free(rows->of);
	memset(rows, 0, sizeof(*rows));
}

static bool
rows_begin(struct rows *rows, size_t n, size_t items)
{
	*rows = (struct rows){.of = calloc(n + 1, sizeof(double *)), .n = n, .items = items};
	return rows->of != NULL;
}

/* The medians of those rows that are there; new, NULL if none is. *failed without memory. */
static double *
middle_row(const struct rows *rows, bool *failed)
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
scores_of(const struct gate_evidence *e, const struct side *s, const struct run *run, size_t items)
{
	const struct gate_source *source = gate_source_at(e, run->index);
	double *scores = gate_source_scores(source, s->metric, items);

	for (size_t i = 0; scores != NULL && s->metric->log_scale && i < items; i++)
		scores[i] = scores[i] > 0 ? elementary_log(scores[i]) : NAN;
	return scores;
}

/* Where the runs of the voter, or submitter, that runs[from] is of end. */
static size_t
runs_end(const struct side *s, size_t from, bool voter)
{
	size_t at = from;

	while (at < s->runs_n &&
	       (voter ? memcmp(s->runs[at].voter, s->runs[from].voter, SHA256_SIZE)
		      : memcmp(s->runs[at].submitter, s->runs[from].submitter, SHA256_SIZE)) == 0)
		at++;
	return at;
}

/* One submitter's: the medians of its latest runs. */
static double *
submitter_row(
    const struct gate_evidence *e, const struct side *s, size_t from, size_t items, bool *failed)
{
	size_t n = runs_end(s, from, false) - from;
	double *row = NULL;
	struct rows rows;

	if (n > VOTE_RUNS_MAX)
		n = VOTE_RUNS_MAX;
	*failed = !rows_begin(&rows, n, items);
	for (size_t i = 0; !*failed && i < n; i++)
		rows.of[i] = scores_of(e, s, &s->runs[from + i], items);
	if (!*failed)
		row = middle_row(&rows, failed);
	rows_clear(&rows);
	return row;
}

static double *
voter_row(
    const struct gate_evidence *e, const struct side *s, size_t from, size_t items, bool *failed)
{
	size_t to = runs_end(s, from, true), k = 0;
	double *row = NULL;
	struct rows rows;

	*failed = !rows_begin(&rows, to - from, items);
	for (size_t at = from; !*failed && at < to; at = runs_end(s, at, false))
		rows.of[k++] = submitter_row(e, s, at, items, failed);
	if (!*failed)
		row = middle_row(&rows, failed);
	rows_clear(&rows);
	return row;
}

/* The rows of all voters, in their order; none where the metric has no items. */
static bool
side_rows(const struct gate_evidence *e, const struct side *s, size_t items, struct rows *out)
{
	size_t k = 0;
	bool failed = !rows_begin(out, s->votes_n, items);

	for (size_t at = 0; !failed && items > 0 && at < s->runs_n; at = runs_end(s, at, true))
		out->of[k++] = voter_row(e, s, at, items, &failed);
	return !failed;
}

static bool
join_items(
    const struct gate_rule *r, const struct rows *rows, double level, struct interval *interval)
{
	const struct clusters *by = r->bound->clusters.of_item ? &r->bound->clusters : NULL;
	double *scratch = calloc(r->bound->clusters.n + 1, sizeof(*scratch)), *medians = NULL;
	struct items_error error;
	bool failed = scratch == NULL;

	if (!failed)
		medians = middle_row(rows, &failed);
	if (medians != NULL && items_mean_error(medians, rows->items, by, scratch, &error))
		items_join(&error, level, rule_metric(r)->log_scale, interval);
	free(scratch);
	free(medians);
	return !failed;
}

static size_t
items_of(const struct gate_rule *r)
{
	return rule_metric(r)->has_items ? (size_t)r->bound->items_n : 0;
}

/* ---- estimates ---- */

static void
estimate(double *values, size_t n, const struct within_run *within, bool log_scale, double level,
    struct interval *out)
{
	const struct votes votes = {
	    .values = values, .n = n, .within = within, .log_scale = log_scale};

	if (!estimate_votes(&votes, level, out))
		memset(out, 0, sizeof(*out));
}

bool
side_estimate(const struct gate_evidence *e, const struct gate_rule *r, const struct side *s,
    double level, struct interval *out)
{
	double *values = calloc(s->votes_n + 1, sizeof(*values));
	struct rows rows = {0};
	bool done = values != NULL && side_rows(e, s, items_of(r), &rows);

	if (done) {
		votes_values(s->votes, s->votes_n, values);
		estimate(values, s->votes_n, s->votes_n == 1 ? &s->votes[0].run->within : NULL,
		    s->metric->log_scale, level, out);
		done = join_items(r, &rows, level, out);
	}
	rows_clear(&rows);
	free(values);
	return done;
}

/* One voter's delta: over the items it has on both sides, else of its votes. */
static bool
pair(const struct side *a, size_t i, const struct side *b, size_t k, const struct rows *a_rows,
    const struct rows *b_rows, double *delta, double **row)
{
	bool log_scale = a->metric->log_scale;

	*row = NULL;
	*delta = scale_compare(a->votes[i].value, b->votes[k].value, log_scale);
	if (a_rows->of[i] == NULL || b_rows->of[k] == NULL)
		return true;
	*row = malloc((a_rows->items + 1) * sizeof(**row));
	if (*row == NULL)
		return false;
	if (delta_items(a_rows->of[i], b_rows->of[k], a_rows->items, log_scale, *row, delta))
		return true;
	free(*row);
	*row = NULL;
	return true;
}

/* The deltas of all who stand on both sides. */
static bool
pair_all(const struct side *a, const struct side *b, const struct rows *a_rows,
    const struct rows *b_rows, double *deltas, struct rows *rows, size_t *n)
{
	size_t i = 0, k = 0;

	*n = 0;
	while (i < a->votes_n && k < b->votes_n) {
		int order = memcmp(a->votes[i].run->voter, b->votes[k].run->voter, SHA256_SIZE);

		if (order == 0) {
			if (!pair(a, i, b, k, a_rows, b_rows, &deltas[*n], &rows->of[*n]))
				return false;
			++*n;
		}
		i += order <= 0;
		k += order >= 0;
	}
	return true;
}

static bool
compare_unpaired(const struct gate_evidence *e, const struct gate_rule *r, const struct side *a,
    const struct side *b, double level, struct interval *out, size_t *voters)
{
	struct interval x, y;

	if (!side_estimate(e, r, a, level, &x) || !side_estimate(e, r, b, level, &y))
		return false;
	delta_unpaired(&x, &y, a->metric->log_scale, out);
	*voters = a->votes_n < b->votes_n ? a->votes_n : b->votes_n;
	return true;
}

bool
sides_compare(const struct gate_evidence *e, const struct gate_rule *r, const struct side *a,
    const struct side *b, double level, struct interval *out, size_t *voters)
{
	size_t items = items_of(r), n = 0;
	double *deltas = calloc(a->votes_n + 1, sizeof(*deltas));
	struct rows a_rows = {0}, b_rows = {0}, rows = {0};
	bool done = deltas != NULL && side_rows(e, a, items, &a_rows) &&
		    side_rows(e, b, items, &b_rows) && rows_begin(&rows, a->votes_n, items) &&
		    pair_all(a, b, &a_rows, &b_rows, deltas, &rows, &n);

	if (done && n >= PAIRS_MIN) {
		estimate(deltas, n, NULL, a->metric->log_scale, level, out);
		*voters = n;
		done = join_items(r, &rows, level, out);
	} else if (done) {
		done = compare_unpaired(e, r, a, b, level, out, voters);
	}
	rows_clear(&a_rows);
	rows_clear(&b_rows);
	rows_clear(&rows);
	free(deltas);
	return done;
}
