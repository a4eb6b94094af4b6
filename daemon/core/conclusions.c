/* conclusions.c — what a leaf sets off in the cells it touched: accords, establishment, standing.
 * SPDX-License-Identifier: Apache-2.0 */
#include "meeting.h"

#include <stdlib.h>
#include <string.h>

#include "latest.h"
#include "list.h"
#include "neighbours.h"
#include "scale.h"

/* The votes of one metric in a cell; arrays have room for one run of each submitter. */
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
ballot_begin(struct ballot *v, size_t most)
{
	memset(v, 0, sizeof(*v));
	v->runs = calloc(most + 1, sizeof(*v->runs));
	v->votes = calloc(most + 1, sizeof(*v->votes));
	v->scratch = calloc(most + 1, sizeof(*v->scratch));
	return v->runs && v->votes && v->scratch;
}

static void
ballot_end(struct ballot *v)
{
	free(v->runs);
	free(v->votes);
	free(v->scratch);
}

/* Established ones come first: others are compared with them. */
static void
put_established_first(struct vote *votes, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		if (votes[i].established) {
			struct vote held = votes[at];

			votes[at++] = votes[i];
			votes[i] = held;
		}
}

static void
vote(const struct book *b, const struct meeting *m, size_t metric, struct ballot *v)
{
	const struct suite_metric *info = &m->suite->metrics[metric];
	size_t n = meeting_votes(b, m, metric, v->runs);

	v->tolerance = metric_tolerance(info);
	v->n = votes_form(v->runs, n, info->log_scale, v->votes);
	memset(&v->agreement, 0, sizeof(v->agreement));
	if (v->n == 0)
		return;
	put_established_first(v->votes, v->n);
	votes_values(v->votes, v->n, v->scratch);
	v->point = median_of(v->scratch, v->n, info->log_scale);
	standing_of(v->votes, v->n, v->point, &v->tolerance, &v->agreement);
}

/* Who said the ith vote: mostly the submitter whose latest runs stand at its place. */
static struct person *
person_of(const struct book *b, const struct latest_list *l, const struct ballot *v, size_t i)
{
	const struct run *run = v->votes[i].run;
	struct person *by = l->list[run - v->runs].by;

	return memcmp(by->id, run->voter, SHA256_SIZE) == 0 ? by : book_person(b, run->voter);
}

/* accord_nth: its number among the cell's + 1. */
static bool
has_accord(struct meeting *m, struct person *p)
{
	if (p->accord_nth == 0 && meeting_accord(m, p) != NULL)
		p->accord_nth = (int64_t)m->accords_n;
	return p->accord_nth != 0;
}

/* One metric's word on each of its voters; there must be another, established, to compare with. */
static bool
compare_all(struct book *b, struct meeting *m, size_t metric, const struct ballot *v)
{
	size_t established = v->agreement.established;

	for (size_t i = 0; i < v->n; i++) {
		struct person *p;

		if (established == v->votes[i].established)
			continue;
		p = person_of(b, &m->latest[metric], v, i);
		if (p == NULL || !has_accord(m, p))
			return false;
		p->compared_n++;
		p->agreed_n += vote_is_vouched(v->votes, established, i, v->point, &v->tolerance);
	}
	return true;
}

static bool
settle_accords(struct book *b, struct meeting *m, int64_t index, struct ballot *v)
{
	for (size_t i = 0; i < m->accords_n; i++)
		m->accords[i].by->accord_nth = (int64_t)i + 1;
	for (size_t k = 0; k < m->suite->metrics_n; k++) {
		vote(b, m, k, v);
		m->found[k] = v->agreement.standing;
		if (!compare_all(b, m, k, v))
			return false;
	}
	for (size_t i = 0; i < m->accords_n; i++) {
		struct accord *a = &m->accords[i];
		bool agrees = a->by->compared_n > 0 && a->by->agreed_n == a->by->compared_n;

		a->by->compared_n = a->by->agreed_n = 0;
		a->by->accord_nth = 0;
		if (agrees == a->agrees)
			continue;
		a->agrees = agrees;
		a->by->agreeing_n += agrees ? 1 : -1;
		a->by->changed = true;
		book_stir(b, a->by, index, false);
	}
	return true;
}

/* Tell whether somebody became established. */
static bool
establish(struct book *b, const struct meeting *m, int64_t index)
{
	bool any = false;

	for (size_t i = 0; i < m->accords_n; i++) {
		struct person *p = m->accords[i].by;

		if (p->established || p->suspended || p->agreeing_n < ESTABLISHED_CELLS_N)
			continue;
		p->established = true;
		p->changed = true;
		book_stir(b, p, index, true);
		any = true;
	}
	return any;
}

static void
find_standing(const struct book *b, struct meeting *m, struct ballot *v)
{
	for (size_t k = 0; k < m->suite->metrics_n; k++) {
		vote(b, m, k, v);
		m->found[k] = v->agreement.standing;
	}
}

static bool
settle_standing(struct book *b, struct meeting *m, int64_t index)
{
	for (size_t k = 0; k < m->suite->metrics_n; k++) {
		enum standing now = m->found[k];
		struct transition *list;

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
 * nothing. With the accords the standing is found, which only those newly established change. */
static bool
conclude(struct book *b, int64_t index, struct ballot *v)
{
	bool anew = false;

	for (size_t i = 0; i < b->touched_n; i++)
		if (!settle_accords(b, b->touched[i], index, v))
			return false;
	for (size_t i = 0; i < b->touched_n; i++)
		anew = establish(b, b->touched[i], index) || anew;
	for (size_t i = 0; anew && i < b->touched_n; i++)
		find_standing(b, b->touched[i], v);
	for (size_t i = 0; i < b->touched_n; i++)
		if (!settle_standing(b, b->touched[i], index))
			return false;
	return true;
}

static size_t
most_votes(const struct meeting *m, size_t most)
{
	for (size_t k = 0; k < m->suite->metrics_n; k++)
		if (m->latest[k].n > most)
			most = m->latest[k].n;
	return most;
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
		most = most_votes(b->touched[i], most);
	}
	if (b->touched_n > 0) {
		b->failed = !ballot_begin(&v, most) || !conclude(b, index, &v) || b->failed;
		ballot_end(&v);
	}
	b->touched_settled = true;
}
