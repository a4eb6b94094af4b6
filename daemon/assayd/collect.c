/* collect.c — read the rows a document needs and hand them to core's writers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "collect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "encode.h"
#include "json.h"
#include "options.h"

static json_t *
json_of(const char *text)
{
	return json_loads(text, JSON_DECODE_ANY, NULL);
}

/* Documents carry hex without PostgreSQL's "\x". */
static const char *
hex_of(const struct db_rows *rows, size_t row, int column)
{
	const char *text = db_text(rows, row, column);

	return text[0] ? text + 2 : text;
}

static struct db_rows *
ask_text(struct dbsync *db, enum query q, const char *first, const char *second, struct fault *f)
{
	struct db_param params[] = {
	    {.data = first, .n = strlen(first)}, {.data = second, .n = strlen(second)}};

	return dbsync_ask(db, q, params, f);
}

/* ---- cells ---- */

static enum state
state_named(const char *name)
{
	for (int s = 0; s < STATE__MAX; s++)
		if (strcmp(state_name((enum state)s), name) == 0)
			return (enum state)s;
	return STATE_VOID;
}

static bool
read_runs(const struct db_rows *rows, struct cell_source *source)
{
	source->runs_n = db_rows_n(rows);
	source->runs = calloc(source->runs_n + 1, sizeof(*source->runs));
	if (source->runs == NULL)
		return false;
	for (size_t i = 0; i < source->runs_n; i++) {
		struct cell_run *run = &source->runs[i];

		if (!db_bytes(rows, i, 0, run->submitter, SHA256_SIZE))
			return false;
		run->index = db_whole(rows, i, 1);
		run->state = state_named(db_text(rows, i, 2));
		run->metric = db_text(rows, i, 3);
		run->value = db_real(rows, i, 4);
	}
	return true;
}

/* Columns of QUERY_CELL. */
enum { SUITE, SUITE_VERSION, FIELDS, MODEL, ENGINE, VERSIONS };

static json_t *
cell_from_rows(const struct suite_set *suites, const struct db_rows *facts,
    const struct db_rows *runs, const uint8_t cell[SHA256_SIZE], int64_t log_size)
{
	json_t *fields = json_of(db_text(facts, 0, FIELDS)),
	       *model = json_of(db_text(facts, 0, MODEL));
	json_t *versions =
	    db_null(facts, 0, VERSIONS) ? json_array() : json_of(db_text(facts, 0, VERSIONS));
	struct cell_source source = {.cell = cell,
	    .log_size = log_size,
	    .fields = fields,
	    .model = model,
	    .engine = db_text(facts, 0, ENGINE),
	    .versions = versions};
	json_t *made = NULL;

	source.suite =
	    suite_find(suites, db_text(facts, 0, SUITE), db_whole(facts, 0, SUITE_VERSION));
	if (source.suite != NULL && fields && model && versions && read_runs(runs, &source))
		made = json_pack("{s:s, s:I, s:o}", "suite", source.suite->name, "suite_version",
		    (json_int_t)source.suite->version, "row", board_row(&source));
	free(source.runs);
	json_decref(fields);
	json_decref(model);
	json_decref(versions);
	return made;
}

json_t *
collect_cell(struct dbsync *db, const struct suite_set *suites, const struct db_rows *dirty,
    size_t i, struct fault *f)
{
	uint8_t cell[SHA256_SIZE];
	struct db_param param = {.data = cell, .n = sizeof(cell), .binary = true};
	struct db_rows *facts = NULL, *runs = NULL;
	json_t *made = NULL;

	if (db_bytes(dirty, i, 0, cell, SHA256_SIZE))
		facts = dbsync_ask(db, QUERY_CELL, &param, f);
	if (facts != NULL && db_rows_n(facts) == 1)
		runs = dbsync_ask(db, QUERY_CELL_RUNS, &param, f);
	if (runs != NULL)
		made = cell_from_rows(suites, facts, runs, cell, db_whole(dirty, i, 1) + 1);
	if (made == NULL)
		fault_set(f, FAULT_INTERNAL, "", "the rows of a cell", "none for %s",
		    db_text(dirty, i, 0));
	dbsync_free(facts);
	dbsync_free(runs);
	return made;
}

/* ---- models ---- */

/* Columns of QUERY_MODEL_RUNS. */
enum {
	ID,
	INDEX,
	SUBMITTER,
	NAME,
	ACCEPTED_AT_MS,
	STATE,
	REASON,
	RUN_SUITE,
	RUN_VERSION,
	CELL,
	METRIC,
	CONDITIONS,
	VALUE,
	N,
	SD,
	SE
};

static json_t *
real_or_null(const struct db_rows *rows, size_t i, int column)
{
	return db_null(rows, i, column) ? NULL : json_real(db_real(rows, i, column));
}

static json_t *
model_run(const struct db_rows *rows, size_t i)
{
	char at[TIME_SIZE];

	time_print(db_whole(rows, i, ACCEPTED_AT_MS) / 1000, at);
	return json_pack(
	    "{s:s, s:I, s:{s:s, s:s}, s:s, s:s, s:s*, s:{s:s, s:I}, s:s, s:s, s:o, s:f, "
	    "s:I, s:o*, s:o*}",
	    "id", hex_of(rows, i, ID), "index", (json_int_t)db_whole(rows, i, INDEX), "submitter",
	    "id", hex_of(rows, i, SUBMITTER), "name", db_text(rows, i, NAME), "accepted_at", at,
	    "state", db_text(rows, i, STATE), "reason",
	    db_null(rows, i, REASON) ? NULL : db_text(rows, i, REASON), "suite", "name",
	    db_text(rows, i, RUN_SUITE), "version", (json_int_t)db_whole(rows, i, RUN_VERSION),
	    "cell", hex_of(rows, i, CELL), "metric", db_text(rows, i, METRIC), "conditions",
	    json_of(db_text(rows, i, CONDITIONS)), "value", db_real(rows, i, VALUE), "n",
	    (json_int_t)db_whole(rows, i, N), "sd", real_or_null(rows, i, SD), "se",
	    real_or_null(rows, i, SE));
}

static int64_t
newest_of(const json_t *boards, const struct db_rows *runs)
{
	int64_t newest = db_rows_n(runs) > 0 ? db_whole(runs, 0, INDEX) + 1 : 0;
	json_t *board, *row;
	size_t i, k;

	json_array_foreach (boards, i, board)
		json_array_foreach (json_object_get(board, "rows"), k, row)
			if (json_get_whole(row, "log_size") > newest)
				newest = json_get_whole(row, "log_size");
	return newest;
}

json_t *
collect_model(struct dbsync *db, const char *name, json_t *boards, struct fault *f)
{
	char limit[16];
	struct db_rows *runs, *count = NULL;
	json_t *list = json_array(), *document = NULL;

	snprintf(limit, sizeof(limit), "%d", BOARD_RUNS_SHOWN);
	runs = ask_text(db, QUERY_MODEL_RUNS, name, limit, f);
	if (runs != NULL)
		count = ask_text(db, QUERY_MODEL_RUNS_N, name, "", f);
	if (count != NULL) {
		for (size_t i = 0; i < db_rows_n(runs); i++)
			json_array_append_new(list, model_run(runs, i));
		document = model_document(
		    name, boards, list, db_whole(count, 0, 0), newest_of(boards, runs));
	}
	json_decref(list);
	dbsync_free(runs);
	dbsync_free(count);
	return document;
}

/* ---- index ---- */

/* How many cells a suite's version has among those of all models. */
static int64_t
suite_cells(const json_t *cells_of, const struct suite *suite)
{
	const char *name, *hex;
	json_t *cells, *cell;
	int64_t n = 0;

	json_object_foreach ((json_t *)cells_of, name, cells)
		json_object_foreach (cells, hex, cell)
			n += json_get_whole(cell, "suite_version") == suite->version &&
			     strcmp(json_get_text(cell, "suite"), suite->name) == 0;
	return n;
}

/* How many different subjects a model's cells have. */
static int64_t
variants(const json_t *cells)
{
	json_t *subjects = json_object(), *cell;
	const char *hex;
	int64_t n;

	json_object_foreach ((json_t *)cells, hex, cell)
		json_object_set_new(subjects,
		    json_get_text(pointer_find(cell, "/row/fields"), "subject"), json_true());
	n = (int64_t)json_object_size(subjects);
	json_decref(subjects);
	return n;
}

static int64_t
suite_total(const struct db_rows *rows, const struct suite *suite, int column)
{
	for (size_t i = 0; i < db_rows_n(rows); i++)
		if (strcmp(db_text(rows, i, 0), suite->name) == 0 &&
		    db_whole(rows, i, 1) == suite->version)
			return db_whole(rows, i, column);
	return 0;
}

static json_t *
index_suites(const struct suite_set *set, const struct db_rows *totals, const json_t *cells_of)
{
	json_t *list = json_array();
	char hex[HEX32_SIZE];

	for (size_t i = 0; i < set->n; i++) {
		const struct suite *s = set->suites[i];
		struct text path = {0};

		board_path(s, set, &path);
		hex_print(s->digest, SHA256_SIZE, hex);
		json_array_append_new(list,
		    json_pack("{s:s, s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "name", s->name,
			"version", (json_int_t)s->version, "title", s->title, "digest", hex,
			"document", path.data, "cells", (json_int_t)suite_cells(cells_of, s),
			"models", (json_int_t)suite_total(totals, s, 2), "submitters",
			(json_int_t)suite_total(totals, s, 3), "runs",
			(json_int_t)suite_total(totals, s, 4), "held",
			(json_int_t)suite_total(totals, s, 5)));
		text_clear(&path);
	}
	return list;
}

static json_t *
index_models(const struct db_rows *rows, const json_t *cells_of)
{
	json_t *list = json_array();
	char at[TIME_SIZE];

	for (size_t i = 0; i < db_rows_n(rows); i++) {
		const char *name = db_text(rows, i, 0);
		const json_t *cells = json_object_get(cells_of, name);
		struct text path = {0};

		model_path(name, &path);
		time_print(db_whole(rows, i, 5) / 1000, at);
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:s}", "name", name,
			"document", path.data, "suites", json_of(db_text(rows, i, 1)), "variants",
			(json_int_t)variants(cells), "cells", (json_int_t)json_object_size(cells),
			"submitters", (json_int_t)db_whole(rows, i, 2), "runs",
			(json_int_t)db_whole(rows, i, 3), "held", (json_int_t)db_whole(rows, i, 4),
			"last_accepted_at", at));
		text_clear(&path);
	}
	return list;
}

static json_t *
index_totals(const struct db_rows *rows)
{
	static const char *const names[] = {
	    "statements", "submissions", "counted", "held", "void", "submitters", "models"};
	json_t *totals = json_object();

	for (int i = 0; i < 7; i++)
		json_object_set_new(totals, names[i], json_integer(db_whole(rows, 0, i)));
	return totals;
}

json_t *
collect_index(struct dbsync *db, const struct server *server, const json_t *cells_of,
    int64_t log_size, int64_t as_of_ms, struct fault *f)
{
	struct db_rows *totals = dbsync_ask(db, QUERY_TOTALS, NULL, f), *suites = NULL,
		       *models = NULL;
	json_t *document = NULL;
	char at[TIME_SIZE];

	if (totals != NULL)
		suites = dbsync_ask(db, QUERY_SUITE_TOTALS, NULL, f);
	if (suites != NULL)
		models = dbsync_ask(db, QUERY_MODEL_TOTALS, NULL, f);
	time_print(as_of_ms / 1000, at);
	if (models != NULL)
		document = json_pack("{s:s, s:I, s:s, s:o, s:o, s:o, s:o}", "format",
		    "assay-index-v1", "log_size", (json_int_t)log_size, "origin",
		    server->options->origin, "as_of", as_of_ms > 0 ? json_string(at) : json_null(),
		    "totals", index_totals(totals), "suites",
		    index_suites(server->suites, suites, cells_of), "models",
		    index_models(models, cells_of));
	dbsync_free(totals);
	dbsync_free(suites);
	dbsync_free(models);
	return document;
}
