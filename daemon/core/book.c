/* book.c — what the log has said so far of keys, submitters and statements.
 * SPDX-License-Identifier: Apache-2.0 */
#include "book.h"

#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "meeting.h"

static void
free_statement(void *thing)
{
	struct settled *s = thing;

	free(s->results);
	json_decref(s->body);
	json_decref(s->why);
	free(s);
}

void
book_clear(struct book *b)
{
	map_clear(&b->keys, free);
	map_clear(&b->persons, free);
	map_clear(&b->statements, free_statement);
	map_clear(&b->meetings, meeting_free);
	map_clear(&b->moved_cells, free);
	free(b->links);
	free(b->touched);
	free(b->transitions);
	free(b->stirs);
	memset(b, 0, sizeof(*b));
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

struct settled *
book_add_statement(struct book *b, const uint8_t id[SHA256_SIZE], enum kind kind)
{
	struct settled *s = add(&b->statements, id, sizeof(*s));

	if (s != NULL) {
		s->kind = kind;
		s->changed_at = -1;
	}
	return s;
}

void
book_move(struct book *b, struct settled *s, enum state to, int64_t index, json_t *why)
{
	if (s->state == STATE_COUNTED && to != STATE_COUNTED)
		meetings_leave(b, s);
	if (s->state != STATE_COUNTED && to == STATE_COUNTED)
		meetings_enter(b, s);
	json_decref(s->why);
	s->why = json_incref(why);
	s->state = to;
	s->changed_at = index;
}

static bool
grow_links(struct book *b)
{
	struct link *larger = list_room(b->links, b->links_n, &b->links_room, sizeof(*larger));

	if (larger == NULL)
		return false;
	b->links = larger;
	return true;
}

struct link *
book_link(struct book *b, const struct person *x, const struct person *y, bool make)
{
	for (size_t i = 0; i < b->links_n; i++) {
		struct link *l = &b->links[i];

		if ((l->a == x && l->b == y) || (l->a == y && l->b == x))
			return l;
	}
	if (!make || !grow_links(b))
		return NULL;
	b->links[b->links_n] = (struct link){.a = x, .b = y, .cut = true};
	return &b->links[b->links_n++];
}

/* Everyone linked with p, by widening the circle until nobody joins: links are few. */
static size_t
circle_of(const struct book *b, const struct person *p, const struct person **in)
{
	size_t n = 0;
	bool wider = true;

	in[n++] = p;
	while (wider) {
		wider = false;
		for (size_t i = 0; i < b->links_n; i++) {
			const struct link *l = &b->links[i];
			bool has_a = false, has_b = false;

			for (size_t k = 0; k < n; k++) {
				has_a = has_a || in[k] == l->a;
				has_b = has_b || in[k] == l->b;
			}
			if (l->cut || has_a == has_b)
				continue;
			in[n++] = has_a ? l->b : l->a;
			wider = true;
		}
	}
	return n;
}

void
book_stir(struct book *b, const struct person *p, int64_t index)
{
	struct stir *list = list_room(b->stirs, b->stirs_n, &b->stirs_room, sizeof(*list));

	if (list == NULL) {
		b->failed = true;
		return;
	}
	b->stirs = list;
	list[b->stirs_n++] = (struct stir){.of = p, .index = index};
}

void
book_stir_circle(struct book *b, const struct person *p, int64_t index)
{
	const struct person **in = calloc(b->links_n + 1, sizeof(*in));
	size_t n = in != NULL ? circle_of(b, p, in) : 0;

	b->failed = b->failed || in == NULL;
	for (size_t i = 0; i < n; i++)
		book_stir(b, in[i], index);
	free(in);
}

const struct person *
book_voter(const struct book *b, const struct person *p)
{
	const struct person **in = b->links_n > 0 ? calloc(b->links_n + 1, sizeof(*in)) : NULL,
			    *lowest = p;
	size_t n = in != NULL ? circle_of(b, p, in) : 0;

	for (size_t i = 0; i < n; i++)
		if (memcmp(in[i]->id, lowest->id, SHA256_SIZE) < 0)
			lowest = in[i];
	free(in);
	return lowest;
}

bool
book_same(const struct book *b, const struct person *x, const struct person *y)
{
	return x == y || book_voter(b, x) == book_voter(b, y);
}
