/* raw_cell.c — results of the same raw names, and the cell these names lead to.
 * SPDX-License-Identifier: Apache-2.0 */
#include "raw_cell.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "list.h"
#include "meeting.h"
#include "submission.h"

void
raw_cell_free(void *raw_cell)
{
	struct raw_cell *r = raw_cell;

	json_decref(r->fields);
	free(r);
}

struct raw_cell *
raw_cell_find(const struct book *b, const uint8_t id[SHA256_SIZE])
{
	return map_find(&b->raw_cells, id);
}

struct raw_cell *
raw_cell_put(struct book *b, const uint8_t id[SHA256_SIZE], struct meeting *at)
{
	struct raw_cell *r = raw_cell_find(b, id);

	if (r != NULL || at == NULL)
		return r;
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		return NULL;
	memcpy(r->id, id, SHA256_SIZE);
	r->at = at;
	r->stored = true;
	if (map_put(&b->raw_cells, r))
		return r;
	raw_cell_free(r);
	return NULL;
}

void
raw_cell_tell(struct raw_cell *r, json_t *fields)
{
	if (r->fields == NULL)
		r->fields = json_incref(fields);
}

/* The cell that raw fields lead to; false without memory. */
static bool
cell_led_to(
    const struct book *b, const struct suite *suite, const json_t *fields, uint8_t out[SHA256_SIZE])
{
	json_t *called = names_fields(&b->names, fields);
	bool done = called != NULL && cell_of_fields(suite, called, out);

	json_decref(called);
	return done;
}

struct raw_cell *
raw_cell_called(struct book *b, const struct suite *suite, const json_t *body, const json_t *result,
    const uint8_t id[SHA256_SIZE])
{
	struct raw_cell *r = raw_cell_find(b, id);
	uint8_t cell[SHA256_SIZE];
	json_t *fields;

	if (r != NULL)
		return r;
	fields = cell_fields(suite, body, result);
	if (fields != NULL && cell_led_to(b, suite, fields, cell))
		r = raw_cell_put(b, id, meeting_at(b, cell, suite, true));
	if (r != NULL) {
		raw_cell_tell(r, fields);
		r->stored = false;
	}
	json_decref(fields);
	return r;
}

struct raw_cell *
raw_cell_of(struct book *b, const struct suite *suite, const json_t *body, const json_t *result)
{
	uint8_t id[SHA256_SIZE];

	cell_raw(suite, body, result, id);
	return raw_cell_called(b, suite, body, result, id);
}

/* ---- which belong elsewhere ---- */

static bool
has_name(const json_t *fields, const char *name)
{
	static const char *const named[] = {"subject", "base", "hardware", "engine"};

	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
		if (strstr(json_get_text(fields, named[i]), name) != NULL)
			return true;
	return false;
}

static int
by_raw_id(const void *a, const void *b)
{
	const struct displaced *x = a, *y = b;

	return memcmp(x->raw->id, y->raw->id, SHA256_SIZE);
}

struct displaced *
raw_cells_displaced(const struct book *b, const char *name, size_t *n)
{
	struct displaced *list = calloc(1, sizeof(*list)), *more;
	struct raw_cell *r;
	size_t at = 0, room = 1;

	*n = 0;
	while (list != NULL && (r = map_next(&b->raw_cells, &at)) != NULL) {
		struct displaced d = {.raw = r};

		if (r->fields == NULL || !has_name(r->fields, name))
			continue;
		more = cell_led_to(b, r->at->suite, r->fields, d.to)
			   ? list_room(list, *n, &room, sizeof(*list))
			   : NULL;
		if (more == NULL) {
			free(list);
			return NULL;
		}
		list = more;
		if (memcmp(d.to, r->at->id, SHA256_SIZE) != 0)
			list[(*n)++] = d;
	}
	if (list != NULL)
		qsort(list, *n, sizeof(*list), by_raw_id);
	return list;
}

/* ---- moving ---- */

/* Has it a result in this cell that ever waited? */
static bool
waited_in(const struct settled *s, const struct meeting *m)
{
	for (size_t i = 0; i < s->results_n; i++)
		if (s->results[i].waits != WAIT_NONE && s->results[i].raw->at == m)
			return true;
	return false;
}

/* Behind those before it in the log, unless it is there. */
static bool
wait_in_order(struct meeting *m, struct settled *s)
{
	struct settled **list =
	    list_room(m->waiting, m->waiting_n, &m->waiting_room, sizeof(struct settled *));
	size_t at = m->waiting_n;

	if (list == NULL)
		return false;
	m->waiting = list;
	while (at > 0 && list[at - 1]->index > s->index)
		at--;
	if (at > 0 && list[at - 1] == s)
		return true;
	memmove(&list[at + 1], &list[at], (m->waiting_n - at) * sizeof(struct settled *));
	list[at] = s;
	m->waiting_n++;
	return true;
}

/* The raw cell stands in its new cell by now. */
static void
move_waiting(struct book *b, struct meeting *from, struct meeting *to)
{
	size_t kept = 0;

	for (size_t i = 0; i < from->waiting_n; i++) {
		struct settled *s = from->waiting[i];

		if (waited_in(s, to))
			b->failed = !wait_in_order(to, s) || b->failed;
		if (waited_in(s, from))
			from->waiting[kept++] = s;
	}
	from->waiting_n = kept;
}

static void
note_move(struct book *b, const struct cell_move *move)
{
	struct cell_move *list =
	    list_room(b->cell_moves, b->cell_moves_n, &b->cell_moves_room, sizeof(*list));

	if (list == NULL) {
		b->failed = true;
		return;
	}
	b->cell_moves = list;
	list[b->cell_moves_n++] = *move;
}

void
raw_cell_move(struct book *b, struct raw_cell *r, struct meeting *to, int64_t index)
{
	const struct cell_move move = {.raw = r, .from = r->at, .to = to, .index = index};
	struct meeting *from = r->at;

	r->at = to;
	b->failed = !meeting_move(from, r, to) || b->failed;
	move_waiting(b, from, to);
	note_move(b, &move);
}
