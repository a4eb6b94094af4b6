/* meeting.c — the cells of the book, where submitters' runs meet.
 * SPDX-License-Identifier: Apache-2.0 */
#include "meeting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "links.h"
#include "list.h"
#include "neighbours.h"
#include "raw_cell.h"
#include "scale.h"

/* ---- cells ---- */

void
meeting_free(void *meeting)
{
	struct meeting *m = meeting;

	free(m->runs);
	free(m->accords);
	free(m->standing);
	free(m->waiting);
	free(m);
}

struct meeting *
meeting_at(struct book *b, const uint8_t cell[SHA256_SIZE], const struct suite *suite, bool add)
{
	struct meeting *m = map_find(&b->meetings, cell);

	if (m != NULL || !add)
		return m;
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return NULL;
	memcpy(m->id, cell, SHA256_SIZE);
	m->suite = suite;
	m->standing = calloc(suite->metrics_n, sizeof(*m->standing));
	if (m->standing != NULL && map_put(&b->meetings, m))
		return m;
	meeting_free(m);
	return NULL;
}

bool
meeting_add(struct meeting *m, const struct met *run)
{
	struct met *runs = list_room(m->runs, m->runs_n, &m->runs_room, sizeof(*runs));

	if (runs == NULL)
		return false;
	m->runs = runs;
	m->runs[m->runs_n++] = *run;
	return true;
}

bool
meeting_wait(struct meeting *m, struct settled *s)
{
	struct settled **list;

	if (m->waiting_n > 0 && m->waiting[m->waiting_n - 1] == s)
		return true;
	list = list_room(m->waiting, m->waiting_n, &m->waiting_room, sizeof(struct settled *));
	if (list == NULL)
		return false;
	m->waiting = list;
	m->waiting[m->waiting_n++] = s;
	return true;
}

static void
remove_run(struct meeting *m, int64_t index, size_t metric)
{
	for (size_t i = 0; i < m->runs_n; i++)
		if (m->runs[i].index == index && m->runs[i].metric == metric) {
			m->runs[i] = m->runs[--m->runs_n];
			return;
		}
}

struct accord *
meeting_accord(struct meeting *m, struct person *p)
{
	struct accord *list;

	for (size_t i = 0; i < m->accords_n; i++)
		if (m->accords[i].by == p)
			return &m->accords[i];
	list = list_room(m->accords, m->accords_n, &m->accords_room, sizeof(*list));
	if (list == NULL)
		return NULL;
	m->accords = list;
	list[m->accords_n] = (struct accord){.by = p};
	return &list[m->accords_n++];
}

void
meeting_touch(struct book *b, struct meeting *m)
{
	struct meeting **list;

	if (m->touched)
		return;
	if (b->touched_settled)
		b->touched_n = 0;
	b->touched_settled = false;
	list = list_room(b->touched, b->touched_n, &b->touched_room, sizeof(struct meeting *));
	if (list == NULL) {
		b->failed = true;
		return;
	}
	b->touched = list;
	list[b->touched_n++] = m;
	m->touched = true;
}

void
meetings_enter(struct book *b, const struct settled *s)
{
	for (size_t i = 0; i < s->results_n; i++) {
		const struct result *r = &s->results[i];
		const struct met run = {.by = s->by,
		    .raw = r->raw,
		    .index = s->index,
		    .metric = r->metric,
		    .value = r->value,
		    .anchor = s->anchor,
		    .items = s->items,
		    .within = r->within};

		meeting_touch(b, r->raw->at);
		b->failed = !meeting_add(r->raw->at, &run) || b->failed;
	}
}

void
meetings_leave(struct book *b, const struct settled *s)
{
	for (size_t i = 0; i < s->results_n; i++) {
		meeting_touch(b, s->results[i].raw->at);
		remove_run(s->results[i].raw->at, s->index, s->results[i].metric);
	}
}

bool
meetings_reproduced(const struct settled *s)
{
	for (size_t i = 0; i < s->results_n; i++)
		if (s->results[i].raw->at->standing[s->results[i].metric] == STANDING_REPRODUCED)
			return true;
	return false;
}

/* ---- what a leaf sets off ---- */

bool
person_established(const struct person *p)
{
	return (p->trusted || p->established) && !p->suspended;
}

/* The votes of one metric in a cell; arrays have room for all runs of the cell. */
struct ballot {
	struct run *runs;
	struct vote *votes;
	double *scratch;
	size_t n;
	double point;
	struct tolerance tolerance;
	struct agreement agreement;
};

static bool
ballot_begin(struct ballot *v, size_t runs_n)
{
	memset(v, 0, sizeof(*v));
	v->runs = calloc(runs_n + 1, sizeof(*v->runs));
	v->votes = calloc(runs_n + 1, sizeof(*v->votes));
	v->scratch = calloc(runs_n + 1, sizeof(*v->scratch));
	return v->runs && v->votes && v->scratch;
}

static void
ballot_end(struct ballot *v)
{
	free(v->runs);
	free(v->votes);
	free(v->scratch);
}

static void
run_of(const struct book *b, const struct meeting *m, const struct met *met, struct run *run)
{
	memset(run, 0, sizeof(*run));
	memcpy(run->voter, book_voter(b, met->by)->id, SHA256_SIZE);
	memcpy(run->submitter, met->by->id, SHA256_SIZE);
	run->index = met->index;
	run->value = met->value;
	run->within = met->within;
	run->established = person_established(met->by);
	run->scores = items_scores(met->items, &m->suite->metrics[met->metric]);
}

size_t
meeting_runs(const struct book *b, const struct meeting *m, size_t metric, struct run *out)
{
	size_t n = 0;

	for (size_t i = 0; i < m->runs_n; i++)
		if (m->runs[i].metric == metric)
			run_of(b, m, &m->runs[i], &out[n++]);
	return n;
}

size_t
meeting_anchors(const struct book *b, const struct meeting *m, size_t metric, struct run *out)
{
	size_t n = 0;

	for (size_t i = 0; i < m->runs_n; i++) {
		if (m->runs[i].metric != metric || isnan(m->runs[i].anchor))
			continue;
		run_of(b, m, &m->runs[i], &out[n]);
		out[n++].value = m->runs[i].anchor;
	}
	return n;
}

static void
vote(const struct book *b, const struct meeting *m, size_t metric, struct ballot *v)
{
	const struct suite_metric *info = &m->suite->metrics[metric];
	size_t n = meeting_runs(b, m, metric, v->runs);

	v->tolerance = metric_tolerance(info);
	v->n = votes_form(v->runs, n, info->log_scale, v->votes);
	memset(&v->agreement, 0, sizeof(v->agreement));
	if (v->n == 0)
		return;
	votes_values(v->votes, v->n, v->scratch);
	v->point = median_of(v->scratch, v->n, info->log_scale);
	standing_of(v->votes, v->n, v->point, &v->tolerance, &v->agreement);
}

/* One metric's word on each of its voters; there must be another, established, to compare with. */
static bool
compare_all(struct book *b, struct meeting *m, const struct ballot *v)
{
	for (size_t i = 0; i < v->n; i++) {
		struct person *p = book_person(b, v->votes[i].run->voter);

		if (v->agreement.established == v->votes[i].established)
			continue;
		if (p == NULL || meeting_accord(m, p) == NULL)
			return false;
		p->compared_n++;
		p->agreed_n += vote_is_vouched(v->votes, v->n, i, v->point, &v->tolerance);
	}
	return true;
}

static bool
settle_accords(struct book *b, struct meeting *m, int64_t index, struct ballot *v)
{
	for (size_t k = 0; k < m->suite->metrics_n; k++) {
		vote(b, m, k, v);
		if (!compare_all(b, m, v))
			return false;
	}
	for (size_t i = 0; i < m->accords_n; i++) {
		struct accord *a = &m->accords[i];
		bool agrees = a->by->compared_n > 0 && a->by->agreed_n == a->by->compared_n;

		a->by->compared_n = a->by->agreed_n = 0;
		if (agrees == a->agrees)
			continue;
		a->agrees = agrees;
		a->by->agreeing_n += agrees ? 1 : -1;
		a->by->changed = true;
		book_stir(b, a->by, index, false);
	}
	return true;
}

static void
establish(struct book *b, const struct meeting *m, int64_t index)
{
	for (size_t i = 0; i < m->accords_n; i++) {
		struct person *p = m->accords[i].by;

		if (p->established || p->suspended || p->agreeing_n < ESTABLISHED_CELLS_N)
			continue;
		p->established = true;
		p->changed = true;
		book_stir(b, p, index, true);
	}
}

static bool
settle_standing(struct book *b, struct meeting *m, int64_t index, struct ballot *v)
{
	for (size_t k = 0; k < m->suite->metrics_n; k++) {
		struct transition *list;
		enum standing now;

		vote(b, m, k, v);
		now = v->n > 0 ? v->agreement.standing : STANDING_NONE;
		if (now == m->standing[k])
			continue;
		list = list_room(
		    b->transitions, b->transitions_n, &b->transitions_room, sizeof(*list));
		if (list == NULL)
			return false;
		b->transitions = list;
		list[b->transitions_n++] = (struct transition){
		    .at = m, .metric = k, .index = index, .from = m->standing[k], .to = now};
		m->standing[k] = now;
	}
	return true;
}

/* All accords come before anybody is established by them, so that the order of cells says
 * nothing. */
static bool
conclude(struct book *b, int64_t index, struct ballot *v)
{
	for (size_t i = 0; i < b->touched_n; i++)
		if (!settle_accords(b, b->touched[i], index, v))
			return false;
	for (size_t i = 0; i < b->touched_n; i++)
		establish(b, b->touched[i], index);
	for (size_t i = 0; i < b->touched_n; i++)
		if (!settle_standing(b, b->touched[i], index, v))
			return false;
	return true;
}

void
meetings_settle(struct book *b, int64_t index)
{
	struct ballot v;
	size_t most = 0;

	if (b->touched_settled)
		b->touched_n = 0;
	neighbours_release(b, index);
	for (size_t i = 0; i < b->touched_n; i++) {
		b->touched[i]->touched = false;
		b->touched[i]->touched_at = index;
		if (b->touched[i]->runs_n > most)
			most = b->touched[i]->runs_n;
	}
	if (b->touched_n > 0) {
		b->failed = !ballot_begin(&v, most) || !conclude(b, index, &v) || b->failed;
		ballot_end(&v);
	}
	b->touched_settled = true;
}
