/* list.c — arrays that grow.
 * SPDX-License-Identifier: Apache-2.0 */
#include "list.h"

#include <stdint.h>
#include <stdlib.h>

#define FIRST_ROOM 8

void *
list_room(void *items, size_t n, size_t *room, size_t item_size)
{
	size_t wider = *room > 0 ? 2 * *room : FIRST_ROOM;
	void *moved;

	if (n < *room)
		return items;
	if (wider > SIZE_MAX / item_size)
		return NULL;
	moved = realloc(items, wider * item_size);
	if (moved != NULL)
		*room = wider;
	return moved;
}
