/* catalogue_set.c — the catalogues that a log's configs name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "catalogue_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "list.h"

void
catalogue_path(const uint8_t digest[SHA256_SIZE], char out[CATALOGUE_PATH_SIZE])
{
	char hex[HEX32_SIZE];

	hex_print(digest, SHA256_SIZE, hex);
	snprintf(out, CATALOGUE_PATH_SIZE, "catalogue/%s.jsonl", hex);
}

static bool
is_of_nothing(const uint8_t digest[SHA256_SIZE])
{
	uint8_t nothing[SHA256_SIZE];

	sha256_of("", 0, nothing);
	return memcmp(digest, nothing, SHA256_SIZE) == 0;
}

const struct catalogue *
catalogue_set_find(struct catalogue_set *set, const uint8_t digest[SHA256_SIZE])
{
	struct catalogue *empty;

	for (size_t i = 0; i < set->n; i++)
		if (memcmp(set->list[i]->digest, digest, SHA256_SIZE) == 0)
			return set->list[i];
	if (!is_of_nothing(digest))
		return NULL;
	empty = catalogue_read("", 0, NULL);
	return empty != NULL && catalogue_set_add(set, empty) ? empty : NULL;
}

bool
catalogue_set_add(struct catalogue_set *set, struct catalogue *c)
{
	struct catalogue **more =
	    list_room(set->list, set->n, &set->room, sizeof(struct catalogue *));

	if (more == NULL) {
		catalogue_free(c);
		return false;
	}
	set->list = more;
	set->list[set->n++] = c;
	return true;
}

void
catalogue_set_clear(struct catalogue_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		catalogue_free(set->list[i]);
	free(set->list);
	*set = (struct catalogue_set){0};
}
