/* days.c — which leaves are of which day.
 * SPDX-License-Identifier: Apache-2.0 */
#include "days.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

static struct day *
find(const struct days *d, int64_t number)
{
	for (size_t i = d->n; i > 0; i--)
		if (d->list[i - 1].number == number)
			return &d->list[i - 1];
	return NULL;
}

const struct day *
days_find(const struct days *d, int64_t number)
{
	return find(d, number);
}

const struct day *
days_of_leaf(const struct days *d, int64_t index)
{
	for (size_t i = 0; i < d->n; i++)
		if (index >= d->list[i].first && index < d->list[i].behind)
			return &d->list[i];
	return NULL;
}

/* A new day in its place. */
static struct day *
add(struct days *d, int64_t number)
{
	struct day *list = list_room(d->list, d->n, &d->room, sizeof(*list));
	size_t at = d->n;

	if (list == NULL)
		return NULL;
	d->list = list;
	while (at > 0 && list[at - 1].number > number)
		at--;
	memmove(&list[at + 1], &list[at], (d->n - at) * sizeof(*list));
	list[at] =
	    (struct day){.number = number, .newest = -1, .told_first = -1, .told_behind = -1};
	d->n++;
	return &list[at];
}

/* A day that ends before the one before it does has no leaves of its own. */
static void
cut(struct days *d)
{
	int64_t from = 0;

	for (size_t i = 0; i < d->n; i++) {
		struct day *day = &d->list[i];

		day->first = from;
		day->behind = day->newest + 1 > from ? day->newest + 1 : from;
		from = day->behind;
	}
}

bool
days_take(struct days *d, struct dbsync *db, int64_t from, int64_t to, struct fault *f)
{
	char first[24], behind[24];
	struct db_param params[2] = {{.data = first}, {.data = behind}};
	struct db_rows *rows;
	bool done;

	params[0].n = (size_t)snprintf(first, sizeof(first), "%lld", (long long)from);
	params[1].n = (size_t)snprintf(behind, sizeof(behind), "%lld", (long long)to);
	rows = dbsync_ask(db, QUERY_DAYS, params, f);
	done = rows != NULL;
	for (size_t i = 0; done && i < db_rows_n(rows); i++) {
		struct day *day = find(d, db_whole(rows, i, 0));

		if (day == NULL)
			day = add(d, db_whole(rows, i, 0));
		if (day != NULL && db_whole(rows, i, 1) > day->newest)
			day->newest = db_whole(rows, i, 1);
		done = day != NULL;
	}
	dbsync_free(rows);
	cut(d);
	return done || fault_set(f, FAULT_NO_MEMORY, "", "memory for a day", "none");
}

void
days_clear(struct days *d)
{
	free(d->list);
	memset(d, 0, sizeof(*d));
}

bool
day_is_over(const struct day *day, int64_t as_of_ms)
{
	return as_of_ms >= (day->number + 1) * DAY_LENGTH_MS;
}

int64_t
day_parts(const struct day *day)
{
	return (day->behind - day->first + DAY_PART_LEAVES - 1) / DAY_PART_LEAVES;
}
