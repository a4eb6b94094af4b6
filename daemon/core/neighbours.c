/* neighbours.c — what others' runs in the same cells say of a new one.
 * SPDX-License-Identifier: Apache-2.0 */
#include "neighbours.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agree.h"
#include "latest.h"
#include "links.h"
#include "list.h"
#include "meeting.h"
#include "number.h"
#include "raw_cell.h"
#include "scale.h"

/* Room for the votes of one metric in a cell. */
struct peers {
	struct run *runs;
	struct vote *votes;
	double *values;
	size_t n; /* votes */
};

static bool
peers_begin(struct peers *p, size_t runs_n)
{
	p->runs = calloc(runs_n + 1, sizeof(*p->runs));
	p->votes = calloc(runs_n + 1, sizeof(*p->votes));
	p->values = calloc(runs_n + 1, sizeof(*p->values));
	p->n = 0;
	return p->runs && p->votes && p->values;
}

static void
peers_end(struct peers *p)
{
	free(p->runs);
	free(p->votes);
	free(p->values);
}

/* ---- anchors ---- */

/* One mean a voter; of the established ones alone, where any is. */
static void
pool_anchors(struct peers *p, size_t runs_n)
{
	size_t n = votes_form(p->runs, runs_n, false, p->votes), k = 0;
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any = any || p->votes[i].established;
	for (size_t i = 0; i < n; i++)
		if (!any || p->votes[i].established)
			p->values[k++] = p->votes[i].value;
	p->n = k;
}

static void
tell_anchors(const struct anchors_check *c, double bound, struct plausibility *out)
{
	char mean[REAL_SIZE], pooled[REAL_SIZE], text[REAL_SIZE];

	real_print(c->mean, mean);
	real_print(c->mean - c->off, pooled);
	real_print(bound, text);
	out->doubt = DOUBT_ANCHORS;
	out->number = c->mean;
	out->bound = c->mean - c->off + (c->off < 0 ? -bound : bound);
	snprintf(out->pointer, sizeof(out->pointer), "/judge/anchors");
	snprintf(out->reason, sizeof(out->reason),
	    "the judge's anchor answers have a mean of %s; the cell's pooled mean is %s, and the "
	    "suite allows %s between them",
	    mean, pooled, text);
}

static bool
judge_anchors(struct book *b, const struct settled *s, const struct result *r, struct peers *p,
    struct plausibility *out)
{
	const struct suite *suite = r->raw->at->suite;
	struct anchors_check check;

	if (suite->anchors_n == 0)
		return true;
	pool_anchors(p, meeting_anchors(b, r->raw->at, r->metric, p->runs));
	if (anchors_hold(&s->anchor, 1, p->values, p->n, suite->anchors_bound, &check))
		return true;
	if (isnan(s->anchor))
		check.off = 0;
	tell_anchors(&check, suite->anchors_bound, out);
	return false;
}

/* ---- neighbours ---- */

/* Where some have no place on the scale, votes are of what is left of each one's latest runs: no
 * older run comes in for such a one, since not every book has those. */
static size_t
gather_runs(const struct book *b, const struct result *r, struct run *out)
{
	const struct meeting *m = r->raw->at;

	return m->latest[r->metric].odd ? meeting_latest(b, m, r->metric, out)
					: meeting_votes(b, m, r->metric, out);
}

/* The votes of established voters but one's own. */
static void
gather(struct book *b, const struct settled *s, const struct result *r, struct peers *p)
{
	bool log_scale = r->raw->at->suite->metrics[r->metric].log_scale;
	const uint8_t *own = book_voter(b, s->by)->id;
	size_t all = gather_runs(b, r, p->runs), n = 0;

	for (size_t i = 0; i < all; i++)
		if (p->runs[i].established && scale_takes(p->runs[i].value, log_scale) &&
		    memcmp(p->runs[i].voter, own, SHA256_SIZE) != 0)
			p->runs[n++] = p->runs[i];
	p->n = votes_form(p->runs, n, log_scale, p->votes);
}

static void
tell_neighbours(
    const struct result *r, const struct reach *reach, size_t n, struct plausibility *out)
{
	const struct suite_metric *m = &r->raw->at->suite->metrics[r->metric];
	char value[REAL_SIZE], bound[REAL_SIZE], point[REAL_SIZE];
	bool below = r->value < reach->low;

	out->doubt = DOUBT_NEIGHBOURS;
	out->number = r->value;
	out->bound = below ? reach->low : reach->high;
	real_print(r->value, value);
	real_print(out->bound, bound);
	real_print(reach->point, point);
	snprintf(out->pointer, sizeof(out->pointer), "/results/%zu/value", r->position);
	snprintf(out->reason, sizeof(out->reason),
	    "%s %s is %s %s%s%s: %zu established submitters measured %s in the same cell", m->name,
	    value, below ? "below" : "above", bound, m->unit[0] ? " " : "", m->unit, n, point);
}

/* Does the value lie beyond the neighbours? */
static bool
is_beyond(
    const struct peers *p, const struct result *r, const struct rules *rules, struct reach *reach)
{
	const struct tolerance t = metric_tolerance(&r->raw->at->suite->metrics[r->metric]);
	struct agreement agreement;
	double point;

	if ((double)p->n < fmax(rules_threshold(rules, "neighbours_min", NEIGHBOURS_MIN), 1) ||
	    !scale_takes(r->value, t.log_scale))
		return false;
	votes_values(p->votes, p->n, p->values);
	point = median_of(p->values, p->n, t.log_scale);
	standing_of(p->votes, p->n, point, &t, &agreement);
	if (agreement.standing == STANDING_CONTESTED ||
	    (double)agreement.agreeing < rules_threshold(rules, "neighbours_min", NEIGHBOURS_MIN))
		return false;
	votes_reach(p->votes, p->n, point, &t,
	    rules_threshold(rules, "neighbours_tolerances", NEIGHBOURS_TOLERANCES), p->values,
	    reach);
	return r->value < reach->low || r->value > reach->high;
}

static void
judge_result(struct book *b, struct settled *s, struct result *r, const struct rules *rules,
    struct peers *p, struct plausibility *out)
{
	struct reach reach;

	gather(b, s, r, p);
	if (!is_beyond(p, r, rules, &reach))
		return;
	r->waits = WAIT_WAITS;
	if (out->doubt == DOUBT_NONE)
		tell_neighbours(r, &reach, p->n, out);
}

/* How many runs are looked at: of anchors all, else mostly each submitter's one. */
static size_t
runs_judged(const struct result *r)
{
	const struct meeting *m = r->raw->at;

	bool all = m->suite->anchors_n > 0 || m->latest[r->metric].odd;

	return all ? m->runs_n : m->latest[r->metric].n;
}

bool
neighbours_judge(
    struct book *b, struct settled *s, const struct rules *rules, struct plausibility *out)
{
	struct peers p;
	size_t most = 0;
	bool done, hold = true;

	for (size_t i = 0; i < s->results_n; i++)
		if (runs_judged(&s->results[i]) > most)
			most = runs_judged(&s->results[i]);
	done = peers_begin(&p, most);
	for (size_t i = 0; done && hold && i < s->results_n; i++)
		hold = judge_anchors(b, s, &s->results[i], &p, out);
	for (size_t i = 0; done && hold && i < s->results_n; i++)
		judge_result(b, s, &s->results[i], rules, &p, out);
	peers_end(&p);
	return done;
}

/* ---- waiting ---- */

void
neighbours_wait(struct book *b, struct settled *s)
{
	for (size_t i = 0; i < s->results_n; i++) {
		struct meeting *m = s->results[i].raw->at;

		if (s->results[i].waits != WAIT_WAITS)
			continue;
		b->failed = !meeting_wait(m, s) || b->failed;
		meeting_touch(b, m);
	}
}

static bool
waits_still(const struct settled *s)
{
	for (size_t i = 0; i < s->results_n; i++)
		if (s->results[i].waits == WAIT_WAITS)
			return true;
	return false;
}

/* Among a submitter's newest that ever waited in the cell, and waiting still? `waited_n` counts. */
static bool
takes_part(const struct settled *s)
{
	return s->by->waited_n++ < VOTE_RUNS_MAX && s->state == STATE_HELD && waits_still(s) &&
	       s->results_n <= WAITING_RESULTS_MAX;
}

/* Those who take part, newest first. */
static size_t
waiting_in(struct meeting *m, struct settled **out)
{
	size_t n = 0;

	for (size_t i = m->waiting_n; i-- > 0;)
		if (takes_part(m->waiting[i]))
			out[n++] = m->waiting[i];
	for (size_t i = 0; i < m->waiting_n; i++)
		m->waiting[i]->by->waited_n = 0;
	return n;
}

/* Who measured the same as a waiting result, each voter once. */
struct witnesses {
	const struct person **voters;
	size_t n;
};

static void
witness(struct book *b, struct witnesses *w, const struct person *own, const struct person *by)
{
	const struct person *voter = book_voter(b, by);

	if (!person_established(by) || voter == own)
		return;
	for (size_t i = 0; i < w->n; i++)
		if (w->voters[i] == voter)
			return;
	if (w->n < WITNESSES_N)
		w->voters[w->n++] = voter;
}

/* Runs beyond a submitter's latest take no part in votes, and none here. */
static void
witness_runs(struct book *b, const struct settled *s, const struct result *r, struct peers *p,
    struct witnesses *w)
{
	const struct tolerance t = metric_tolerance(&r->raw->at->suite->metrics[r->metric]);
	const struct person *own = book_voter(b, s->by);
	size_t n = meeting_runs(b, r->raw->at, r->metric, p->runs), nth = 0;

	(void)votes_form(p->runs, n, t.log_scale, p->votes); /* newest first of each */
	for (size_t i = 0; i < n; i++) {
		bool same = i > 0 && memcmp(p->runs[i].submitter, p->runs[i - 1].submitter,
					 SHA256_SIZE) == 0;

		nth = same ? nth + 1 : 0;
		if (nth < VOTE_RUNS_MAX && tolerance_holds(&t, p->runs[i].value, r->value))
			witness(b, w, own, book_person(b, p->runs[i].submitter));
	}
}

/* The results of a waiting submission that say the same. clear: they wait no more. */
static bool
says_same(struct settled *s, const struct result *r, bool clear)
{
	const struct tolerance t = metric_tolerance(&r->raw->at->suite->metrics[r->metric]);
	bool same = false;

	for (size_t i = 0; i < s->results_n; i++) {
		struct result *own = &s->results[i];

		if (own->raw->at != r->raw->at || own->metric != r->metric ||
		    own->waits == WAIT_NONE || !tolerance_holds(&t, own->value, r->value))
			continue;
		same = true;
		if (clear && own->waits == WAIT_WAITS) {
			own->waits = WAIT_CLEARED;
			s->waits_changed = true;
		}
	}
	return same;
}

/* Has a waiting result its witnesses? */
static bool
is_witnessed(struct book *b, const struct settled *s, const struct result *r,
    struct settled *const *waiting, size_t n, struct peers *p)
{
	const struct person *voters[WITNESSES_N];
	struct witnesses w = {voters, 0};

	witness_runs(b, s, r, p, &w);
	for (size_t i = 0; i < n; i++)
		if (says_same(waiting[i], r, false))
			witness(b, &w, book_voter(b, s->by), waiting[i]->by);
	return w.n >= WITNESSES_N;
}

/* Clear a witnessed result, and with it those of its witnesses that wait. */
static void
clear(struct settled *s, const struct result *r, struct settled *const *waiting, size_t n)
{
	says_same(s, r, true);
	for (size_t i = 0; i < n; i++)
		if (person_established(waiting[i]->by))
			says_same(waiting[i], r, true);
}

/* What in the cell is witnessed is found before any of it is cleared: cleared results witness all
 * the same, so that the order says nothing. */
static void
search(struct book *b, struct meeting *m, struct settled **waiting, size_t n, struct peers *p)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < waiting[i]->results_n; k++) {
			struct result *r = &waiting[i]->results[k];

			if (r->raw->at == m && r->waits == WAIT_WAITS &&
			    is_witnessed(b, waiting[i], r, waiting, n, p))
				clear(waiting[i], r, waiting, n);
		}
}

/* Those of the cell that wait for nothing any more are counted. */
static void
release(struct book *b, struct meeting *m, int64_t index)
{
	struct settled **waiting = calloc(m->waiting_n + 1, sizeof(struct settled *));
	struct peers p;
	bool done = peers_begin(&p, m->runs_n) && waiting != NULL;
	size_t n = done ? waiting_in(m, waiting) : 0;

	search(b, m, waiting, n, &p);
	for (size_t i = 0; i < n; i++)
		if (!waits_still(waiting[i]))
			book_move(b, waiting[i], STATE_COUNTED, index, NULL);
	b->failed = b->failed || !done;
	peers_end(&p);
	free(waiting);
}

void
neighbours_release(struct book *b, int64_t index)
{
	size_t n = b->touched_n;

	for (size_t i = 0; i < n; i++)
		if (b->touched[i]->waiting_n > 0)
			release(b, b->touched[i], index);
}
