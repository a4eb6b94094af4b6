/* map.h — things by their 32-byte id: keys, submitters, statements.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_MAP_H
#define ASSAY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAP_ID_SIZE 32

/* Zero-initialise. Holds pointers to things whose first member is their id; owns none of them. */
struct map {
	void **slots;
	size_t n, room; /* room: a power of two, or 0 */
	uint8_t seed[16];
};

/* Return the thing with this id, NULL if there is none. Borrowed. */
void *map_find(const struct map *m, const uint8_t id[MAP_ID_SIZE]);

/* Put a thing whose id is not there yet. False without memory. */
bool map_put(struct map *m, void *thing) __attribute__((warn_unused_result));

/* Return the thing at or behind slot *at, in no particular order, and move *at behind it; NULL at
 * the end. Start with *at = 0. */
void *map_next(const struct map *m, size_t *at);

/* Free the map, and each thing with free_thing() unless that is NULL. */
void map_clear(struct map *m, void (*free_thing)(void *thing));

#endif
