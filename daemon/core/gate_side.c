/* gate_side.c — the votes of one cell as a gate takes them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_side.h"

#include <stdlib.h>
#include <string.h>

#include "delta.h"
#include "item_rows.h"
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

	if (source == NULL || !scale_takes(value, rule_measured(r)->log_scale))
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
	out->metric = rule_measured(r);
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

static size_t
items_of(const struct gate_rule *r)
{
	return rule_measured(r)->has_items ? (size_t)r->bound->items_n : 0;
}

static bool
side_rows(const struct side *s, size_t items, struct item_rows *out)
{
	const struct voters all = {.runs = s->runs,
	    .runs_n = s->runs_n,
	    .votes_n = s->votes_n,
	    .log_scale = s->metric->log_scale};

	return item_rows_make(&all, items, out);
}

static bool
join_items(const struct gate_rule *r, const struct item_rows *rows, double level,
    struct interval *interval)
{
	struct items_error error;

	if (!item_rows_error(rows, suite_clusters(r->bound), &error))
		return false;
	items_join(&error, level, rule_measured(r)->log_scale, interval);
	return true;
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
side_estimate(const struct gate_rule *r, const struct side *s, double level, struct interval *out)
{
	double *values = calloc(s->votes_n + 1, sizeof(*values));
	struct item_rows rows = {0};
	bool done = values != NULL && side_rows(s, items_of(r), &rows);

	if (done) {
		votes_values(s->votes, s->votes_n, values);
		estimate(values, s->votes_n, s->votes_n == 1 ? &s->votes[0].run->within : NULL,
		    s->metric->log_scale, level, out);
		done = join_items(r, &rows, level, out);
	}
	item_rows_clear(&rows);
	free(values);
	return done;
}

/* One voter's delta: over the items it has on both sides, else of its votes. */
static bool
pair(const struct side *a, size_t i, const struct side *b, size_t k, const struct item_rows *a_rows,
    const struct item_rows *b_rows, double *delta, double **row)
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
pair_all(const struct side *a, const struct side *b, const struct item_rows *a_rows,
    const struct item_rows *b_rows, double *deltas, struct item_rows *rows, size_t *n)
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
compare_unpaired(const struct gate_rule *r, const struct side *a, const struct side *b,
    double level, struct interval *out, size_t *voters)
{
	struct interval x, y;

	if (!side_estimate(r, a, level, &x) || !side_estimate(r, b, level, &y))
		return false;
	delta_unpaired(&x, &y, a->metric->log_scale, out);
	*voters = a->votes_n < b->votes_n ? a->votes_n : b->votes_n;
	return true;
}

bool
sides_compare(const struct gate_rule *r, const struct side *a, const struct side *b, double level,
    struct interval *out, size_t *voters)
{
	size_t items = items_of(r), n = 0;
	double *deltas = calloc(a->votes_n + 1, sizeof(*deltas));
	struct item_rows a_rows = {0}, b_rows = {0}, rows = {0};
	bool done = deltas != NULL && side_rows(a, items, &a_rows) &&
		    side_rows(b, items, &b_rows) && item_rows_begin(&rows, a->votes_n, items) &&
		    pair_all(a, b, &a_rows, &b_rows, deltas, &rows, &n);

	if (done && n >= PAIRS_MIN) {
		estimate(deltas, n, NULL, a->metric->log_scale, level, out);
		*voters = n;
		done = join_items(r, &rows, level, out);
	} else if (done) {
		done = compare_unpaired(r, a, b, level, out, voters);
	}
	item_rows_clear(&a_rows);
	item_rows_clear(&b_rows);
	item_rows_clear(&rows);
	free(deltas);
	return done;
}
