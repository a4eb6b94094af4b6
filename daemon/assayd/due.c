/* due.c — which documents are to be written.
 * SPDX-License-Identifier: Apache-2.0 */
#include "due.h"

#include <stdio.h>
#include <string.h>

bool
due_begin(struct due *due)
{
	bool done = (due->model_sizes = json_object()) != NULL;

	for (int i = 0; i < DOCUMENT__MAX; i++)
		done = (due->names[i] = json_object()) != NULL && done;
	return done;
}

void
due_clear(struct due *due)
{
	for (int i = 0; i < DOCUMENT__MAX; i++)
		json_decref(due->names[i]);
	json_decref(due->model_sizes);
}

/* The greater size stays. */
static bool
raise_size(json_t *sizes, const char *name, int64_t log_size)
{
	json_t *old = json_object_get(sizes, name);

	return (old != NULL && json_integer_value(old) >= log_size) ||
	       json_object_set_new(sizes, name, json_integer(log_size)) == 0;
}

static bool
add_suite(struct due *due, const struct suite *suite)
{
	char key[96];

	snprintf(key, sizeof(key), "%s/%lld", suite->name, (long long)suite->version);
	return raise_size(due->names[DOCUMENT_BOARD], key, 0);
}

bool
due_add_round(struct due *due, const struct suite_set *suites, bool first)
{
	for (int i = 0; i < DOCUMENT__MAX; i++)
		if ((document_rows[i].due == DUE_ALWAYS ||
			(first && document_rows[i].due == DUE_ONCE)) &&
		    !raise_size(due->names[i], "", 0))
			return false;
	return !first || due_add_suites(due, suites);
}

bool
due_add_suites(struct due *due, const struct suite_set *suites)
{
	for (size_t i = 0; i < suites->n; i++)
		if (!add_suite(due, suites->suites[i]))
			return false;
	return true;
}

bool
due_add_model(struct due *due, const char *name)
{
	return raise_size(due->names[DOCUMENT_QUANTIZATION], name, 0) &&
	       raise_size(due->names[DOCUMENT_VALUE_PART], name, 0) &&
	       raise_size(due->names[DOCUMENT_VALUE], "", 0) &&
	       raise_size(due->names[DOCUMENT_MODEL], name,
		   json_integer_value(json_object_get(due->model_sizes, name)));
}

bool
due_add_cell(struct due *due, const struct shown *s)
{
	return add_suite(due, s->suite) && due_add_model(due, s->model) &&
	       (s->hardware == NULL || raise_size(due->names[DOCUMENT_HARDWARE], s->hardware, 0));
}

/* Documents take facts from the catalogue that a config names, and value.json prices. */
static bool
add_config(struct due *due, int64_t log_size)
{
	due->config_size = log_size;
	return raise_size(due->names[DOCUMENT_REPORTED], "", 0);
}

static bool
add_named(struct due *due, const char *kind, const char *name, int64_t log_size)
{
	bool config = strcmp(kind, "config") == 0;
	bool names = strcmp(kind, "names") == 0;

	if (config || names || strcmp(kind, "prices") == 0) {
		due->all = true;
		if (!raise_size(due->names[DOCUMENT_VALUE], "", 0)) /* where nothing is measured */
			return false;
	}
	if (config)
		return add_config(due, log_size);
	if (names)
		return due->renamed = true; /* models and pages have rows of their own */
	for (int i = 0; i < DOCUMENT__MAX; i++)
		if (strcmp(document_rows[i].name, kind) == 0)
			return (i != DOCUMENT_MODEL ||
				   raise_size(due->model_sizes, name, log_size)) &&
			       raise_size(due->names[i], name, log_size);
	return false;
}

bool
due_add_touched(struct due *due, struct dbsync *db, int64_t from, int64_t to, struct fault *f)
{
	char first[24], behind[24];
	struct db_param params[2] = {{.data = first}, {.data = behind}};
	struct db_rows *rows;
	bool done;

	params[0].n = (size_t)snprintf(first, sizeof(first), "%lld", (long long)from);
	params[1].n = (size_t)snprintf(behind, sizeof(behind), "%lld", (long long)to);
	rows = dbsync_ask(db, QUERY_TOUCHED, params, f);
	done = rows != NULL;
	for (size_t i = 0; done && i < db_rows_n(rows); i++)
		done = add_named(
		    due, db_text(rows, i, 0), db_text(rows, i, 1), db_whole(rows, i, 2) + 1);
	dbsync_free(rows);
	return done;
}

/* ---- dumps ---- */

static bool
add_part(struct due *due, const struct day *day, int64_t part)
{
	char name[48];

	snprintf(name, sizeof(name), "%lld %lld", (long long)day->number, (long long)part);
	return raise_size(due->names[DOCUMENT_DUMP], name, 0) &&
	       raise_size(due->names[DOCUMENT_DUMP_CSV], name, 0) &&
	       raise_size(due->names[DOCUMENT_DUMPS], "", 0);
}

/* Parts that it had before and has no more are made too: of nothing, so they go. */
static bool
add_day(struct due *due, struct day *day)
{
	const struct day before = {.first = day->told_first, .behind = day->told_behind};
	int64_t n = day_parts(day);

	if (day->told_behind >= 0 && day_parts(&before) > n)
		n = day_parts(&before);
	for (int64_t part = 0; part < n; part++)
		if (!add_part(due, day, part))
			return false;
	day->told_first = day->first;
	day->told_behind = day->behind;
	return true;
}

static bool
add_withheld(struct due *due, const struct days *days, const struct db_rows *rows, int64_t as_of_ms)
{
	for (size_t i = 0; i < db_rows_n(rows); i++) {
		int64_t index = db_whole(rows, i, 0);
		const struct day *day = days_of_leaf(days, index);

		if (day != NULL && day_is_over(day, as_of_ms) &&
		    !add_part(due, day, (index - day->first) / DAY_PART_LEAVES))
			return false;
	}
	return true;
}

bool
due_add_days(
    struct due *due, struct days *days, const struct view *v, int64_t from, struct fault *f)
{
	char first[24], behind[24];
	struct db_param params[2] = {{.data = first}, {.data = behind}};
	struct db_rows *rows;
	bool done = true;

	for (size_t i = 0; done && i < days->n; i++) {
		struct day *day = &days->list[i];

		if (day_is_over(day, v->as_of_ms) &&
		    (day->first != day->told_first || day->behind != day->told_behind))
			done = add_day(due, day);
	}
	params[0].n = (size_t)snprintf(first, sizeof(first), "%lld", (long long)from);
	params[1].n = (size_t)snprintf(behind, sizeof(behind), "%lld", (long long)v->log_size);
	rows = done ? dbsync_ask(v->db, QUERY_WITHHELD, params, f) : NULL;
	done = rows != NULL && add_withheld(due, days, rows, v->as_of_ms);
	dbsync_free(rows);
	return done;
}
