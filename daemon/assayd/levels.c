/* levels.c — how fast a machine is with so many streams at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "levels.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define USUAL_MAX_TOKENS 128

static bool
is_better(const struct level *fresh, const struct level *old)
{
	int64_t x = json_get_whole(fresh->rate, "voters"), y = json_get_whole(old->rate, "voters");

	if ((fresh->max_tokens == 0) != (old->max_tokens == 0))
		return old->max_tokens == 0;
	if (x != y)
		return x > y;
	return llabs(fresh->max_tokens - USUAL_MAX_TOKENS) <
	       llabs(old->max_tokens - USUAL_MAX_TOKENS);
}

/* Into its place; returns how many there are then. */
static size_t
put(struct level levels[LEVELS_MAX], size_t n, struct level fresh)
{
	size_t at = n;

	if (json_get_real(fresh.rate, "point") <= 0 || fresh.streams < 1)
		return n;
	while (at > 0 && levels[at - 1].streams > fresh.streams)
		at--;
	if (at > 0 && levels[at - 1].streams == fresh.streams) {
		if (is_better(&fresh, &levels[at - 1]))
			levels[at - 1] = fresh;
		return n;
	}
	if (at == LEVELS_MAX)
		return n;
	n -= n == LEVELS_MAX;
	memmove(&levels[at + 1], &levels[at], (n - at) * sizeof(*levels));
	levels[at] = fresh;
	return n + 1;
}

size_t
levels_of(const json_t *machine, struct level levels[LEVELS_MAX])
{
	const json_t *serving;
	size_t i, n = put(levels, 0, (struct level){1, 0, json_object_get(machine, "decode")});

	json_array_foreach (json_object_get(machine, "serving"), i, serving)
		n = put(levels, n,
		    (struct level){json_get_whole(serving, "concurrency"),
			json_get_whole(serving, "max_tokens"), json_object_get(serving, "total")});
	return n;
}

const struct level *
levels_busiest(const struct level *levels, size_t n)
{
	const struct level *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (best == NULL ||
		    json_get_real(levels[i].rate, "point") > json_get_real(best->rate, "point"))
			best = &levels[i];
	return best;
}

json_t *
levels_json(const struct level *levels, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *entry = json_pack("{s:I}", "streams", (json_int_t)levels[i].streams);

		if (levels[i].max_tokens > 0)
			json_object_set_new(
			    entry, "max_tokens", json_integer(levels[i].max_tokens));
		json_object_set(entry, "rate", (json_t *)levels[i].rate);
		json_array_append_new(list, entry);
	}
	return list;
}
