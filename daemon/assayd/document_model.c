/* document_model.c — the document of a model: its cells, how they came to stand, its newest runs.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "column.h"
#include "document.h"
#include "encode.h"
#include "facts.h"
#include "json.h"
#include "place.h"

#define RESULTS_SHOWN "500" /* newest results in the model's own document */

static json_t *
json_of(const char *text)
{
	return json_read_printed(text);
}

static struct db_rows *
ask_text(struct dbsync *db, enum query q, const char *first, const char *second, struct fault *f)
{
	struct db_param params[] = {
	    {.data = first, .n = strlen(first)}, {.data = second, .n = strlen(second)}};

	return dbsync_ask(db, q, params, f);
}

/* ---- newest results ---- */

enum {
	ID,
	INDEX,
	SUBMITTER,
	NAME,
	ACCEPTED_AT,
	STATE,
	REASON,
	SUITE,
	SUITE_VERSION,
	OF_CELL,
	METRIC,
	CONDITIONS,
	VALUE,
	N,
	SD,
	SE,
	VERDICT
}; /* of QUERY_MODEL_RUNS */

static json_t *
real_or_null(const struct db_rows *rows, size_t i, int column)
{
	return db_null(rows, i, column) ? NULL : json_real(db_real(rows, i, column));
}

static json_t *
result_json(const struct db_rows *rows, size_t i)
{
	return json_pack(
	    "{s:s, s:I, s:o, s:o, s:s, s:s*, s:o, s:s, s:s, s:o, s:f, s:I, s:o*, s:o*, s:o*}", "id",
	    column_hex(rows, i, ID), "index", (json_int_t)db_whole(rows, i, INDEX), "submitter",
	    person_json(column_hex(rows, i, SUBMITTER), db_text(rows, i, NAME)), "accepted_at",
	    column_time(rows, i, ACCEPTED_AT), "state", db_text(rows, i, STATE), "reason",
	    column_text(rows, i, REASON), "suite", column_suite(rows, i, SUITE), "cell",
	    column_hex(rows, i, OF_CELL), "metric", db_text(rows, i, METRIC), "conditions",
	    json_of(db_text(rows, i, CONDITIONS)), "value", db_real(rows, i, VALUE), "n",
	    (json_int_t)db_whole(rows, i, N), "sd", real_or_null(rows, i, SD), "se",
	    real_or_null(rows, i, SE), "verdict", column_json(rows, i, VERDICT));
}

/* ---- history ---- */

enum { T_INDEX, T_AT, T_CELL, T_SUITE, T_SUITE_VERSION, T_METRIC, T_FROM, T_TO };

static json_t *
transition_json(const struct db_rows *rows, size_t i)
{
	return json_pack("{s:I, s:o, s:s, s:o, s:s, s:s, s:s}", "index",
	    (json_int_t)db_whole(rows, i, T_INDEX), "accepted_at", column_time(rows, i, T_AT),
	    "cell", column_hex(rows, i, T_CELL), "suite", column_suite(rows, i, T_SUITE), "metric",
	    db_text(rows, i, T_METRIC), "from", db_text(rows, i, T_FROM), "to",
	    db_text(rows, i, T_TO));
}

/* The newest transitions of the model's cells. */
static json_t *
history(const struct view *v, const struct cells *cells, struct fault *f)
{
	struct text list = {0};
	struct db_param param;
	struct db_rows *rows = NULL;
	json_t *made = NULL;
	char hex[HEX32_SIZE];

	for (size_t i = 0; i < cells->n; i++) {
		hex_print(cells->list[i]->cell, SHA256_SIZE, hex);
		text_addf(&list, "%s\"\\\\x%s\"", i == 0 ? "{" : ",", hex);
	}
	text_add_str(&list, cells->n == 0 ? "{}" : "}");
	param = (struct db_param){.data = list.data, .n = list.n};
	if (!list.failed)
		rows = dbsync_ask(v->db, QUERY_MODEL_HISTORY, &param, f);
	if (rows != NULL)
		made = column_list(rows, transition_json);
	dbsync_free(rows);
	text_clear(&list);
	return made;
}

/* ---- the model ---- */

enum { SUBMISSIONS, COUNTED, HELD, RESULTS, LAST_NTH }; /* of QUERY_MODEL_COUNTS */

static void
add_counts(const struct db_rows *counts, struct text *out)
{
	int64_t all = db_whole(counts, 0, SUBMISSIONS), counted = db_whole(counts, 0, COUNTED),
		held = db_whole(counts, 0, HELD);

	document_add(out, "submissions",
	    json_pack("{s:I, s:I, s:I}", "counted", (json_int_t)counted, "held", (json_int_t)held,
		"other", (json_int_t)(all - counted - held)));
}

/* What the catalogue says of it, and what others published. */
static void
add_known(const struct view *v, const char *name, struct text *out)
{
	json_t *facts = model_facts(v->catalogue, name);

	document_add(out, "facts", facts != NULL ? json_incref(facts) : json_null());
	document_add_list(out, "reported",
	    facts != NULL ? reported_scores(v->catalogue, json_get_text(facts, "hf_repo"))
			  : json_array());
	json_decref(facts);
}

/* Where its quantizations are held against each other, if anybody measured what they lose. */
static json_t *
ladder_json(const struct cells *cells, const char *name)
{
	struct text path = {0};
	json_t *made = NULL;

	for (size_t i = 0; made == NULL && i < cells->n; i++)
		if (strcmp(cells->list[i]->suite->name, "quantization") == 0) {
			quantization_path(name, &path);
			made = json_string(path.data);
		}
	text_clear(&path);
	return made != NULL ? made : json_null();
}

static void
add_runs(
    const char *name, const struct db_rows *runs, const struct db_rows *counts, struct text *out)
{
	int64_t n = db_null(counts, 0, LAST_NTH) ? 0 : db_whole(counts, 0, LAST_NTH) + 1;
	struct text path = {0};

	model_runs_path(name, "{page}", &path);
	document_add(out, "run_pages", json_integer((n + PLACE_PAGE_RUNS - 1) / PLACE_PAGE_RUNS));
	document_add(out, "run_documents", json_string(path.data));
	document_add(out, "runs_shown", json_integer((json_int_t)db_rows_n(runs)));
	document_add(out, "runs_total", json_integer(db_whole(counts, 0, RESULTS)));
	document_add_list(out, "runs", column_list(runs, result_json));
	text_clear(&path);
}

bool
make_model(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	const struct cells cells = cells_of_model(v, w->name);
	int64_t size = cells_log_size(&cells, NULL);
	struct db_rows *runs = ask_text(v->db, QUERY_MODEL_RUNS, w->name, RESULTS_SHOWN, f);
	struct db_rows *counts = NULL;
	json_t *past = NULL;

	if (runs != NULL)
		counts = ask_text(v->db, QUERY_MODEL_COUNTS, w->name, "", f);
	if (counts != NULL)
		past = history(v, &cells, f);
	model_path(w->name, &out->path);
	if (past != NULL && (db_rows_n(runs) > 0 || cells.n > 0)) {
		if (w->log_size > size)
			size = w->log_size;
		document_begin(
		    &out->text, "assay-model-v1", size > v->config_size ? size : v->config_size);
		document_add(&out->text, "name", json_string(w->name));
		document_add(&out->text, "quantization", ladder_json(&cells, w->name));
		add_known(v, w->name, &out->text);
		add_counts(counts, &out->text);
		cells_add_boards(v, &cells, &out->text);
		document_add_list(&out->text, "history", json_incref(past));
		add_runs(w->name, runs, counts, &out->text);
		document_end(&out->text);
	}
	json_decref(past);
	dbsync_free(runs);
	dbsync_free(counts);
	return past != NULL && document_made(out, f);
}
