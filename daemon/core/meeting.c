/* meeting.c — the cells of the book, where submitters' runs meet.
 * SPDX-License-Identifier: Apache-2.0 */
#include "meeting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "latest.h"
#include "links.h"
#include "list.h"
#include "raw_cell.h"

/* ---- cells ---- */

void
meeting_free(void *meeting)
{
	struct meeting *m = meeting;

	for (size_t i = 0; m->latest != NULL && i < m->suite->metrics_n; i++)
		latest_clear(&m->latest[i]);
	free(m->latest);
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
	m->standing = calloc(2 * suite->metrics_n, sizeof(*m->standing));
	m->found = m->standing + (m->standing ? suite->metrics_n : 0);
	m->latest = calloc(suite->metrics_n, sizeof(*m->latest));
	if (m->standing != NULL && m->latest != NULL && map_put(&b->meetings, m))
		return m;
	meeting_free(m);
	return NULL;
}

static bool
note_latest(struct meeting *m, const struct met *run)
{
	return latest_add(&m->latest[run->metric], run->by,
	    &(struct latest_run){.index = run->index, .value = run->value},
	    m->suite->metrics[run->metric].log_scale);
}

bool
meeting_add(struct meeting *m, const struct met *run)
{
	struct met *runs = list_room(m->runs, m->runs_n, &m->runs_room, sizeof(*runs));

	if (runs == NULL)
		return false;
	m->runs = runs;
	m->runs[m->runs_n++] = *run;
	return note_latest(m, run);
}

/* Of one submitter: NULL: of all. */
static bool
note_again(struct meeting *m, size_t metric, const struct person *by)
{
	bool done = true;

	for (size_t i = 0; done && i < m->runs_n; i++)
		if (m->runs[i].metric == metric && (by == NULL || m->runs[i].by == by))
			done = note_latest(m, &m->runs[i]);
	return done;
}

bool
meeting_move(struct meeting *from, const struct raw_cell *raw, struct meeting *to)
{
	size_t kept = 0;
	bool done = true;

	for (size_t i = 0; i < from->runs_n; i++)
		if (from->runs[i].raw != raw)
			from->runs[kept++] = from->runs[i];
		else
			done = meeting_add(to, &from->runs[i]) && done;
	from->runs_n = kept;
	for (size_t i = 0; i < from->suite->metrics_n; i++) {
		from->latest[i].n = 0;
		done = note_again(from, i, NULL) && done;
	}
	return done;
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

static bool
remove_run(struct meeting *m, int64_t index, size_t metric)
{
	for (size_t i = 0; i < m->runs_n; i++)
		if (m->runs[i].index == index && m->runs[i].metric == metric) {
			const struct person *by = m->runs[i].by;

			m->runs[i] = m->runs[--m->runs_n];
			latest_forget(&m->latest[metric], by);
			return note_again(m, metric, by);
		}
	return true;
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
		b->failed =
		    !remove_run(s->results[i].raw->at, s->index, s->results[i].metric) || b->failed;
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

/* ---- for the statistics ---- */

bool
person_established(const struct person *p)
{
	return (p->trusted || p->established) && !p->suspended;
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

static void
latest_of(const struct book *b, struct person *by, const struct latest_run *one, struct run *run)
{
	memset(run, 0, sizeof(*run));
	memcpy(run->voter, book_voter(b, by)->id, SHA256_SIZE);
	memcpy(run->submitter, by->id, SHA256_SIZE);
	run->index = one->index;
	run->value = one->value;
	run->established = person_established(by);
}

size_t
meeting_votes(const struct book *b, const struct meeting *m, size_t metric, struct run *out)
{
	const struct latest_list *l = &m->latest[metric];

	for (size_t i = 0; i < l->n; i++)
		latest_of(b, l->list[i].by, &l->list[i].vote, &out[i]);
	return l->n;
}

size_t
meeting_latest(const struct book *b, const struct meeting *m, size_t metric, struct run *out)
{
	const struct latest_list *l = &m->latest[metric];
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->list[i].runs_n; k++)
			latest_of(b, l->list[i].by, &l->list[i].runs[k], &out[n++]);
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
