/* map.c — things by their 32-byte id: open addressing, never more than half full.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map.h"

#include <stdlib.h>
#include <string.h>

#include "crypto.h"

#define FIRST_ROOM 64

/* Public keys are chosen by others: without a seed of our own they could be made to collide. */
static size_t
home_of(const struct map *m, const void *id)
{
	return (size_t)crypto_siphash(m->seed, id, MAP_ID_SIZE) & (m->room - 1);
}

/* The slot of this id, or the empty one where it would stand. */
static size_t
slot_of(const struct map *m, const void *id)
{
	size_t at = home_of(m, id);

	while (m->slots[at] != NULL && memcmp(m->slots[at], id, MAP_ID_SIZE) != 0)
		at = (at + 1) & (m->room - 1);
	return at;
}

void *
map_find(const struct map *m, const uint8_t id[MAP_ID_SIZE])
{
	return m->room > 0 ? m->slots[slot_of(m, id)] : NULL;
}

static bool
grow(struct map *m)
{
	struct map larger = {.room = m->room > 0 ? 2 * m->room : FIRST_ROOM, .n = m->n};

	larger.slots = calloc(larger.room, sizeof(void *));
	if (larger.slots == NULL)
		return false;
	crypto_random(larger.seed, sizeof(larger.seed));
	for (size_t i = 0; i < m->room; i++)
		if (m->slots[i] != NULL)
			larger.slots[slot_of(&larger, m->slots[i])] = m->slots[i];
	free(m->slots);
	*m = larger;
	return true;
}

bool
map_put(struct map *m, void *thing)
{
	if (2 * (m->n + 1) > m->room && !grow(m))
		return false;
	m->slots[slot_of(m, thing)] = thing;
	m->n++;
	return true;
}

void *
map_next(const struct map *m, size_t *at)
{
	while (*at < m->room)
		if (m->slots[(*at)++] != NULL)
			return m->slots[*at - 1];
	return NULL;
}

void
map_clear(struct map *m, void (*free_thing)(void *thing))
{
	for (size_t i = 0; free_thing != NULL && i < m->room; i++)
		if (m->slots[i] != NULL)
			free_thing(m->slots[i]);
	free(m->slots);
	memset(m, 0, sizeof(*m));
}
