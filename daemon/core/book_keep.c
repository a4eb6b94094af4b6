/* book_keep.c — what of a book is good for the leaves behind those it has settled.
 * SPDX-License-Identifier: Apache-2.0 */
#include "book_keep.h"

#include <stdlib.h>
#include <string.h>

#include "links.h"
#include "meeting.h"
#include "raw_cell.h"

/* ---- cells ---- */

static int
by_vote_newest_first(const void *a, const void *b)
{
	const struct met *x = a, *y = b;

	if (x->by != y->by)
		return memcmp(x->by->id, y->by->id, SHA256_SIZE);
	if (x->metric != y->metric)
		return x->metric < y->metric ? -1 : 1;
	return (x->index < y->index) - (x->index > y->index);
}

/* Only now and then: a vote takes the latest five anyway. */
static void
drop_old_runs(struct meeting *m)
{
	size_t n = 0, same = 0;

	if (m->runs_n <= 2 * m->kept_n + 64)
		return;
	qsort(m->runs, m->runs_n, sizeof(*m->runs), by_vote_newest_first);
	for (size_t i = 0; i < m->runs_n; i++) {
		same = i > 0 && m->runs[i].by == m->runs[i - 1].by &&
			       m->runs[i].metric == m->runs[i - 1].metric
			   ? same + 1
			   : 0;
		if (same < VOTE_RUNS_MAX)
			m->runs[n++] = m->runs[i];
	}
	m->runs_n = m->kept_n = n;
}

static void
go_on(struct meeting *m)
{
	m->waiting_n = 0;
	m->waiting_known = false;
	for (size_t i = 0; i < m->accords_n; i++)
		m->accords[i].stored = m->accords[i].agrees;
	for (size_t i = 0; i < m->runs_n; i++)
		m->runs[i].items = NULL;
	drop_old_runs(m);
}

/* The cells that were touched since, and their raw cells; false without memory. */
static bool
pick_new_cells(const struct book *b, int64_t from, struct map *cells, struct map *raw_cells)
{
	struct raw_cell *r;
	struct meeting *m;
	size_t at = 0;

	while ((r = map_next(&b->raw_cells, &at)) != NULL)
		if (r->at->touched_at >= from && !map_put(raw_cells, r))
			return false;
	at = 0;
	while ((m = map_next(&b->meetings, &at)) != NULL)
		if (m->touched_at >= from && !map_put(cells, m))
			return false;
	return true;
}

/* Without memory all go. */
static void
drop_old_cells(struct book *b, int64_t from)
{
	struct map cells = {0}, raw_cells = {0};
	bool picked = pick_new_cells(b, from, &cells, &raw_cells);
	struct raw_cell *r;
	struct meeting *m;
	size_t at = 0;

	while ((r = map_next(&b->raw_cells, &at)) != NULL)
		if (!picked || r->at->touched_at < from)
			raw_cell_free(r);
	at = 0;
	while ((m = map_next(&b->meetings, &at)) != NULL)
		if (!picked || m->touched_at < from)
			meeting_free(m);
	map_clear(&b->raw_cells, NULL);
	map_clear(&b->meetings, NULL);
	if (!picked) {
		map_clear(&cells, NULL);
		map_clear(&raw_cells, NULL);
		return;
	}
	b->meetings = cells;
	b->raw_cells = raw_cells;
}

/* Who settles an alias begins with an empty book. */
static void
forget_fields(struct book *b)
{
	struct raw_cell *r;
	size_t at = 0;

	while ((r = map_next(&b->raw_cells, &at)) != NULL) {
		json_decref(r->fields);
		r->fields = NULL;
	}
}

static void
go_on_in_all(struct book *b, int64_t from, size_t runs_max)
{
	struct meeting *m;
	size_t at = 0, runs = 0;

	forget_fields(b);
	while ((m = map_next(&b->meetings, &at)) != NULL) {
		if (m->touched_at >= from || m->waiting_known)
			go_on(m);
		runs += m->runs_n;
	}
	if (runs > runs_max)
		drop_old_cells(b, from);
}

/* ---- the book ---- */

static void
settle_persons(struct book *b)
{
	struct person *p;
	struct person_key *k;
	size_t at = 0;

	while ((p = map_next(&b->persons, &at)) != NULL)
		p->changed = false;
	at = 0;
	while ((k = map_next(&b->keys, &at)) != NULL)
		k->changed_at = 0;
	for (size_t i = 0; i < b->links_n; i++)
		b->links[i].changed = false;
}

void
book_go_on(struct book *b, int64_t from, size_t runs_max)
{
	settle_persons(b);
	go_on_in_all(b, from, runs_max);
	book_forget_statements(b);
	map_clear(&b->invitations, free);
	names_begin(&b->names);
	b->cell_moves_n = 0;
	b->transitions_n = b->stirs_n = b->moves_n = b->touched_n = 0;
}
