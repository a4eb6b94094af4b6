/* document_index.c — the index: totals, suites, models.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "document.h"
#include "documents.h"
#include "encode.h"
#include "json.h"
#include "options.h"
#include "place.h"

/* Where one model's cells stand, and how many different subjects they have. */
struct extent {
	size_t from, n, variants;
};

static int64_t
suite_cells(const struct view *v, const struct suite *suite)
{
	int64_t n = 0;

	for (size_t i = 0; i < v->cells_n; i++)
		n += v->cells[i]->suite == suite;
	return n;
}

/* Row of QUERY_SUITE_TOTALS; -1 if nothing was submitted. */
static int
suite_row(const struct db_rows *rows, const struct suite *suite)
{
	for (size_t i = 0; i < db_rows_n(rows); i++)
		if (strcmp(db_text(rows, i, 0), suite->name) == 0 &&
		    db_whole(rows, i, 1) == suite->version)
			return (int)i;
	return -1;
}

static json_int_t
suite_total(const struct db_rows *rows, int row, int column)
{
	return row < 0 ? 0 : (json_int_t)db_whole(rows, (size_t)row, column);
}

static json_t *
suite_entry(const struct view *v, const struct suite *s, const struct db_rows *totals)
{
	int row = suite_row(totals, s);
	struct text path = {0};
	char hex[HEX32_SIZE];
	json_t *entry;

	board_path(s, v->server->suites, &path);
	hex_print(s->digest, SHA256_SIZE, hex);
	entry = json_pack("{s:s, s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "name", s->name,
	    "version", (json_int_t)s->version, "title", s->title, "digest", hex, "document",
	    path.data, "cells", (json_int_t)suite_cells(v, s), "models",
	    suite_total(totals, row, 2), "submitters", suite_total(totals, row, 3), "runs",
	    suite_total(totals, row, 4), "held", suite_total(totals, row, 5));
	text_clear(&path);
	return entry;
}

/* Both lists are ordered by name, so that the cells are walked through once. */
static struct extent
next_extent(const struct view *v, size_t at, const char *name)
{
	struct extent e = {.from = at};
	json_t *subjects = json_object();

	while (e.from < v->cells_n && strcmp(v->cells[e.from]->model, name) < 0)
		e.from++;
	while (e.from + e.n < v->cells_n && strcmp(v->cells[e.from + e.n]->model, name) == 0)
		json_object_set_new(subjects, v->cells[e.from + e.n++]->subject, json_true());
	e.variants = json_object_size(subjects);
	json_decref(subjects);
	return e;
}

enum { NAME, SUITES, SUBMITTERS, RUNS, HELD, LAST_ACCEPTED_AT_MS }; /* of QUERY_MODEL_TOTALS */

static json_t *
model_entry(const struct db_rows *rows, size_t i, const struct extent *e)
{
	struct text path = {0};
	char at[TIME_SIZE];
	json_t *entry;

	model_path(db_text(rows, i, NAME), &path);
	time_print(db_whole(rows, i, LAST_ACCEPTED_AT_MS) / 1000, at);
	entry = json_pack("{s:s, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:s}", "name",
	    db_text(rows, i, NAME), "document", path.data, "suites",
	    json_read_printed(db_text(rows, i, SUITES)), "variants", (json_int_t)e->variants,
	    "cells", (json_int_t)e->n, "submitters", (json_int_t)db_whole(rows, i, SUBMITTERS),
	    "runs", (json_int_t)db_whole(rows, i, RUNS), "held",
	    (json_int_t)db_whole(rows, i, HELD), "last_accepted_at", at);
	text_clear(&path);
	return entry;
}

#define SUBMITTERS_TOTAL 5 /* column of QUERY_TOTALS */

static json_t *
totals_entry(const struct db_rows *rows)
{
	static const char *const names[] = {
	    "statements", "submissions", "counted", "held", "void", "submitters", "models"};
	json_t *totals = json_object();

	for (int i = 0; i < 7; i++)
		json_object_set_new(totals, names[i], json_integer(db_whole(rows, 0, i)));
	return totals;
}

/* Where all submitters are listed. */
static void
add_submitters(int64_t n, struct text *out)
{
	struct text path = {0};

	submitters_path("{page}", &path);
	document_add(out, "submitter_pages",
	    json_integer((n + PLACE_PAGE_SUBMITTERS - 1) / PLACE_PAGE_SUBMITTERS));
	document_add(out, "submitter_documents", json_string(path.data));
	text_clear(&path);
}

static void
add_index(const struct view *v, const struct db_rows *totals, const struct db_rows *suites,
    const struct db_rows *models, struct text *out)
{
	const struct suite_set *set = v->server->suites;
	json_t *suite_list = json_array(), *model_list = json_array();
	struct extent e = {0};
	char at[TIME_SIZE];

	for (size_t i = 0; i < set->n; i++)
		json_array_append_new(suite_list, suite_entry(v, set->suites[i], suites));
	for (size_t i = 0; i < db_rows_n(models); i++) {
		e = next_extent(v, e.from + e.n, db_text(models, i, NAME));
		json_array_append_new(model_list, model_entry(models, i, &e));
	}
	time_print(v->as_of_ms / 1000, at);
	document_begin(out, "assay-index-v1", v->log_size);
	document_add(out, "origin", json_string(v->server->options->origin));
	document_add(out, "as_of", v->as_of_ms > 0 ? json_string(at) : json_null());
	document_add(out, "totals", totals_entry(totals));
	add_submitters(db_whole(totals, 0, SUBMITTERS_TOTAL), out);
	document_add_list(out, "suites", suite_list);
	document_add_list(out, "models", model_list);
	document_end(out);
}

bool
make_index(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	struct db_rows *totals = dbsync_ask(v->db, QUERY_TOTALS, NULL, f), *suites = NULL,
		       *models = NULL;

	if (totals != NULL)
		suites = dbsync_ask(v->db, QUERY_SUITE_TOTALS, NULL, f);
	if (suites != NULL)
		models = dbsync_ask(v->db, QUERY_MODEL_TOTALS, NULL, f);
	(void)w;
	text_add_str(&out->path, "index.json");
	if (models != NULL)
		add_index(v, totals, suites, models, &out->text);
	dbsync_free(totals);
	dbsync_free(suites);
	dbsync_free(models);
	if (models == NULL)
		return false;
	return document_made(out, f);
}
