/* columns.c — a board's rows as columns.
 * SPDX-License-Identifier: Apache-2.0 */
#include "columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "columns_form.h"
#include "json.h"
#include "number.h"

static bool
is_vote(const struct column_info *info)
{
	for (size_t i = 0; i < VOTE_COLUMNS_N; i++)
		if (strcmp(info->name, vote_columns[i]) == 0)
			return true;
	return false;
}

static const json_t *
value_at(const json_t *one, const struct column_info *info)
{
	return json_object_get(
	    info->outer != NULL ? json_object_get(one, info->outer) : one, info->member);
}

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

/* An integer, a real in BOARD_DIGITS, or null. */
static void
number_print(const json_t *value, char out[REAL_SIZE])
{
	if (json_is_integer(value))
		snprintf(out, REAL_SIZE, "%lld", (long long)json_integer_value(value));
	else if (!json_is_real(value))
		snprintf(out, REAL_SIZE, "null");
	else
		real_print(real_rounded(json_real_value(value), BOARD_DIGITS), out);
}

/* ---- cutting ---- */

static void
cut_value(enum form form, const json_t *value, struct text *out)
{
	char printed[REAL_SIZE];

	if (form == WORDS)
		json_print(value != NULL ? value : json_null(), out);
	else {
		number_print(value, printed);
		text_add_str(out, printed);
	}
	text_add(out, "", 1);
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
cut_estimate(const json_t *estimate, struct text *out)
{
	for (size_t i = 0; i < ESTIMATE_COLUMNS_N; i++) {
		const struct column_info *info = &estimate_columns[i];
		const json_t *value = value_at(estimate, info);

		if (is_vote(info) && is_point(estimate, value))
			value = NULL;
		cut_value(info->form, value, out);
	}
}

void
columns_cut(const struct suite *suite, const json_t *row, struct text *out)
{
	const json_t *fields = json_object_get(row, "fields"), *estimate;
	size_t i;

	for (i = 0; i < ROW_COLUMNS_N; i++)
		cut_value(row_columns[i].form, value_at(row, &row_columns[i]), out);
	for (i = 0; i < suite->cell_n; i++)
		cut_value(WORDS, json_object_get(fields, suite->cell[i]), out);
	json_array_foreach (json_object_get(row, "estimates"), i, estimate)
		cut_estimate(estimate, out);
}

/* ---- columns ---- */

static void
add_word(struct columns *c, struct column *column, const char *printed)
{
	json_t *place;

	column->places = column->places != NULL ? column->places : json_object();
	place = json_object_get(column->places, printed);
	if (place == NULL) {
		place = json_integer((json_int_t)json_object_size(column->places));
		if (json_object_set_new(column->places, printed, place) != 0) {
			c->failed = true;
			return;
		}
		text_addf(&column->values, "%s%s", column->values.n > 0 ? ",\n" : "", printed);
	}
	text_addf(&column->list, "%lld", (long long)json_integer_value(place));
}

static void
add_value(struct columns *c, struct column *column, enum form form, const char *printed)
{
	if (column->list.n > 0)
		text_add(&column->list, ",", 1);
	if (form == WORDS) {
		add_word(c, column, printed);
		return;
	}
	column->said = column->said || strcmp(printed, "null") != 0;
	text_add_str(&column->list, printed);
}

/* A row that was cut, as far as it was not added yet. */
struct cut {
	const char *at, *end;
};

static const char *
next_piece(struct cut *cut)
{
	const char *piece = cut->at;

	cut->at += strlen(piece) + 1;
	return piece;
}

/* The ranks of a metric, by its printed name. */
static const struct column_ranks *
ranks_of(const struct columns *c, const struct column_ranks *ranks, const char *printed)
{
	for (size_t i = 0; ranks != NULL && i < c->suite->metrics_n; i++) {
		const char *name = c->suite->metrics[i].name;
		size_t n = strlen(name);

		if (strncmp(printed + 1, name, n) == 0 && printed[1 + n] == '"')
			return &ranks[i];
	}
	return NULL;
}

static void
add_estimate(struct columns *c, struct cut *cut, const struct column_ranks *ranks)
{
	const struct column_ranks *own = ranks_of(c, ranks, cut->at);
	const size_t told[] = {own ? own->best : 0, own ? own->worst : 0, own ? own->of : 0};
	char number[24];

	snprintf(number, sizeof(number), "%zu", c->rows_n);
	add_value(c, &c->estimate_row, NUMBERS, number);
	for (size_t i = 0; i < ESTIMATE_COLUMNS_N; i++) {
		const char *piece = next_piece(cut);

		if (own != NULL && i >= RANK_COLUMNS_FROM) {
			snprintf(number, sizeof(number), "%zu", told[i - RANK_COLUMNS_FROM]);
			piece = number;
		}
		add_value(c, &c->estimates[i], estimate_columns[i].form, piece);
	}
}

void
columns_add(struct columns *c, const char *cut, size_t n, const struct column_ranks *ranks)
{
	struct cut row = {.at = cut, .end = cut + n};
	size_t i;

	if (c->failed)
		return;
	for (i = 0; i < ROW_COLUMNS_N; i++)
		add_value(c, &c->rows[i], row_columns[i].form, next_piece(&row));
	for (i = 0; i < c->suite->cell_n; i++)
		add_value(c, &c->fields[i], WORDS, next_piece(&row));
	while (row.at < row.end)
		add_estimate(c, &row, ranks);
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
	free(c->fields);
	free(c);
}
