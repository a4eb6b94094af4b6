/* book.c — what the log has said so far of keys, submitters and statements.
 * SPDX-License-Identifier: Apache-2.0 */
#include "book.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "book_keep.h"
#include "links.h"
#include "list.h"
#include "meeting.h"
#include "move.h"
#include "raw_cell.h"

static void
free_statement(void *thing)
{
	struct settled *s = thing;

	free(s->results);
	free(s->verdict);
	json_decref(s->body);
	json_decref(s->why);
	json_decref(s->items);
	free(s);
}

void
book_clear(struct book *b)
{
	map_clear(&b->keys, free);
	map_clear(&b->persons, free);
	map_clear(&b->statements, free_statement);
	map_clear(&b->invitations, free);
	map_clear(&b->meetings, meeting_free);
	map_clear(&b->raw_cells, raw_cell_free);
	names_clear(&b->names);
	free(b->links);
	free(b->touched);
	free(b->transitions);
	free(b->stirs);
	free(b->moves);
	free(b->cell_moves);
	memset(b, 0, sizeof(*b));
}

void
book_forget_statements(struct book *b)
{
	map_clear(&b->statements, free_statement);
}

struct person_key *
book_key(const struct book *b, const uint8_t key[KEY_SIZE])
{
	return map_find(&b->keys, key);
}

struct person *
book_person(const struct book *b, const uint8_t id[SHA256_SIZE])
{
	return map_find(&b->persons, id);
}

struct settled *
book_statement(const struct book *b, const uint8_t id[SHA256_SIZE])
{
	return map_find(&b->statements, id);
}

/* A thing of this size under its id, which is its first member. */
static void *
add(struct map *m, const uint8_t id[MAP_ID_SIZE], size_t size)
{
	void *thing = calloc(1, size);

	if (thing == NULL)
		return NULL;
	memcpy(thing, id, MAP_ID_SIZE);
	if (map_put(m, thing))
		return thing;
	free(thing);
	return NULL;
}

struct person_key *
book_add_key(struct book *b, const uint8_t key[KEY_SIZE], struct person *owner)
{
	struct person_key *k = add(&b->keys, key, sizeof(*k));

	if (k != NULL)
		k->owner = owner;
	return k;
}

struct person *
book_add_person(struct book *b, const uint8_t id[SHA256_SIZE])
{
	return add(&b->persons, id, sizeof(struct person));
}

struct used_invitation *
book_add_invitation(struct book *b, const uint8_t id[SHA256_SIZE], int64_t index)
{
	struct used_invitation *used = add(&b->invitations, id, sizeof(*used));

	if (used != NULL)
		used->index = index;
	return used;
}

struct settled *
book_add_statement(struct book *b, const uint8_t id[SHA256_SIZE], enum kind kind)
{
	struct settled *s = add(&b->statements, id, sizeof(*s));

	if (s != NULL) {
		s->kind = kind;
		s->changed_at = -1;
		s->anchor = NAN;
	}
	return s;
}

static void
note_move(struct book *b, const struct settled *s, enum state to, int64_t index)
{
	struct move *list = list_room(b->moves, b->moves_n, &b->moves_room, sizeof(*list));

	if (list == NULL) {
		b->failed = true;
		return;
	}
	b->moves = list;
	list[b->moves_n++] = (struct move){
	    .of = s, .by = index, .from = s->state, .to = to, .withheld = s->withheld};
}

void
book_move(struct book *b, struct settled *s, enum state to, int64_t index, json_t *why)
{
	if (s->state == STATE_COUNTED && to != STATE_COUNTED)
		meetings_leave(b, s);
	if (s->state != STATE_COUNTED && to == STATE_COUNTED)
		meetings_enter(b, s);
	for (size_t i = 0; to != STATE_HELD && i < s->results_n; i++)
		if (s->results[i].waits == WAIT_WAITS)
			s->results[i].waits = WAIT_CLEARED;
	note_move(b, s, to, index);
	json_decref(s->why);
	s->why = json_incref(why);
	s->state = to;
	s->changed_at = index;
}

void
book_stir(struct book *b, const struct person *p, int64_t index, bool cells)
{
	struct stir *list = list_room(b->stirs, b->stirs_n, &b->stirs_room, sizeof(*list));

	if (list == NULL) {
		b->failed = true;
		return;
	}
	b->stirs = list;
	list[b->stirs_n++] = (struct stir){.of = p, .index = index, .cells = cells};
}
