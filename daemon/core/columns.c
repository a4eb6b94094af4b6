/* columns.c — a board's rows as columns, and back.
 * SPDX-License-Identifier: Apache-2.0 */
#include "columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"
#include "json.h"
#include "number.h"

/* Values of which each stands once, in the order in which they first come. */
struct distinct {
	json_t *places; /* printed value → its place */
	struct text printed, values, of;
};

static void
distinct_add(struct distinct *d, const json_t *value)
{
	json_t *place;

	text_reset(&d->printed);
	json_print(value, &d->printed);
	place = d->printed.failed ? NULL : json_object_get(d->places, d->printed.data);
	if (place == NULL) {
		place = json_integer((json_int_t)json_object_size(d->places));
		d->values.failed = d->values.failed || d->printed.failed ||
				   json_object_set_new(d->places, d->printed.data, place) != 0;
		text_addf(&d->values, "%s%s", d->values.n > 0 ? ",\n" : "", d->printed.data);
	}
	text_addf(&d->of, "%s%lld", d->of.n > 0 ? "," : "", (long long)json_integer_value(place));
}

static void
add_text(struct text *out, const struct text *t)
{
	out->failed = out->failed || t->failed;
	if (t->n > 0)
		text_add(out, t->data, t->n);
}

static void
distinct_clear(struct distinct *d)
{
	json_decref(d->places);
	text_clear(&d->printed);
	text_clear(&d->values);
	text_clear(&d->of);
}

/* Where a value stands in a row or an estimate: a member, or a member of a member. */
struct path {
	const char *outer, *name;
};

static const json_t *
value_at(const json_t *one, struct path p)
{
	return json_object_get(p.outer != NULL ? json_object_get(one, p.outer) : one, p.name);
}

/* {"values":[…],"of":[the place in values, for each]} */
static void
add_distinct(const json_t *list, struct path p, struct text *out)
{
	struct distinct d = {.places = json_object()};
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one)
		distinct_add(&d, value_at(one, p));
	text_add_str(out, "{\"values\":[");
	add_text(out, &d.values);
	text_add_str(out, "],\"of\":[");
	add_text(out, &d.of);
	text_add_str(out, "]}");
	distinct_clear(&d);
}

static void
add_number(const json_t *value, struct text *out)
{
	char rounded[REAL_SIZE], printed[REAL_SIZE];

	if (json_is_integer(value))
		text_addf(out, "%lld", (long long)json_integer_value(value));
	else if (!json_is_real(value))
		text_add_str(out, "null");
	else {
		snprintf(
		    rounded, sizeof(rounded), "%.*e", COLUMN_DIGITS - 1, json_real_value(value));
		real_print(strtod(rounded, NULL), printed);
		text_add_str(out, printed);
	}
}

static void
add_numbers(const json_t *list, struct path p, struct text *out)
{
	const json_t *one;
	size_t i;

	text_add_str(out, "[");
	json_array_foreach (list, i, one) {
		text_add_str(out, i > 0 ? "," : "");
		add_number(value_at(one, p), out);
	}
	text_add_str(out, "]");
}

static void
next_column(struct text *out, const char *name)
{
	text_add_str(out, out->n > 0 && out->data[out->n - 1] == '{' ? "\n" : ",\n");
	json_print_string(name, strlen(name), out);
	text_add_str(out, ":");
}

/* ---- what rows say ---- */

static void
add_fields(const json_t *rows, struct text *out)
{
	const char *name;
	json_t *value;

	next_column(out, "fields");
	text_add_str(out, "{");
	json_object_foreach (json_object_get(json_array_get(rows, 0), "fields"), name, value) {
		next_column(out, name);
		add_distinct(rows, (struct path){"fields", name}, out);
	}
	text_add_str(out, "}");
}

static void
add_columns(const json_t *rows, struct text *out)
{
	text_add_str(out, ",\n\"columns\":{");
	next_column(out, "log_size");
	add_numbers(rows, (struct path){NULL, "log_size"}, out);
	next_column(out, "model");
	add_distinct(rows, (struct path){NULL, "model"}, out);
	add_fields(rows, out);
	next_column(out, "engine");
	add_distinct(rows, (struct path){"engine", "name"}, out);
	next_column(out, "versions");
	add_distinct(rows, (struct path){"engine", "versions"}, out);
	next_column(out, "held");
	add_numbers(rows, (struct path){NULL, "held"}, out);
	text_add_str(out, "\n}");
}

/* ---- estimates ---- */

static const struct estimate_column {
	const char *name;
	struct path at;
	bool words;  /* else numbers */
	bool always; /* else only where an estimate has it */
} estimate_columns[] = {
    {"metric", {NULL, "metric"}, true, true},
    {"point", {NULL, "point"}, false, true},
    {"low", {NULL, "low"}, false, true},
    {"high", {NULL, "high"}, false, true},
    {"interval", {NULL, "interval"}, true, true},
    {"spread", {NULL, "spread"}, false, true},
    {"standing", {NULL, "standing"}, true, true},
    {"voters", {NULL, "voters"}, false, true},
    {"agreeing", {NULL, "agreeing"}, false, true},
    {"established", {NULL, "established"}, false, true},
    {"outliers", {NULL, "outliers"}, false, true},
    {"runs", {NULL, "runs"}, false, true},
    {"lowest_vote", {NULL, "lowest_vote"}, false, true},
    {"highest_vote", {NULL, "highest_vote"}, false, true},
    {"items_n", {"items", "n"}, false, false},
    {"items_clusters", {"items", "clusters"}, false, false},
    {"items_se", {"items", "se"}, false, false},
    {"joint_low", {NULL, "joint_low"}, false, false},
    {"joint_high", {NULL, "joint_high"}, false, false},
    {"best", {NULL, "best"}, false, true},
    {"worst", {NULL, "worst"}, false, true},
    {"of", {NULL, "of"}, false, true},
};
#define ESTIMATE_COLUMNS_N (sizeof(estimate_columns) / sizeof(*estimate_columns))

static const char *const votes[] = {"lowest_vote", "highest_vote"};

/* All estimates in the order of the rows: a new list of objects that name their row. A vote that is
 * the point, as one voter's is, is left out. */
static json_t *
estimates_of(const json_t *rows)
{
	json_t *all = json_array(), *entry, *own;
	const json_t *row;
	size_t i, k;

	json_array_foreach (rows, i, row)
		json_array_foreach (json_object_get(row, "estimates"), k, entry) {
			own = json_copy(entry);
			json_object_set_new(own, "row", json_integer((json_int_t)i));
			for (size_t v = 0; v < 2; v++)
				if (json_equal(json_object_get(own, votes[v]),
					json_object_get(own, "point")))
					json_object_del(own, votes[v]);
			json_array_append_new(all, own);
		}
	return all;
}

static bool
is_said(const json_t *list, const struct estimate_column *c)
{
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one)
		if (value_at(one, c->at) != NULL)
			return true;
	return c->always;
}

static void
add_estimates(const json_t *rows, struct text *out)
{
	json_t *list = estimates_of(rows);

	out->failed = out->failed || list == NULL;
	text_add_str(out, ",\n\"estimates\":{");
	next_column(out, "row");
	add_numbers(list, (struct path){NULL, "row"}, out);
	for (size_t i = 0; i < ESTIMATE_COLUMNS_N; i++) {
		const struct estimate_column *c = &estimate_columns[i];

		if (!is_said(list, c))
			continue;
		next_column(out, c->name);
		(c->words ? add_distinct : add_numbers)(list, c->at, out);
	}
	text_add_str(out, "\n}");
	json_decref(list);
}

void
columns_print(const json_t *rows, struct text *out)
{
	text_addf(out, ",\n\"rows_n\":%zu", json_array_size(rows));
	add_columns(rows, out);
	add_estimates(rows, out);
}

/* ---- back ---- */

/* The i-th value of a column of either form; NULL where there is none. */
static json_t *
column_at(const json_t *column, size_t i)
{
	const json_t *place;

	if (json_is_array(column))
		return json_array_get(column, i);
	place = json_array_get(json_object_get(column, "of"), i);
	if (!json_is_integer(place) || json_integer_value(place) < 0)
		return NULL;
	return json_array_get(json_object_get(column, "values"), (size_t)json_integer_value(place));
}

static json_t *
row_at(const json_t *columns, size_t i)
{
	json_t *row = json_object(), *fields = json_object(), *column;
	const char *name;

	json_object_foreach (json_object_get(columns, "fields"), name, column)
		json_object_set(fields, name, column_at(column, i));
	json_object_set(row, "log_size", column_at(json_object_get(columns, "log_size"), i));
	json_object_set_new(row, "fields", fields);
	json_object_set(row, "model", column_at(json_object_get(columns, "model"), i));
	json_object_set_new(row, "estimates", json_array());
	return row;
}

static json_t *
estimate_at(const json_t *columns, size_t i)
{
	json_t *entry = json_object(), *items = json_object();

	for (size_t k = 0; k < ESTIMATE_COLUMNS_N; k++) {
		const struct estimate_column *c = &estimate_columns[k];
		json_t *value = column_at(json_object_get(columns, c->name), i);

		if (value != NULL && !json_is_null(value))
			json_object_set(c->at.outer != NULL ? items : entry, c->at.name, value);
	}
	for (size_t v = 0; v < 2; v++)
		if (json_object_get(entry, votes[v]) == NULL)
			json_object_set(entry, votes[v], json_object_get(entry, "point"));
	if (json_object_size(items) > 0)
		json_object_set(entry, "items", items);
	json_decref(items);
	return entry;
}

json_t *
columns_rows(const json_t *board)
{
	const json_t *columns = json_object_get(board, "columns"),
		     *estimates = json_object_get(board, "estimates"), *place;
	json_t *rows = json_array();
	size_t i, n = json_array_size(json_object_get(columns, "log_size"));

	for (i = 0; i < n; i++)
		json_array_append_new(rows, row_at(columns, i));
	json_array_foreach (json_object_get(estimates, "row"), i, place) {
		json_t *row = json_integer_value(place) < 0 || !json_is_integer(place)
				  ? NULL
				  : json_array_get(rows, (size_t)json_integer_value(place));

		if (row != NULL)
			json_array_append_new(
			    json_object_get(row, "estimates"), estimate_at(estimates, i));
	}
	return rows;
}
