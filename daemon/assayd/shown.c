/* shown.c — the cells this node shows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "shown.h"

#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "bounds.h"
#include "columns.h"
#include "json.h"

/* Append s with its NUL; returns where it begins. */
static size_t
keep(struct text *all, const char *s)
{
	size_t at = all->n;

	text_add(all, s, strlen(s) + 1);
	return at;
}

static struct bounds *
bounds_of(const struct suite *suite, const json_t *row, struct shown *s)
{
	struct bounds *bounds = calloc(suite->metrics_n + 1, sizeof(*bounds));
	const json_t *entry;
	size_t i;

	json_array_foreach (json_object_get(row, "estimates"), i, entry) {
		const struct suite_metric *m = suite_metric(suite, json_get_text(entry, "metric"));
		struct bounds *b = bounds != NULL ? &bounds[m - suite->metrics] : NULL;

		if (b == NULL)
			break;
		*b = bounds_of_estimate(entry);
		s->contested =
		    s->contested || strcmp(json_get_text(entry, "standing"), "contested") == 0;
		s->outliers_n += json_get_whole(entry, "outliers");
	}
	return bounds;
}

struct shown *
shown_new(const uint8_t cell[SHA256_SIZE], const struct suite *suite, json_t *row)
{
	const json_t *fields = json_object_get(row, "fields");
	const char *hardware = json_string_value(json_object_get(fields, "hardware"));
	struct shown *s = calloc(1, sizeof(*s));
	struct text all = {0};
	size_t order, model, subject, engine, quantization, runs_on, group, cut;

	json_print(row, &all);
	order = all.n + 1;
	text_add(&all, "", 1);
	row_order(row, &all);
	text_add(&all, "", 1);
	model = keep(&all, json_get_text(json_object_get(row, "model"), "name"));
	subject = keep(&all, json_get_text(fields, "subject"));
	engine = keep(&all, json_get_text(json_object_get(row, "engine"), "name"));
	quantization = keep(&all, json_get_text(json_object_get(row, "model"), "quantization"));
	runs_on = keep(&all, hardware != NULL ? hardware : "");
	group = all.n;
	bounds_group(suite, fields, &all);
	text_add(&all, "", 1);
	cut = all.n;
	columns_cut(suite, row, &all);
	if (s != NULL)
		s->bounds = bounds_of(suite, row, s);
	if (s != NULL && s->bounds != NULL && row != NULL && !all.failed) {
		memcpy(s->cell, cell, SHA256_SIZE);
		s->suite = suite;
		s->log_size = json_get_whole(row, "log_size");
		s->row_n = order - 1;
		s->cut_n = all.n - cut;
		s->row = text_take(&all);
		s->order = s->row + order;
		s->model = s->row + model;
		s->subject = s->row + subject;
		s->engine = s->row + engine;
		s->quantization = s->row + quantization;
		s->group = s->row + group;
		s->cut = s->row + cut;
		s->hardware = hardware != NULL ? s->row + runs_on : NULL;
	}
	text_clear(&all);
	json_decref(row);
	if (s != NULL && s->row != NULL)
		return s;
	shown_free(s);
	return NULL;
}

void
shown_free(struct shown *s)
{
	if (s == NULL)
		return;
	free((char *)s->row);
	free(s->bounds);
	free(s);
}

/* The first place whose cell is not below this one. */
static size_t
place_of(const struct shown_set *set, const uint8_t cell[SHA256_SIZE])
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(set->by_cell[middle]->cell, cell, SHA256_SIZE) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_at(const struct shown_set *set, size_t place, const uint8_t cell[SHA256_SIZE])
{
	return place < set->n && memcmp(set->by_cell[place]->cell, cell, SHA256_SIZE) == 0;
}

const struct shown *
shown_find(const struct shown_set *set, const uint8_t cell[SHA256_SIZE])
{
	size_t place = place_of(set, cell);

	return is_at(set, place, cell) ? set->by_cell[place] : NULL;
}

static bool
make_room(struct shown_set *set)
{
	size_t room = set->room > 0 ? 2 * set->room : 64;
	struct shown **larger;

	if (set->n < set->room)
		return true;
	larger = realloc(set->by_cell, room * sizeof(struct shown *));
	if (larger == NULL)
		return false;
	set->by_cell = larger;
	set->room = room;
	return true;
}

bool
shown_put(struct shown_set *set, struct shown *s)
{
	size_t place = place_of(set, s->cell);

	if (is_at(set, place, s->cell)) {
		shown_free(set->by_cell[place]);
		set->by_cell[place] = s;
		return true;
	}
	if (!make_room(set)) {
		shown_free(s);
		return false;
	}
	memmove(&set->by_cell[place + 1], &set->by_cell[place],
	    (set->n - place) * sizeof(struct shown *));
	set->by_cell[place] = s;
	set->n++;
	return true;
}

void
shown_drop(struct shown_set *set, const uint8_t cell[SHA256_SIZE])
{
	size_t place = place_of(set, cell);

	if (!is_at(set, place, cell))
		return;
	shown_free(set->by_cell[place]);
	set->n--;
	memmove(&set->by_cell[place], &set->by_cell[place + 1],
	    (set->n - place) * sizeof(struct shown *));
}

static int
by_order(const void *a, const void *b)
{
	const struct shown *x = *(const struct shown *const *)a,
			   *y = *(const struct shown *const *)b;

	return strcmp(x->order, y->order);
}

const struct shown **
shown_sorted(const struct shown_set *set)
{
	const struct shown **list = calloc(set->n + 1, sizeof(struct shown *));

	for (size_t i = 0; list != NULL && i < set->n; i++)
		list[i] = set->by_cell[i];
	if (list != NULL)
		qsort(list, set->n, sizeof(struct shown *), by_order);
	return list;
}

void
shown_clear(struct shown_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		shown_free(set->by_cell[i]);
	free(set->by_cell);
	memset(set, 0, sizeof(*set));
}
