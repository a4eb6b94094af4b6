/* audit_boards.c — does each board say what follows from the log?
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_rows.h"
#include "board.h"
#include "columns.h"
#include "encode.h"
#include "json.h"
#include "meeting.h"
#include "place.h"
#include "submission.h"

#define NEAR 1e-9 /* of the greater magnitude: reals may differ so much between builds */

static bool
same_members(const json_t *own, const json_t *told)
{
	const char *name;
	json_t *value;

	if (json_object_size(own) != json_object_size(told))
		return false;
	json_object_foreach ((json_t *)own, name, value)
		if (!audit_same(value, json_object_get(told, name)))
			return false;
	return true;
}

bool
audit_same(const json_t *own, const json_t *told)
{
	double x = json_number_value(own), y = json_number_value(told);

	if (json_is_object(own))
		return json_is_object(told) && same_members(own, told);
	if (!json_is_real(own))
		return json_equal(own, told);
	return json_is_number(told) && fabs(x - y) <= NEAR * fmax(fabs(x), fabs(y));
}

/* Standing follows from establishment, which what is withheld may have had a part in. */
static bool
depends_on_withheld(const struct audit *a, const char *name)
{
	return a->withheld_n > 0 &&
	       (strcmp(name, "standing") == 0 || strcmp(name, "established") == 0);
}

static bool
check_estimate(
    struct audit *a, const char *where, const json_t *own, const json_t *told, struct problem *p)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)own, name, value) {
		const json_t *theirs = json_object_get(told, name);
		char *x, *y;

		if (audit_same(value, theirs) || depends_on_withheld(a, name))
			continue;
		x = json_dumps(value, JSON_ENCODE_ANY);
		y = json_dumps(theirs != NULL ? theirs : json_null(), JSON_ENCODE_ANY);
		audit_breach(p, where, x != NULL ? x : "", "\"%s\": %s", name, y != NULL ? y : "");
		free(x);
		free(y);
		return false;
	}
	json_object_foreach ((json_t *)told, name, value)
		if (json_object_get(own, name) == NULL)
			return audit_breach(
			    p, where, "no members but those that follow", "\"%.80s\"", name);
	return true;
}

static const json_t *
estimate_in(const json_t *row, const char *metric)
{
	return json_find_with(json_object_get(row, "estimates"), "metric", metric);
}

static bool
check_metric(struct audit *a, const char *board, const struct meeting *m, size_t metric,
    const json_t *row, struct problem *p)
{
	const struct suite_metric *info = &m->suite->metrics[metric];
	struct board_runs r = {.runs = calloc(m->runs_n + 1, sizeof(*r.runs))};
	json_t *own;
	const json_t *told = estimate_in(row, info->name);
	char where[400], hex[HEX32_SIZE];
	bool done;

	if (r.runs != NULL)
		r.n = meeting_runs(&a->book, m, metric, r.runs);
	r.runs_n = (int64_t)r.n;
	own = board_estimate(m->suite, metric, &r, a->rules.estimator);
	hex_print(m->id, SHA256_SIZE, hex);
	snprintf(where, sizeof(where), "%s cell %s metric %s", board, hex, info->name);
	if (own == NULL)
		done = told == NULL || audit_breach(p, where, "no estimate", "one");
	else
		done = told != NULL ? check_estimate(a, where, own, told, p)
				    : audit_breach(p, where, "an estimate", "none");
	json_decref(own);
	free(r.runs);
	return done;
}

/* One estimate of each metric that has one, and no others: all of ours were found. */
static bool
check_no_more(const char *where, const struct suite *suite, const json_t *row, struct problem *p)
{
	size_t told = json_array_size(json_object_get(row, "estimates")), n = 0;

	for (size_t k = 0; k < suite->metrics_n; k++)
		n += estimate_in(row, suite->metrics[k].name) != NULL;
	return told == n || audit_breach(p, where, "one estimate of each metric of the suite",
				"%zu for %zu metrics", told, n);
}

/* One board that is compared. */
struct told {
	const char *path;
	const struct suite *suite;
	struct columns_reader rows;
	json_t *seen; /* the cells before as members: each stands on its board once */
	json_t *list; /* the rows so far, as models' documents have them, and their ranks */
};

/* What a cell's digest is made of, and nothing beside: it reads a value of another kind as "". */
static bool
check_fields(const struct told *t, const json_t *fields, struct problem *p)
{
	const struct suite *suite = t->suite;
	size_t texts = 0;

	for (size_t i = 0; i < suite->cell_n; i++)
		texts += json_is_string(json_object_get(fields, suite->cell[i]));
	return (texts == suite->cell_n && json_object_size(fields) == texts) ||
	       audit_breach(p, t->path, "the suite's fields, each a text", "others, in row %zu",
		   t->rows.row - 1);
}

/* The cell of a row, whose digest its fields make, so that neither can be another. */
static const struct meeting *
find_cell(const struct audit *a, const struct told *t, const json_t *row, struct problem *p)
{
	const struct meeting *m;
	uint8_t cell[SHA256_SIZE];
	char hex[HEX32_SIZE];

	if (!check_fields(t, json_object_get(row, "fields"), p))
		return NULL;
	if (!cell_of_fields(t->suite, json_object_get(row, "fields"), cell)) {
		fault_set(&p->fault, FAULT_NO_MEMORY, t->path, "memory for a cell", "none");
		return NULL;
	}
	hex_print(cell, SHA256_SIZE, hex);
	m = map_find(&a->book.meetings, cell);
	if (m == NULL)
		audit_breach(p, t->path, "cells that the log has",
		    "cell %s by the fields of row %zu", hex, t->rows.row - 1);
	else if (json_object_get(t->seen, hex) != NULL) {
		audit_breach(p, t->path, "each cell once", "cell %s twice", hex);
		return NULL;
	} else if (json_object_set_new(t->seen, hex, json_true()) != 0) {
		fault_set(&p->fault, FAULT_NO_MEMORY, t->path, "memory for its cells", "none");
		return NULL;
	}
	return m;
}

static bool
check_row(struct audit *a, const struct told *t, json_t *row, struct problem *p)
{
	const struct meeting *m = find_cell(a, t, row, p);
	char where[400], hex[HEX32_SIZE];

	if (m == NULL)
		return false;
	for (size_t k = 0; k < m->suite->metrics_n; k++)
		if (!check_metric(a, t->path, m, k, row, p))
			return false;
	a->cells_n++;
	hex_print(m->id, SHA256_SIZE, hex);
	json_object_set_new(row, "cell", json_string(hex));
	snprintf(where, sizeof(where), "%s cell %s", t->path, hex);
	return check_no_more(where, m->suite, row, p);
}

/* Every cell in which something counts must be on its board. */
static size_t
counted_cells(const struct audit *a, const struct suite *suite)
{
	const struct meeting *m;
	size_t at = 0, n = 0;

	while ((m = map_next(&a->book.meetings, &at)) != NULL)
		n += m->suite == suite && m->runs_n > 0;
	return n;
}

/* What a board says of estimates beside them: {metric, best, worst, of} of each, as `ranks`. */
static void
part_ranks(json_t *row)
{
	static const char *const members[] = {"best", "worst", "of"};
	json_t *ranks = json_array(), *entry;
	size_t i;

	json_array_foreach (json_object_get(row, "estimates"), i, entry) {
		json_t *rank = json_object();

		json_object_set(rank, "metric", json_object_get(entry, "metric"));
		for (size_t k = 0; k < 3; k++) {
			json_object_set(rank, members[k], json_object_get(entry, members[k]));
			json_object_del(entry, members[k]);
		}
		json_array_append_new(ranks, rank);
	}
	json_object_set_new(row, "ranks", ranks);
}

/* Each row as it is read; all are kept, for their ranks and facts. */
static bool
check_rows(struct audit *a, struct told *t, struct problem *p)
{
	size_t counted = 0;
	bool done = true;
	json_t *row;

	while (done && (row = columns_next(&t->rows)) != NULL) {
		counted += json_array_size(json_object_get(row, "estimates")) > 0;
		part_ranks(row);
		done = check_row(a, t, row, p);
		if (json_array_append_new(t->list, row) != 0)
			done = fault_set(
			    &p->fault, FAULT_NO_MEMORY, t->path, "memory for its rows", "none");
	}
	if (!done)
		return false;
	if (t->rows.row < t->rows.rows_n)
		return fault_set(
		    &p->fault, FAULT_NO_MEMORY, t->path, "memory for its rows", "none");
	return counted == counted_cells(a, t->suite) ||
	       audit_breach(p, t->path, "every cell in which something counts",
		   "%zu cells, not %zu", counted, counted_cells(a, t->suite));
}

bool
audit_board(struct audit *a, const struct suite *suite, struct problem *p)
{
	struct text path = {0};
	char where[300];
	struct told t = {
	    .path = where, .suite = suite, .seen = json_object(), .list = json_array()};
	struct fault f = {0};
	json_t *doc = NULL;
	bool done = false;

	board_path(suite, &a->suites, &path);
	if (!path.failed)
		doc = audit_document(a, path.data, where, p);
	text_clear(&path);
	if (doc != NULL)
		done = columns_open(doc, &t.rows, &f)
			   ? check_rows(a, &t, p) && audit_rows(a, where, suite, t.list, p) &&
				 audit_facts(a, where, t.list, json_object_get(doc, "facts"), p)
			   : audit_breach(p, where, f.expected, "%s: %s", f.path, f.got);
	json_decref(t.seen);
	json_decref(t.list);
	json_decref(doc);
	return done;
}
