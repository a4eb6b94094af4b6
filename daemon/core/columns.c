/* columns.c — a board's rows as columns, and back.
 * SPDX-License-Identifier: Apache-2.0 */
#include "columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "number.h"

enum form {
	NUMBERS, /* a value each, null where there is none */
	WORDS    /* each value once, and which of them: {"values":[…],"of":[…]} */
};

/* A column, and where its value stands in a row or an estimate: a member, or one of a member. */
struct column_info {
	const char *name, *outer, *member;
	enum form form;
	bool optional; /* no column where nothing says it */
};

/* `fields` of the suite come behind. */
static const struct column_info row_columns[] = {
    {"log_size", NULL, "log_size", NUMBERS, false},
    {"model", NULL, "model", WORDS, false},
    {"engine", "engine", "name", WORDS, false},
    {"versions", "engine", "versions", WORDS, false},
    {"held", NULL, "held", NUMBERS, false},
};
#define ROW_COLUMNS_N (sizeof(row_columns) / sizeof(*row_columns))

/* `row` goes before. */
static const struct column_info estimate_columns[] = {
    {"metric", NULL, "metric", WORDS, false},
    {"point", NULL, "point", NUMBERS, false},
    {"low", NULL, "low", NUMBERS, false},
    {"high", NULL, "high", NUMBERS, false},
    {"interval", NULL, "interval", WORDS, false},
    {"spread", NULL, "spread", NUMBERS, false},
    {"standing", NULL, "standing", WORDS, false},
    {"voters", NULL, "voters", NUMBERS, false},
    {"agreeing", NULL, "agreeing", NUMBERS, false},
    {"established", NULL, "established", NUMBERS, false},
    {"outliers", NULL, "outliers", NUMBERS, false},
    {"runs", NULL, "runs", NUMBERS, false},
    {"lowest_vote", NULL, "lowest_vote", NUMBERS, false},
    {"highest_vote", NULL, "highest_vote", NUMBERS, false},
    {"items_n", "items", "n", NUMBERS, true},
    {"items_clusters", "items", "clusters", NUMBERS, true},
    {"items_se", "items", "se", NUMBERS, true},
    {"joint_low", NULL, "joint_low", NUMBERS, true},
    {"joint_high", NULL, "joint_high", NUMBERS, true},
    {"best", NULL, "best", NUMBERS, false},
    {"worst", NULL, "worst", NUMBERS, false},
    {"of", NULL, "of", NUMBERS, false},
};
#define ESTIMATE_COLUMNS_N (sizeof(estimate_columns) / sizeof(*estimate_columns))

/* A vote that is the point, as a single voter's is, stands as null. */
static const char *const votes[] = {"lowest_vote", "highest_vote"};
#define VOTES_N (sizeof(votes) / sizeof(*votes))

static bool
is_vote(const struct column_info *info)
{
	for (size_t i = 0; i < VOTES_N; i++)
		if (strcmp(info->name, votes[i]) == 0)
			return true;
	return false;
}

static const json_t *
value_at(const json_t *one, const struct column_info *info)
{
	return json_object_get(
	    info->outer != NULL ? json_object_get(one, info->outer) : one, info->member);
}

/* ---- writing ---- */

struct column {
	struct text list;   /* values of numbers; of words their places */
	struct text values; /* of words */
	json_t *places;     /* printed value → its place in values */
	bool said;          /* of numbers: any */
};

struct columns {
	const struct suite *suite;
	size_t rows_n;
	struct column rows[ROW_COLUMNS_N], estimate_row, estimates[ESTIMATE_COLUMNS_N];
	struct column *fields;
	struct text printed; /* scratch */
	bool failed;
};

struct columns *
columns_new(const struct suite *suite)
{
	struct columns *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->suite = suite;
	c->fields = calloc(suite->cell_n + 1, sizeof(*c->fields));
	c->failed = c->fields == NULL;
	return c;
}

static void
next_value(struct text *list)
{
	text_add_str(list, list->n > 0 ? "," : "");
}

/* An integer, a real in COLUMN_DIGITS, or null. */
static void
number_print(const json_t *value, char out[REAL_SIZE])
{
	char rounded[REAL_SIZE];

	if (json_is_integer(value))
		snprintf(out, REAL_SIZE, "%lld", (long long)json_integer_value(value));
	else if (!json_is_real(value))
		snprintf(out, REAL_SIZE, "null");
	else {
		snprintf(
		    rounded, sizeof(rounded), "%.*e", COLUMN_DIGITS - 1, json_real_value(value));
		real_print(strtod(rounded, NULL), out);
	}
}

static void
add_number(struct column *column, const json_t *value)
{
	char printed[REAL_SIZE];

	number_print(value, printed);
	next_value(&column->list);
	text_add_str(&column->list, printed);
}

static void
add_word(struct columns *c, struct column *column, const json_t *value)
{
	json_t *place;

	text_reset(&c->printed);
	json_print(value != NULL ? value : json_null(), &c->printed);
	column->places = column->places != NULL ? column->places : json_object();
	if (c->printed.failed || column->places == NULL) {
		c->failed = true;
		return;
	}
	place = json_object_get(column->places, c->printed.data);
	if (place == NULL) {
		place = json_integer((json_int_t)json_object_size(column->places));
		c->failed =
		    json_object_set_new(column->places, c->printed.data, place) != 0 || c->failed;
		text_addf(
		    &column->values, "%s%s", column->values.n > 0 ? ",\n" : "", c->printed.data);
	}
	next_value(&column->list);
	text_addf(&column->list, "%lld", (long long)json_integer_value(place));
}

static void
add_value(struct columns *c, struct column *column, enum form form, const json_t *value)
{
	column->said = column->said || json_is_number(value);
	if (form == NUMBERS)
		add_number(column, value);
	else
		add_word(c, column, value);
}

/* As printed: what differs behind the last digit only is the same. */
static bool
is_point(const json_t *estimate, const json_t *value)
{
	char point[REAL_SIZE], own[REAL_SIZE];

	number_print(json_object_get(estimate, "point"), point);
	number_print(value, own);
	return strcmp(point, own) == 0;
}

static void
add_estimate(struct columns *c, const json_t *estimate)
{
	char row[REAL_SIZE];

	snprintf(row, sizeof(row), "%zu", c->rows_n);
	next_value(&c->estimate_row.list);
	text_add_str(&c->estimate_row.list, row);
	for (size_t i = 0; i < ESTIMATE_COLUMNS_N; i++) {
		const struct column_info *info = &estimate_columns[i];
		const json_t *value = value_at(estimate, info);

		if (is_vote(info) && is_point(estimate, value))
			value = NULL;
		add_value(c, &c->estimates[i], info->form, value);
	}
}

void
columns_add(struct columns *c, const json_t *row)
{
	const json_t *fields = json_object_get(row, "fields"), *estimate;
	size_t i;

	if (c->failed)
		return;
	for (i = 0; i < ROW_COLUMNS_N; i++)
		add_value(c, &c->rows[i], row_columns[i].form, value_at(row, &row_columns[i]));
	for (i = 0; i < c->suite->cell_n; i++)
		add_value(c, &c->fields[i], WORDS, json_object_get(fields, c->suite->cell[i]));
	json_array_foreach (json_object_get(row, "estimates"), i, estimate)
		add_estimate(c, estimate);
	c->rows_n++;
}

static void
print_text(const struct text *t, struct text *out)
{
	out->failed = out->failed || t->failed;
	if (t->n > 0)
		text_add(out, t->data, t->n);
}

/* A member of the object that is open: each column on a line of its own. */
static void
print_column(
    const char *name, enum form form, const struct column *column, bool first, struct text *out)
{
	text_add_str(out, first ? "\n" : ",\n");
	json_print_string(name, strlen(name), out);
	text_add_str(out, form == WORDS ? ":{\"values\":[" : ":[");
	if (form == WORDS) {
		print_text(&column->values, out);
		text_add_str(out, "],\"of\":[");
	}
	print_text(&column->list, out);
	text_add_str(out, form == WORDS ? "]}" : "]");
}

void
columns_print(const struct columns *c, struct text *out)
{
	text_addf(out, ",\n\"rows_n\":%zu,\n\"columns\":{", c->rows_n);
	for (size_t i = 0; i < ROW_COLUMNS_N; i++)
		print_column(row_columns[i].name, row_columns[i].form, &c->rows[i], i == 0, out);
	text_add_str(out, ",\n\"fields\":{");
	for (size_t i = 0; c->fields != NULL && i < c->suite->cell_n; i++)
		print_column(c->suite->cell[i], WORDS, &c->fields[i], i == 0, out);
	text_add_str(out, "\n}\n},\n\"estimates\":{");
	print_column("row", NUMBERS, &c->estimate_row, true, out);
	for (size_t i = 0; i < ESTIMATE_COLUMNS_N; i++)
		if (c->estimates[i].said || !estimate_columns[i].optional)
			print_column(estimate_columns[i].name, estimate_columns[i].form,
			    &c->estimates[i], false, out);
	text_add_str(out, "\n}");
	out->failed = out->failed || c->failed;
}

static void
column_clear(struct column *column)
{
	text_clear(&column->list);
	text_clear(&column->values);
	json_decref(column->places);
}

void
columns_free(struct columns *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < ROW_COLUMNS_N; i++)
		column_clear(&c->rows[i]);
	for (size_t i = 0; i < ESTIMATE_COLUMNS_N; i++)
		column_clear(&c->estimates[i]);
	for (size_t i = 0; c->fields != NULL && i < c->suite->cell_n; i++)
		column_clear(&c->fields[i]);
	column_clear(&c->estimate_row);
	text_clear(&c->printed);
	free(c->fields);
	free(c);
}

/* ---- reading: is it a board? ---- */

/* Fail with the pointer of a column, and what of it is wrong. */
static bool
wrong(struct fault *f, enum fault_code code, const char *at, const char *name, const char *expected,
    const char *got)
{
	char path[200];

	snprintf(path, sizeof(path), "%s", at);
	pointer_push(path, sizeof(path), name);
	return fault_set(f, code, path, expected, "%s", got);
}

static bool
check_length(const json_t *list, size_t n, const char *at, const char *name, struct fault *f)
{
	char expected[64], got[64];

	if (!json_is_array(list))
		return wrong(f, FAULT_WRONG_FORM, at, name, "a column: a list, or values and of",
		    "something else");
	if (json_array_size(list) == n)
		return true;
	snprintf(expected, sizeof(expected), "%zu values, as the others have", n);
	snprintf(got, sizeof(got), "%zu", json_array_size(list));
	return wrong(f, FAULT_WRONG_FORM, at, name, expected, got);
}

/* Whether all are integers from 0 up to, not including, this. */
static bool
are_places(const json_t *list, size_t below)
{
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one)
		if (!json_is_integer(one) || json_integer_value(one) < 0 ||
		    (size_t)json_integer_value(one) >= below)
			return false;
	return true;
}

static bool
check_column(const json_t *column, size_t n, const char *at, const char *name, struct fault *f)
{
	const json_t *list = json_is_object(column) ? json_object_get(column, "of") : column,
		     *values = json_object_get(column, "values");

	if (!check_length(list, n, at, name, f))
		return false;
	if (list == column)
		return true;
	return (json_is_array(values) && are_places(list, json_array_size(values))) ||
	       wrong(f, FAULT_OUT_OF_RANGE, at, name, "places in its values", "one beyond them");
}

static bool
check_names(const json_t *columns, const struct column_info *infos, size_t infos_n,
    const char *other, const char *at, struct fault *f)
{
	const char *name;
	json_t *column;

	json_object_foreach ((json_t *)columns, name, column) {
		size_t i = 0;

		while (i < infos_n && strcmp(infos[i].name, name) != 0)
			i++;
		if (i == infos_n && strcmp(name, other) != 0)
			return wrong(f, FAULT_UNKNOWN_MEMBER, at, name,
			    "no members but those of its format", "another");
	}
	return true;
}

static bool
check_known(const json_t *columns, const struct column_info *infos, size_t infos_n, size_t n,
    const char *at, struct fault *f)
{
	for (size_t i = 0; i < infos_n; i++) {
		const json_t *column = json_object_get(columns, infos[i].name);

		if (column == NULL && infos[i].optional)
			continue;
		if (!check_column(column, n, at, infos[i].name, f))
			return false;
	}
	return true;
}

static bool
check_fields(const json_t *fields, size_t n, struct fault *f)
{
	const char *name;
	json_t *column;

	json_object_foreach ((json_t *)fields, name, column)
		if (!check_column(column, n, "/columns/fields", name, f))
			return false;
	return true;
}

/* Estimates stand in the order of their rows, and no row is missing. */
static bool
check_order(const json_t *list, size_t rows_n, struct fault *f)
{
	const json_t *one;
	json_int_t last = 0;
	size_t i;

	if (!json_is_array(list) || !are_places(list, rows_n))
		return wrong(f, FAULT_OUT_OF_RANGE, "/estimates", "row", "rows of the board",
		    "one beyond them");
	json_array_foreach (list, i, one) {
		if (json_integer_value(one) < last)
			return wrong(f, FAULT_OUT_OF_RANGE, "/estimates", "row",
			    "estimates in the order of rows", "an earlier row behind a later one");
		last = json_integer_value(one);
	}
	return true;
}

bool
columns_open(const json_t *board, struct columns_reader *r, struct fault *f)
{
	const json_t *n = json_object_get(board, "rows_n"), *fields;

	memset(r, 0, sizeof(*r));
	r->columns = json_object_get(board, "columns");
	r->estimates = json_object_get(board, "estimates");
	fields = json_object_get(r->columns, "fields");
	if (strcmp(json_get_text(board, "format"), BOARD_FORMAT) != 0)
		return fault_set(f, FAULT_WRONG_FORM, "/format", BOARD_FORMAT, "%s",
		    json_get_text(board, "format"));
	if (!json_is_integer(n) || json_integer_value(n) < 0 || !json_is_object(fields) ||
	    !json_is_object(r->estimates))
		return fault_set(f, FAULT_MISSING_MEMBER, "",
		    "rows_n, columns with fields, and estimates", "a board without them");
	r->rows_n = (size_t)json_integer_value(n);
	r->estimates_n = json_array_size(json_object_get(r->estimates, "row"));
	return check_names(r->columns, row_columns, ROW_COLUMNS_N, "fields", "/columns", f) &&
	       check_names(
		   r->estimates, estimate_columns, ESTIMATE_COLUMNS_N, "row", "/estimates", f) &&
	       check_known(r->columns, row_columns, ROW_COLUMNS_N, r->rows_n, "/columns", f) &&
	       check_fields(fields, r->rows_n, f) &&
	       check_order(json_object_get(r->estimates, "row"), r->rows_n, f) &&
	       check_known(r->estimates, estimate_columns, ESTIMATE_COLUMNS_N, r->estimates_n,
		   "/estimates", f);
}

/* ---- reading: its rows ---- */

/* The i-th value of a column that was checked; NULL where there is none. */
static json_t *
column_at(const json_t *column, size_t i)
{
	json_t *list = json_object_get(column, "values");

	if (json_is_array(column))
		return json_array_get(column, i);
	return json_array_get(
	    list, (size_t)json_integer_value(json_array_get(json_object_get(column, "of"), i)));
}

/* Put a value where it stands in a row or an estimate. */
static void
put(json_t *one, const struct column_info *info, json_t *value)
{
	if (value == NULL || json_is_null(value))
		return;
	if (info->outer == NULL)
		json_object_set(one, info->member, value);
	else {
		if (json_object_get(one, info->outer) == NULL)
			json_object_set_new(one, info->outer, json_object());
		json_object_set(json_object_get(one, info->outer), info->member, value);
	}
}

static json_t *
estimate_at(const json_t *columns, size_t i)
{
	json_t *estimate = json_object();

	for (size_t k = 0; k < ESTIMATE_COLUMNS_N; k++)
		put(estimate, &estimate_columns[k],
		    column_at(json_object_get(columns, estimate_columns[k].name), i));
	for (size_t k = 0; k < VOTES_N; k++)
		if (json_object_get(estimate, votes[k]) == NULL)
			json_object_set(estimate, votes[k], json_object_get(estimate, "point"));
	return estimate;
}

static json_t *
fields_at(const json_t *columns, size_t i)
{
	json_t *fields = json_object();
	const char *name;
	json_t *column;

	json_object_foreach ((json_t *)columns, name, column)
		json_object_set(fields, name, column_at(column, i));
	return fields;
}

json_t *
columns_next(struct columns_reader *r)
{
	const json_t *of = json_object_get(r->estimates, "row");
	json_t *row, *list;

	if (r->row == r->rows_n)
		return NULL;
	row = json_object();
	list = json_array();
	for (size_t i = 0; i < ROW_COLUMNS_N; i++)
		put(row, &row_columns[i],
		    column_at(json_object_get(r->columns, row_columns[i].name), r->row));
	json_object_set_new(
	    row, "fields", fields_at(json_object_get(r->columns, "fields"), r->row));
	for (; r->estimate < r->estimates_n &&
	       (size_t)json_integer_value(json_array_get(of, r->estimate)) == r->row;
	     r->estimate++)
		json_array_append_new(list, estimate_at(r->estimates, r->estimate));
	r->row += row != NULL && list != NULL;
	json_object_set_new(row, "estimates", list);
	return row;
}
