/* collect.c — read what documents need from the rows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "collect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "json.h"
#include "text.h"

static json_t *
json_of(const char *text)
{
	return json_read_printed(text);
}

/* ---- cells ---- */

enum {
	CELL,
	SUITE,
	SUITE_VERSION,
	FIELDS,
	MODEL,
	ENGINE,
	VERSIONS,
	HELD,
	CALLED,
	QUANTIZATION
}; /* of QUERY_CELLS */
enum {
	RUN_CELL,
	RUN_METRIC,
	RUN_SUBMITTER,
	RUN_INDEX,
	RUN_VALUE,
	RUNS_N,
	RUN_VOTER,
	RUN_ESTABLISHED,
	RUN_REPEATS,
	RUN_SD,
	RUN_SE,
	RUN_SCORES
}; /* of QUERY_CELL_RUNS */

/* Both answers come ordered by cell: `at` walks through the runs once. */
struct answers {
	const struct suite_set *suites;
	const struct db_rows *facts, *runs;
	size_t at;
	int64_t estimator;
};

/* What a run says of its own noise. */
static struct within_run
read_within(const struct db_rows *rows, size_t i)
{
	struct within_run within = {.n = db_whole(rows, i, RUN_REPEATS)};

	if (!db_null(rows, i, RUN_SD)) {
		within.what = WITHIN_SD;
		within.size = db_real(rows, i, RUN_SD);
	} else if (!db_null(rows, i, RUN_SE)) {
		within.what = WITHIN_SE;
		within.size = db_real(rows, i, RUN_SE);
	}
	return within;
}

static bool
read_run(const struct db_rows *rows, size_t i, struct cell_run *run)
{
	run->run.index = db_whole(rows, i, RUN_INDEX);
	run->run.value = db_real(rows, i, RUN_VALUE);
	run->run.within = read_within(rows, i);
	run->run.established = db_bool(rows, i, RUN_ESTABLISHED);
	if (!db_null(rows, i, RUN_SCORES))
		run->run.scores = json_of(db_text(rows, i, RUN_SCORES));
	run->metric = db_text(rows, i, RUN_METRIC);
	run->runs_n = db_whole(rows, i, RUNS_N);
	return db_bytes(rows, i, RUN_SUBMITTER, run->run.submitter, SHA256_SIZE) &&
	       db_bytes(rows, i, RUN_VOTER, run->run.voter, SHA256_SIZE);
}

static void
free_runs(struct cell_run *runs, size_t n)
{
	for (size_t i = 0; runs != NULL && i < n; i++)
		json_decref((json_t *)runs[i].run.scores);
	free(runs);
}

/* The runs of the cell in row i of the facts. Returns new; *n of them. */
static struct cell_run *
runs_of(struct answers *a, size_t i, size_t *n)
{
	const char *cell = db_text(a->facts, i, CELL);
	size_t first = a->at;
	struct cell_run *runs;

	while (a->at < db_rows_n(a->runs) && strcmp(db_text(a->runs, a->at, RUN_CELL), cell) == 0)
		a->at++;
	*n = a->at - first;
	runs = calloc(*n + 1, sizeof(*runs));
	for (size_t k = 0; runs != NULL && k < *n; k++)
		if (!read_run(a->runs, first + k, &runs[k])) {
			free_runs(runs, *n);
			return NULL;
		}
	return runs;
}

/* What the submission says of its model, by canonical names. */
static json_t *
read_model(const struct db_rows *facts, size_t i)
{
	json_t *model = json_of(db_text(facts, i, MODEL));

	json_object_set_new(model, "name", json_string(db_text(facts, i, CALLED)));
	if (!db_null(facts, i, QUANTIZATION))
		json_object_set_new(
		    model, "quantization", json_string(db_text(facts, i, QUANTIZATION)));
	return model;
}

static struct shown *
cell_from_rows(struct answers *a, size_t i, int64_t log_size)
{
	const struct db_rows *facts = a->facts;
	json_t *fields = json_of(db_text(facts, i, FIELDS)), *model = read_model(facts, i);
	json_t *versions =
	    db_null(facts, i, VERSIONS) ? json_array() : json_of(db_text(facts, i, VERSIONS));
	uint8_t cell[SHA256_SIZE];
	struct cell_source source = {.cell = cell,
	    .suite =
		suite_find(a->suites, db_text(facts, i, SUITE), db_whole(facts, i, SUITE_VERSION)),
	    .log_size = log_size,
	    .fields = fields,
	    .model = model,
	    .engine = db_text(facts, i, ENGINE),
	    .versions = versions,
	    .held_n = db_whole(facts, i, HELD),
	    .estimator = a->estimator};
	struct shown *made = NULL;

	source.runs = runs_of(a, i, &source.runs_n);
	if (source.suite != NULL && fields && model && versions && source.runs != NULL &&
	    db_bytes(facts, i, CELL, cell, SHA256_SIZE))
		made = shown_new(cell, source.suite, board_row(&source));
	free_runs((struct cell_run *)source.runs, source.runs_n);
	json_decref(fields);
	json_decref(model);
	json_decref(versions);
	return made;
}

/* The facts are those of the touched cells, in the same order, without the ones that are gone. */
static bool
take_all(struct answers *a, const struct dirty_cells *dirty, const struct cell_taker *taker)
{
	uint8_t cell[SHA256_SIZE];
	size_t fact = 0;
	bool done = true;

	for (size_t i = dirty->from; done && i < dirty->from + dirty->n; i++)
		if (fact < db_rows_n(a->facts) &&
		    strcmp(db_text(a->facts, fact, CELL), db_text(dirty->rows, i, 0)) == 0) {
			struct shown *s =
			    cell_from_rows(a, fact++, db_whole(dirty->rows, i, 1) + 1);

			done = s != NULL && taker->take(taker->arg, s);
		} else {
			done = db_bytes(dirty->rows, i, 0, cell, SHA256_SIZE) &&
			       taker->gone(taker->arg, cell);
		}
	return done && fact == db_rows_n(a->facts);
}

bool
collect_cells(struct dbsync *db, const struct suite_set *suites, const struct dirty_cells *dirty,
    const struct cell_taker *taker, struct fault *f)
{
	struct text list = {0};
	struct db_param param;
	struct db_rows *facts = NULL, *runs = NULL;
	struct answers a;
	bool done = false;

	db_bytea_array(dirty->rows, dirty->from, dirty->n, 0, &list);
	param = (struct db_param){.data = list.data, .n = list.n};
	if (!list.failed && (facts = dbsync_ask(db, QUERY_CELLS, &param, f)) != NULL)
		runs = dbsync_ask(db, QUERY_CELL_RUNS, &param, f);
	if (runs != NULL) {
		a = (struct answers){
		    .suites = suites, .facts = facts, .runs = runs, .estimator = dirty->estimator};
		done = take_all(&a, dirty, taker);
	}
	dbsync_free(facts);
	dbsync_free(runs);
	text_clear(&list);
	return done || fault_set(f, FAULT_INTERNAL, "", "the rows of every touched cell",
			   "rows of another number or form");
}

/* ---- votes of chosen cells ---- */

static bool
read_all(struct votes_source *s)
{
	s->runs = calloc(db_rows_n(s->rows) + 1, sizeof(*s->runs));
	for (size_t i = 0; s->runs != NULL && i < db_rows_n(s->rows); i++)
		if (!read_run(s->rows, i, &s->runs[i]))
			return false;
	return s->runs != NULL;
}

bool
collect_votes(struct dbsync *db, const struct shown *const *cells, size_t n,
    struct votes_source *out, struct fault *f)
{
	struct text list = {0};
	struct db_param param;
	char hex[HEX32_SIZE];

	memset(out, 0, sizeof(*out));
	text_add_str(&list, "{");
	for (size_t i = 0; i < n; i++) {
		hex_print(cells[i]->cell, SHA256_SIZE, hex);
		text_addf(&list, "%s\"\\\\x%s\"", i == 0 ? "" : ",", hex);
	}
	text_add_str(&list, "}");
	param = (struct db_param){.data = list.data, .n = list.n};
	if (!list.failed)
		out->rows = dbsync_ask(db, QUERY_CELL_RUNS, &param, f);
	text_clear(&list);
	return out->rows != NULL &&
	       (read_all(out) || fault_set(f, FAULT_NO_MEMORY, "", "memory for votes", "none"));
}

void
votes_source_clear(struct votes_source *s)
{
	dbsync_free(s->rows);
	free(s->runs);
	memset(s, 0, sizeof(*s));
}

/* Row i against a metric of a cell: they come in this order. */
static int
compare_row(const struct votes_source *s, size_t i, const char *hex, const char *metric)
{
	int order = strcmp(db_text(s->rows, i, RUN_CELL) + 2, hex);

	return order ? order : strcmp(s->runs[i].metric, metric);
}

struct run *
votes_source_runs(
    const struct votes_source *s, const struct shown *cell, const char *metric, size_t *n)
{
	size_t low = 0, high = db_rows_n(s->rows), behind;
	char hex[HEX32_SIZE];
	struct run *runs;

	hex_print(cell->cell, SHA256_SIZE, hex);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_row(s, middle, hex, metric) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (behind = low; behind < db_rows_n(s->rows); behind++)
		if (compare_row(s, behind, hex, metric) != 0)
			break;
	*n = behind - low;
	runs = calloc(*n + 1, sizeof(*runs));
	for (size_t i = 0; runs != NULL && i < *n; i++)
		runs[i] = s->runs[low + i].run;
	return runs;
}
