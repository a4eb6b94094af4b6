/* audit_rows.c — what stands on a board beside its estimates, against what follows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "audit_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "encode.h"
#include "facts.h"
#include "json.h"
#include "meeting.h"
#include "rank.h"
#include "raw_cell.h"

#define NAMES_N(names) (sizeof(names) / sizeof(*(names)))

bool
audit_members(
    const char *where, const json_t *object, const char *const *names, size_t n, struct problem *p)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)object, name, value) {
		size_t i = 0;

		while (i < n && strcmp(names[i], name) != 0)
			i++;
		if (i == n)
			return audit_breach(
			    p, where, "no members but those of its format", "\"%.80s\"", name);
	}
	return true;
}

/* ---- ranks ---- */

/* A row, what it competes by, and where its metrics lie. */
struct contender {
	const json_t *row;
	char *group;
	struct bounds *bounds; /* a metric of the suite each */
};

static bool
contender_begin(struct contender *c, const struct suite *suite, const json_t *row)
{
	const json_t *entry;
	struct text group = {0};
	size_t i;

	bounds_group(suite, json_object_get(row, "fields"), &group);
	c->row = row;
	c->group = text_take(&group);
	c->bounds = calloc(suite->metrics_n + 1, sizeof(*c->bounds));
	if (c->group == NULL || c->bounds == NULL)
		return false;
	json_array_foreach (json_object_get(row, "estimates"), i, entry) {
		const struct suite_metric *m = suite_metric(suite, json_get_text(entry, "metric"));

		if (m != NULL)
			c->bounds[m - suite->metrics] = bounds_of_estimate(entry);
	}
	return true;
}

static int
by_group(const void *a, const void *b)
{
	const struct contender *x = a, *y = b;

	return strcmp(x->group, y->group);
}

static bool
check_rank(const char *board, const json_t *row, const char *metric, const struct ranked *own,
    size_t of, struct problem *p)
{
	const json_t *told = json_find_with(json_object_get(row, "ranks"), "metric", metric);
	int64_t best = json_get_whole(told, "best"), worst = json_get_whole(told, "worst"),
		told_of = json_get_whole(told, "of");
	char where[400], expected[100];

	snprintf(where, sizeof(where), "%s cell %s rank of %s", board, json_get_text(row, "cell"),
	    metric);
	snprintf(expected, sizeof(expected), "%zu to %zu of %zu", own->best, own->worst, of);
	if (best != (int64_t)own->best || worst != (int64_t)own->worst || told_of != (int64_t)of)
		return audit_breach(p, where, expected, "%lld to %lld of %lld", (long long)best,
		    (long long)worst, (long long)told_of);
	return true;
}

/* One metric among the n that compete. list has room for n. */
static bool
check_group(const char *board, const struct suite *suite, size_t metric, struct contender *group,
    size_t n, struct ranked *list, double *scratch, struct problem *p)
{
	const struct suite_metric *m = &suite->metrics[metric];
	size_t measured = 0, at = 0;

	for (size_t i = 0; i < n; i++) {
		const struct bounds *b = &group[i].bounds[metric];

		if (b->measured)
			list[measured++] = (struct ranked){.low = b->low, .high = b->high};
	}
	rank_intervals(list, measured, m->higher_is_better, scratch);
	for (size_t i = 0; i < n; i++)
		if (group[i].bounds[metric].measured &&
		    !check_rank(board, group[i].row, m->name, &list[at++], measured, p))
			return false;
	return true;
}

static bool
check_groups(const char *board, const struct suite *suite, struct contender *all, size_t n,
    struct problem *p)
{
	struct ranked *list = calloc(n + 1, sizeof(*list));
	double *scratch = calloc(2 * n + 1, sizeof(*scratch));
	bool done = list != NULL && scratch != NULL;
	size_t more;

	if (!done)
		fault_set(&p->fault, FAULT_NO_MEMORY, board, "memory for its ranks", "none");
	for (size_t from = 0; done && from < n; from += more) {
		for (more = 1;
		     from + more < n && strcmp(all[from + more].group, all[from].group) == 0;)
			more++;
		for (size_t k = 0; done && k < suite->metrics_n; k++)
			done = check_group(board, suite, k, all + from, more, list, scratch, p);
	}
	free(list);
	free(scratch);
	return done;
}

static bool
check_ranks(const char *board, const struct suite *suite, const json_t *rows, struct problem *p)
{
	size_t n = json_array_size(rows), i;
	struct contender *all = calloc(n + 1, sizeof(*all));
	bool done = all != NULL;
	const json_t *row;

	json_array_foreach (rows, i, row)
		done = done && contender_begin(&all[i], suite, row);
	if (done) {
		qsort(all, n, sizeof(*all), by_group);
		done = check_groups(board, suite, all, n, p);
	} else {
		fault_set(&p->fault, FAULT_NO_MEMORY, board, "memory for its ranks", "none");
	}
	for (i = 0; all != NULL && i < n; i++) {
		free(all[i].group);
		free(all[i].bounds);
	}
	free(all);
	return done;
}

/* ---- held ---- */

/* In how many cells before this result does the same submission stand in the same? */
static bool
stood_before(const struct settled *s, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (s->results[k].raw->at == s->results[i].raw->at)
			return true;
	return false;
}

/* Submissions that are held, by the cells of a suite: {CELL: N}. New. */
static json_t *
count_held(const struct audit *a, const struct suite *suite)
{
	json_t *all = json_object();
	const struct settled *s;
	char hex[HEX32_SIZE];
	size_t at = 0;

	while ((s = map_next(&a->book.statements, &at)) != NULL) {
		if (s->kind != KIND_SUBMISSION || s->state != STATE_HELD)
			continue;
		for (size_t i = 0; i < s->results_n; i++) {
			if (s->results[i].raw->at->suite != suite || stood_before(s, i))
				continue;
			hex_print(s->results[i].raw->at->id, SHA256_SIZE, hex);
			json_object_set_new(all, hex, json_integer(json_get_whole(all, hex) + 1));
		}
	}
	return all;
}

/* ---- rows ---- */

/* What is held among the withheld is the server's word: there may be more. */
static bool
check_row(const struct audit *a, const char *board, const json_t *row, const json_t *held,
    struct problem *p)
{
	static const char *const model_names[] = {"name", "document", "revision", "file", "sha256",
	    "format", "quantization", "bits_per_weight", "parameters", "active_parameters",
	    "size_bytes"};
	const char *cell = json_get_text(row, "cell");
	int64_t own = json_get_whole(held, cell), told = json_get_whole(row, "held");
	char where[400];

	snprintf(where, sizeof(where), "%s cell %s", board, cell);
	if (told < own || (told > own && a->withheld_n == 0))
		return audit_breach(p, where, "the held runs that follow from the log",
		    "\"held\": %lld, not %lld", (long long)told, (long long)own);
	return audit_members(
	    where, json_object_get(row, "model"), model_names, NAMES_N(model_names), p);
}

bool
audit_rows(struct audit *a, const char *board, const struct suite *suite, const json_t *rows,
    struct problem *p)
{
	json_t *held = count_held(a, suite);
	bool done = held != NULL;
	const json_t *row;
	size_t i;

	json_array_foreach (rows, i, row)
		done = done && check_row(a, board, row, held, p);
	json_decref(held);
	return done && check_ranks(board, suite, rows, p);
}

/* ---- facts ---- */

/* The first name of either for which they do not say the same. */
static bool
same_facts(const char *where, const json_t *own, const json_t *told, struct problem *p)
{
	const char *name;
	json_t *value;
	char place[400];

	json_object_foreach ((json_t *)own, name, value)
		if (!audit_same(value, json_object_get(told, name))) {
			snprintf(place, sizeof(place), "%s %.100s", where, name);
			return audit_breach(p, place, "what the catalogue in force says",
			    json_object_get(told, name) != NULL ? "something else" : "nothing");
		}
	json_object_foreach ((json_t *)told, name, value)
		if (json_object_get(own, name) == NULL) {
			snprintf(place, sizeof(place), "%s %.100s", where, name);
			return audit_breach(p, place,
			    "nothing: the catalogue in force does not "
			    "know it, or no row has it",
			    "facts");
		}
	return true;
}

static void
put(json_t *all, const char *name, json_t *(*facts)(const struct catalogue *c, const char *name),
    const struct catalogue *c)
{
	if (json_object_get(all, name) == NULL)
		json_object_set_new(all, name, facts(c, name));
}

bool
audit_facts(const struct audit *a, const char *board, const json_t *rows, const json_t *told,
    struct problem *p)
{
	json_t *models = json_object(), *hardware = json_object(), *row, *named;
	char where[400];
	bool done;
	size_t i;

	json_array_foreach ((json_t *)rows, i, row) {
		put(models, json_get_text(json_object_get(row, "model"), "name"), model_facts,
		    a->catalogue);
		named = json_object_get(json_object_get(row, "fields"), "hardware");
		if (named != NULL)
			put(hardware, json_string_value(named), hardware_facts, a->catalogue);
	}
	snprintf(where, sizeof(where), "%s facts of", board);
	done = same_facts(where, models, json_object_get(told, "models"), p) &&
	       same_facts(where, hardware, json_object_get(told, "hardware"), p);
	json_decref(models);
	json_decref(hardware);
	return done;
}
