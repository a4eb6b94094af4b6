/* book_cells.c — bring cells from the rows into the book.
 * SPDX-License-Identifier: Apache-2.0 */
#include "book_cells.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book_load.h"
#include "encode.h"
#include "json.h"
#include "list.h"
#include "meeting.h"
#include "raw_cell.h"
#include "submission.h"

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for cells", "none");
}

static struct wanted_cell *
want(struct wanted_cells *w, const struct suite *suite)
{
	struct wanted_cell *list = list_room(w->list, w->n, &w->room, sizeof(*list));

	if (list == NULL)
		return NULL;
	w->list = list;
	list[w->n] = (struct wanted_cell){.suite = suite};
	return &list[w->n++];
}

static bool
want_raw(struct wanted_cells *w, const uint8_t raw[SHA256_SIZE], const struct suite *suite)
{
	struct wanted_cell *one = want(w, suite);

	if (one == NULL)
		return false;
	memcpy(one->raw, raw, SHA256_SIZE);
	memcpy(one->cell, raw, SHA256_SIZE);
	return true;
}

/* Where a result would stand if its raw cell were new. */
static bool
lead(const struct book *b, struct wanted_cell *one, const json_t *body, const json_t *result)
{
	json_t *fields = cell_fields(one->suite, body, result);
	json_t *called = fields != NULL ? names_fields(&b->names, fields) : NULL;
	bool done = called != NULL && cell_of_fields(one->suite, called, one->cell);

	json_decref(fields);
	json_decref(called);
	return done;
}

bool
wanted_cells_add(struct wanted_cells *w, const struct book *b, const json_t *body,
    const struct suite_set *suites)
{
	const struct suite *suite = submission_suite(body, suites, NULL);
	const json_t *result;
	uint8_t raw[SHA256_SIZE];
	size_t i;

	if (suite == NULL)
		return true; /* void, when it is settled */
	json_array_foreach (json_object_get(body, "results"), i, result) {
		cell_raw(suite, body, result, raw);
		if (!want_raw(w, raw, suite) ||
		    (b->names.in_force > 0 && !lead(b, &w->list[w->n - 1], body, result)))
			return false;
	}
	return true;
}

void
wanted_cells_clear(struct wanted_cells *w)
{
	free(w->list);
	memset(w, 0, sizeof(*w));
}

/* ---- which cells ---- */

static int
by_raw(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_SIZE);
}

/* Those that are not there yet, each once, as the text of a bytea[]. Returns how many. */
static size_t
missing(const struct book *b, const struct wanted_cells *w, struct text *list)
{
	char hex[HEX32_SIZE];
	size_t n = 0;

	if (w->n > 0)
		qsort(w->list, w->n, sizeof(*w->list), by_raw);
	for (size_t i = 0; i < w->n; i++) {
		const uint8_t *raw = w->list[i].raw;

		if ((i > 0 && memcmp(raw, w->list[i - 1].raw, SHA256_SIZE) == 0) ||
		    raw_cell_find(b, raw) != NULL)
			continue;
		hex_print(raw, SHA256_SIZE, hex);
		text_addf(list, "%s\"\\\\x%s\"", n++ ? "," : "{", hex);
	}
	text_add_str(list, n > 0 ? "}" : "{}");
	return n;
}

static const struct suite *
suite_wanted(const struct wanted_cells *w, const uint8_t raw[SHA256_SIZE])
{
	const struct wanted_cell *found = bsearch(raw, w->list, w->n, sizeof(*w->list), by_raw);

	return found->suite;
}

/* A cell; if it was not in the book, its id goes into `cells`, the text of a bytea[]. */
static struct meeting *
take_cell(
    struct book *b, const struct suite *suite, const uint8_t cell[SHA256_SIZE], struct text *cells)
{
	char hex[HEX32_SIZE];

	if (meeting_at(b, cell, NULL, false) == NULL) {
		hex_print(cell, SHA256_SIZE, hex);
		text_addf(cells, "%s\"\\\\x%s\"", cells->n ? "," : "{", hex);
	}
	return meeting_at(b, cell, suite, true);
}

/* Columns of QUERY_MEETINGS: raw cell, cell. */
static bool
take_cells(
    struct book *b, const struct db_rows *rows, const struct wanted_cells *w, struct text *cells)
{
	uint8_t raw[SHA256_SIZE], cell[SHA256_SIZE];

	for (size_t i = 0; i < db_rows_n(rows); i++)
		if (!db_bytes(rows, i, 0, raw, SHA256_SIZE) ||
		    !db_bytes(rows, i, 1, cell, SHA256_SIZE) ||
		    raw_cell_put(b, raw, take_cell(b, suite_wanted(w, raw), cell, cells)) == NULL)
			return false;
	return true;
}

/* Of raw cells that nobody measured, those that their names lead to: others may have runs there. */
static bool
take_led_to(struct book *b, const struct wanted_cells *w, struct text *cells)
{
	for (size_t i = 0; b->names.in_force > 0 && i < w->n; i++) {
		const struct wanted_cell *one = &w->list[i];

		if (raw_cell_find(b, one->raw) == NULL &&
		    take_cell(b, one->suite, one->cell, cells) == NULL)
			return false;
	}
	return true;
}

/* ---- what stands in them ---- */

static struct meeting *
cell_at(const struct book *b, const struct db_rows *rows, size_t row)
{
	uint8_t cell[SHA256_SIZE];

	return db_bytes(rows, row, 0, cell, SHA256_SIZE) ? map_find(&b->meetings, cell) : NULL;
}

static bool
metric_at(const struct meeting *m, const char *name, size_t *metric)
{
	const struct suite_metric *found = m != NULL ? suite_metric(m->suite, name) : NULL;

	if (found != NULL)
		*metric = (size_t)(found - m->suite->metrics);
	return found != NULL;
}

/* QUERY_MEETING_RUNS: cell, metric, index, value, then the person, then the anchors' mean, and the
 * raw cell. */
static bool
take_runs(struct book *b, const struct db_rows *rows)
{
	for (size_t i = 0; i < db_rows_n(rows); i++) {
		struct meeting *m = cell_at(b, rows, i);
		struct met run = {.by = book_take_person(b, rows, i, 4),
		    .index = db_whole(rows, i, 2),
		    .value = db_real(rows, i, 3),
		    .anchor = db_null(rows, i, 11) ? NAN : db_real(rows, i, 11)};
		uint8_t raw[SHA256_SIZE];

		if (run.by == NULL || !metric_at(m, db_text(rows, i, 1), &run.metric) ||
		    !db_bytes(rows, i, 12, raw, SHA256_SIZE) ||
		    (run.raw = raw_cell_put(b, raw, m)) == NULL || !meeting_add(m, &run))
			return false;
	}
	return true;
}

/* QUERY_AGREEMENTS: cell, then the person. */
static bool
take_agreements(struct book *b, const struct db_rows *rows)
{
	for (size_t i = 0; i < db_rows_n(rows); i++) {
		struct person *p = book_take_person(b, rows, i, 1);
		struct meeting *m = cell_at(b, rows, i);
		struct accord *a = p != NULL && m != NULL ? meeting_accord(m, p) : NULL;

		if (a == NULL)
			return false;
		a->agrees = a->stored = true;
	}
	return true;
}

/* QUERY_STANDINGS: cell, metric, standing. */
static bool
take_standings(struct book *b, const struct db_rows *rows)
{
	for (size_t i = 0; i < db_rows_n(rows); i++) {
		struct meeting *m = cell_at(b, rows, i);
		size_t metric;

		if (!metric_at(m, db_text(rows, i, 1), &metric) ||
		    !standing_named(db_text(rows, i, 2), &m->standing[metric]))
			return false;
	}
	return true;
}

static bool
ask_and_take(struct book *b, struct dbsync *db, enum query q, const struct db_param *params,
    bool (*take)(struct book *b, const struct db_rows *rows), struct fault *f)
{
	struct db_rows *rows = dbsync_ask(db, q, params, f);
	bool done = rows != NULL && (take(b, rows) || no_memory(f));

	dbsync_free(rows);
	return done;
}

/* Of each submitter, metric and raw cell so many of the newest runs. */
static const char all_runs[] = "1000000000", vote_runs[] = "5"; /* VOTE_RUNS_MAX */

/* What stands in the cells whose ids are the beginning of the text of a bytea[]; runs NULL: only
 * their standing. */
static bool
load_contents(
    struct book *b, struct dbsync *db, struct text *cells, const char *runs, struct fault *f)
{
	struct db_param params[] = {
	    {.data = NULL}, {.data = runs, .n = runs != NULL ? strlen(runs) : 0}};

	if (cells->n == 0)
		return !cells->failed || no_memory(f);
	text_add_str(cells, "}");
	if (cells->failed)
		return no_memory(f);
	params[0] = (struct db_param){.data = cells->data, .n = cells->n};
	return (runs == NULL ||
		   (ask_and_take(b, db, QUERY_MEETING_RUNS, params, take_runs, f) &&
		       ask_and_take(b, db, QUERY_AGREEMENTS, params, take_agreements, f))) &&
	       ask_and_take(b, db, QUERY_STANDINGS, params, take_standings, f);
}

static bool
load_cells(
    struct book *b, struct dbsync *db, const struct wanted_cells *w, bool whole, struct fault *f)
{
	struct text raw = {0}, cells = {0};
	struct db_rows *rows = NULL;
	struct db_param param;
	bool done = true;

	if (missing(b, w, &raw) > 0) {
		param = (struct db_param){.data = raw.data, .n = raw.n};
		done = raw.failed ? no_memory(f)
				  : (rows = dbsync_ask(db, QUERY_MEETINGS, &param, f)) != NULL;
		done = done &&
		       ((take_cells(b, rows, w, &cells) && take_led_to(b, w, &cells)) ||
			   no_memory(f)) &&
		       load_contents(b, db, &cells, whole ? all_runs : vote_runs, f);
	}
	dbsync_free(rows);
	text_clear(&raw);
	text_clear(&cells);
	return done;
}

/* ---- cells by their own ids ---- */

struct meeting *
fresh_cells_take(struct fresh_cells *c, struct book *b, const struct suite *suite,
    const uint8_t cell[SHA256_SIZE])
{
	struct wanted_cell *one = want(&c->all, suite);

	if (one == NULL)
		return NULL;
	memcpy(one->cell, cell, SHA256_SIZE);
	return take_cell(b, suite, cell, &c->ids);
}

void
fresh_cells_clear(struct fresh_cells *c)
{
	wanted_cells_clear(&c->all);
	text_clear(&c->ids);
}

bool
book_load_fresh(const struct loading *from, struct fresh_cells *c, bool contents, struct fault *f)
{
	return load_contents(from->book, from->db, &c->ids, contents ? vote_runs : NULL, f) &&
	       (!contents || book_load_waiting(from, &c->all, f));
}

/* ---- results of a statement that is in the log ---- */

/* Columns of QUERY_RESULTS. */
enum { RAW_CELL, METRIC, VALUE, SUITE, SUITE_VERSION, POSITION, BEYOND, ANCHOR };

static const struct suite *
suite_at(const struct db_rows *rows, size_t row, const struct suite_set *suites)
{
	return suite_find(suites, db_text(rows, row, SUITE), db_whole(rows, row, SUITE_VERSION));
}

static bool
want_results(const struct db_rows *rows, const struct suite_set *suites, struct wanted_cells *w)
{
	uint8_t raw[SHA256_SIZE];

	for (size_t i = 0; i < db_rows_n(rows); i++) {
		const struct suite *suite = suite_at(rows, i, suites);

		if (suite != NULL &&
		    (!db_bytes(rows, i, RAW_CELL, raw, SHA256_SIZE) || !want_raw(w, raw, suite)))
			return false;
	}
	return true;
}

static bool
take_results(
    struct book *b, const struct db_rows *rows, const struct suite_set *suites, struct settled *s)
{
	uint8_t raw[SHA256_SIZE];

	s->results = calloc(db_rows_n(rows) + 1, sizeof(*s->results));
	for (size_t i = 0; s->results != NULL && i < db_rows_n(rows); i++) {
		const struct suite *suite = suite_at(rows, i, suites);
		struct result *r = &s->results[s->results_n];

		if (suite == NULL)
			continue;
		if (!db_bytes(rows, i, RAW_CELL, raw, SHA256_SIZE) ||
		    (r->raw = raw_cell_find(b, raw)) == NULL ||
		    !metric_at(r->raw->at, db_text(rows, i, METRIC), &r->metric))
			return false;
		r->value = db_real(rows, i, VALUE);
		r->position = (size_t)db_whole(rows, i, POSITION);
		if (!db_null(rows, i, BEYOND))
			r->waits = db_bool(rows, i, BEYOND) ? WAIT_WAITS : WAIT_CLEARED;
		if (!db_null(rows, i, ANCHOR))
			s->anchor = db_real(rows, i, ANCHOR);
		s->results_n++;
	}
	return s->results != NULL;
}

/* The results of a submission, and their cells. What a statement names may be taken out of the
 * count: it brings in its cells whole, and what waits there. */
static bool
load_results(const struct loading *from, struct settled *s, bool named, struct fault *f)
{
	struct wanted_cells w = {0};
	struct db_param param;
	struct db_rows *rows;
	char index[24];
	bool done;

	snprintf(index, sizeof(index), "%lld", (long long)s->index);
	param = (struct db_param){.data = index, .n = strlen(index)};
	rows = dbsync_ask(from->db, QUERY_RESULTS, &param, f);
	done = rows != NULL && (want_results(rows, from->suites, &w) || no_memory(f)) &&
	       load_cells(from->book, from->db, &w, named, f) &&
	       (take_results(from->book, rows, from->suites, s) || no_memory(f)) &&
	       (!named || book_load_waiting(from, &w, f));
	dbsync_free(rows);
	wanted_cells_clear(&w);
	return done;
}

/* ---- what waits in cells ---- */

/* The wanted cells whose waiting are not known yet, as the text of a bytea[]. */
static size_t
unknown_waiting(struct book *b, const struct wanted_cells *w, struct text *list)
{
	char hex[HEX32_SIZE];
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		const struct raw_cell *raw = raw_cell_find(b, w->list[i].raw);
		struct meeting *m =
		    raw != NULL ? raw->at : meeting_at(b, w->list[i].cell, NULL, false);

		if (m == NULL || m->waiting_known)
			continue;
		m->waiting_known = true;
		hex_print(m->id, SHA256_SIZE, hex);
		text_addf(list, "%s\"\\\\x%s\"", n++ ? "," : "{", hex);
	}
	text_add_str(list, "}");
	return n;
}

/* QUERY_WAITING: cell, id. Their other cells are brought in too, since a release enters them, but
 * not what waits there. */
static bool
take_waiting(const struct loading *from, const struct db_rows *rows, struct fault *f)
{
	for (size_t i = 0; i < db_rows_n(rows); i++) {
		struct meeting *m = cell_at(from->book, rows, i);
		struct settled *s = NULL;
		bool fresh = false;

		if (m == NULL || !book_load_statement(from, db_text(rows, i, 1) + 2, &s, &fresh, f))
			return m != NULL || no_memory(f);
		if (s == NULL)
			continue;
		if (fresh && !load_results(from, s, false, f))
			return false;
		if (!meeting_wait(m, s))
			return no_memory(f);
	}
	return true;
}

bool
book_load_waiting(const struct loading *from, const struct wanted_cells *w, struct fault *f)
{
	struct text list = {0};
	struct db_rows *rows = NULL;
	struct db_param param;
	bool done = true;

	if (unknown_waiting(from->book, w, &list) > 0) {
		param = (struct db_param){.data = list.data, .n = list.n};
		done = list.failed
			   ? no_memory(f)
			   : (rows = dbsync_ask(from->db, QUERY_WAITING, &param, f)) != NULL;
		done = done && take_waiting(from, rows, f);
	}
	dbsync_free(rows);
	text_clear(&list);
	return done;
}

/* The results of who is in the book already are there; what waits beside them may not be. */
bool
book_load_results(const struct loading *from, struct settled *s, bool fresh, struct fault *f)
{
	struct wanted_cells w = {0};
	bool done = true;

	if (fresh)
		return load_results(from, s, true, f);
	for (size_t i = 0; done && i < s->results_n; i++)
		done = want_raw(&w, s->results[i].raw->id, s->results[i].raw->at->suite) ||
		       no_memory(f);
	done = done && book_load_waiting(from, &w, f);
	wanted_cells_clear(&w);
	return done;
}

bool
book_load_cells(const struct loading *from, const struct wanted_cells *w, struct fault *f)
{
	return load_cells(from->book, from->db, w, false, f) && book_load_waiting(from, w, f);
}
