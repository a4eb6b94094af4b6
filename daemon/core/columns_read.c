/* columns_read.c — a board's columns as rows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "columns.h"

#include <stdio.h>
#include <string.h>

#include "columns_form.h"
#include "json.h"

/* ---- is it a board? ---- */

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
		return wrong(f, FAULT_WRONG_FORM, at, name,
		    "a column: a list of numbers, or of words values and of", "something else");
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
check_column(const json_t *column, enum form form, size_t n, const char *at, const char *name,
    struct fault *f)
{
	const json_t *list = form == WORDS ? json_object_get(column, "of") : column,
		     *values = json_object_get(column, "values");

	if (!check_length(list, n, at, name, f))
		return false;
	if (form == NUMBERS)
		return true;
	return (json_is_array(values) && json_object_size(column) == 2 &&
		   are_places(list, json_array_size(values))) ||
	       wrong(f, FAULT_OUT_OF_RANGE, at, name, "values, and places in them",
		   "another member, or a place beyond");
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
		if (!check_column(column, infos[i].form, n, at, infos[i].name, f))
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
		if (!check_column(column, WORDS, n, "/columns/fields", name, f))
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

/* ---- its rows ---- */

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
	for (size_t k = 0; k < VOTE_COLUMNS_N; k++)
		if (json_object_get(estimate, vote_columns[k]) == NULL)
			json_object_set(
			    estimate, vote_columns[k], json_object_get(estimate, "point"));
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
	if (row == NULL || list == NULL) {
		json_decref(row);
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < ROW_COLUMNS_N; i++)
		put(row, &row_columns[i],
		    column_at(json_object_get(r->columns, row_columns[i].name), r->row));
	json_object_set_new(
	    row, "fields", fields_at(json_object_get(r->columns, "fields"), r->row));
	for (; r->estimate < r->estimates_n &&
	       (size_t)json_integer_value(json_array_get(of, r->estimate)) == r->row;
	     r->estimate++)
		json_array_append_new(list, estimate_at(r->estimates, r->estimate));
	r->row++;
	json_object_set_new(row, "estimates", list);
	return row;
}
