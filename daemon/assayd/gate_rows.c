/* gate_rows.c — the evidence that a gate judges by, as the rows have it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "book_load.h"
#include "book_names.h"
#include "encode.h"
#include "json.h"
#include "meeting.h"

enum { CELL, SUITE, SUITE_VERSION, FIELDS, MODEL, FIRST }; /* of QUERY_GATE_CELLS */
enum { RUN_CELL, METRIC, INDEX, VALUE, N, SD, SE, ID, ACCEPTED_AT_MS, PERSON }; /* of _RUNS */
enum { ITEMS_INDEX, ITEMS }; /* of QUERY_GATE_ITEMS */

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for evidence", "none");
}

void
gate_rows_clear(struct gate_rows *g)
{
	gate_evidence_clear(&g->evidence);
	book_clear(&g->book);
	json_decref(g->items);
	memset(g, 0, sizeof(*g));
}

/* ---- which cells ---- */

void
gate_rows_add_cell(const uint8_t id[SHA256_SIZE], struct text *cells)
{
	char hex[HEX32_SIZE];

	hex_print(id, SHA256_SIZE, hex);
	text_addf(cells, "%s\"\\\\x%s\"", cells->n ? "," : "{", hex);
}

/* An element of an array of text. */
static void
add_element(const char *s, size_t n, struct text *list)
{
	text_add_str(list, list->n ? ",\"" : "{\"");
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"' || s[i] == '\\')
			text_add_str(list, "\\");
		text_add(list, &s[i], 1);
	}
	text_add_str(list, "\"");
}

/* All names that NAME[@REVISION][+QUANTIZATION] may begin with. */
static void
add_names(const char *model, struct text *names)
{
	size_t n = strlen(model);

	for (size_t i = 1; i <= n; i++)
		if (i == n || model[i] == '@' || model[i] == '+')
			add_element(model, i, names);
}

bool
gate_rows_ask_cells(struct dbsync *db, enum query q, const struct db_param *params,
    struct text *cells, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(db, q, params, f);
	uint8_t id[SHA256_SIZE];

	for (size_t i = 0; rows != NULL && i < db_rows_n(rows); i++)
		if (db_bytes(rows, i, 0, id, SHA256_SIZE))
			gate_rows_add_cell(id, cells);
	dbsync_free(rows);
	return rows != NULL;
}

bool
gate_rows_named(
    struct dbsync *db, const char *model, const char *other, struct text *cells, struct fault *f)
{
	struct text names = {0}, digests = {0};
	struct db_param params[2];
	bool done;

	add_names(model, &names);
	add_element(model, strlen(model), &digests);
	if (other != NULL) {
		add_names(other, &names);
		add_element(other, strlen(other), &digests);
	}
	text_add_str(&names, "}");
	text_add_str(&digests, "}");
	params[0] = (struct db_param){.data = names.data, .n = names.n};
	params[1] = (struct db_param){.data = digests.data, .n = digests.n};
	done = names.failed || digests.failed
		   ? no_memory(f)
		   : gate_rows_ask_cells(db, QUERY_GATE_NAMED, params, cells, f);
	text_clear(&names);
	text_clear(&digests);
	return done;
}

/* ---- cells ---- */

static json_t *
read_json(const struct db_rows *rows, size_t row, int column)
{
	const char *text = db_text(rows, row, column);

	return json_read_object(text, strlen(text), NULL);
}

static bool
take_cell(struct gate_rows *g, const struct db_rows *rows, size_t row, const struct suite *suite)
{
	json_t *fields = read_json(rows, row, FIELDS), *raw = read_json(rows, row, MODEL);
	json_t *model = names_model(&g->book.names, raw);
	uint8_t id[SHA256_SIZE];
	struct meeting *at = NULL;
	bool done;

	if (db_bytes(rows, row, CELL, id, SHA256_SIZE))
		at = meeting_at(&g->book, id, suite, true);
	done = at != NULL &&
	       gate_evidence_add_cell(&g->evidence, at, fields, model, db_whole(rows, row, FIRST));
	json_decref(fields);
	json_decref(raw);
	json_decref(model);
	return done;
}

/* with_items: the text of a bytea[] of the cells whose suite has items. */
static bool
load_cells(struct gate_rows *g, struct dbsync *db, const struct suite_set *suites,
    const struct text *cells, struct text *with_items, struct fault *f)
{
	struct db_param param = {.data = cells->data, .n = cells->n};
	struct db_rows *rows = dbsync_ask(db, QUERY_GATE_CELLS, &param, f);
	bool done = rows != NULL;

	for (size_t i = 0; done && i < db_rows_n(rows); i++) {
		const struct suite *suite =
		    suite_find(suites, db_text(rows, i, SUITE), db_whole(rows, i, SUITE_VERSION));

		if (suite == NULL)
			continue; /* no rule can name it either */
		if (suite->items_n > 0)
			text_addf(with_items, "%s\"\\%s\"", with_items->n ? "," : "{",
			    db_text(rows, i, CELL));
		done = take_cell(g, rows, i, suite) || no_memory(f);
	}
	if (with_items->n > 0)
		text_add_str(with_items, "}");
	dbsync_free(rows);
	return done && (!with_items->failed || no_memory(f));
}

/* ---- runs ---- */

static struct within_run
within_of(const struct db_rows *rows, size_t row)
{
	struct within_run within = {.n = db_whole(rows, row, N)};

	if (!db_null(rows, row, SD)) {
		within.what = WITHIN_SD;
		within.size = db_real(rows, row, SD);
	} else if (!db_null(rows, row, SE)) {
		within.what = WITHIN_SE;
		within.size = db_real(rows, row, SE);
	}
	return within;
}

/* Rows come in the order of the log; a submission's results stand together. */
static bool
take_source(struct gate_evidence *e, const struct db_rows *rows, size_t row)
{
	struct gate_source source = {.index = db_whole(rows, row, INDEX),
	    .accepted_at_ms = db_whole(rows, row, ACCEPTED_AT_MS)};

	if (e->sources_n > 0 && e->sources[e->sources_n - 1].index == source.index)
		return true;
	return db_bytes(rows, row, ID, source.id, SHA256_SIZE) &&
	       gate_evidence_add_source(e, &source);
}

static bool
take_run(struct gate_rows *g, const struct db_rows *rows, size_t row)
{
	struct met run = {.index = db_whole(rows, row, INDEX),
	    .value = db_real(rows, row, VALUE),
	    .anchor = NAN,
	    .within = within_of(rows, row)};
	const struct suite_metric *m;
	uint8_t id[SHA256_SIZE];
	struct meeting *at;

	if (!db_bytes(rows, row, RUN_CELL, id, SHA256_SIZE))
		return false;
	at = meeting_at(&g->book, id, NULL, false);
	m = at != NULL ? suite_metric(at->suite, db_text(rows, row, METRIC)) : NULL;
	if (m == NULL)
		return true;
	run.metric = (size_t)(m - at->suite->metrics);
	run.by = book_take_person(&g->book, rows, row, PERSON);
	return run.by != NULL && meeting_add(at, &run) && take_source(&g->evidence, rows, row);
}

static bool
load_runs(struct gate_rows *g, struct dbsync *db, const struct text *cells, struct fault *f)
{
	char size[24];
	struct db_param params[] = {{.data = cells->data, .n = cells->n}, {.data = size}};
	struct db_rows *rows;
	bool done;

	params[1].n = (size_t)snprintf(size, sizeof(size), "%lld", (long long)g->evidence.log_size);
	rows = dbsync_ask(db, QUERY_GATE_RUNS, params, f);
	done = rows != NULL;

	for (size_t i = 0; done && i < db_rows_n(rows); i++)
		done = take_run(g, rows, i) || no_memory(f);
	dbsync_free(rows);
	return done;
}

/* ---- items ---- */

static bool
take_items(struct gate_rows *g, const struct db_rows *rows, size_t row)
{
	int64_t index = db_whole(rows, row, ITEMS_INDEX);
	struct meeting *m;
	json_t *items;
	size_t at = 0;

	if (db_null(rows, row, ITEMS))
		return true;
	items = json_read_printed(db_text(rows, row, ITEMS));
	if (g->items == NULL)
		g->items = json_array();
	if (items == NULL || json_array_append_new(g->items, items) != 0)
		return false;
	while ((m = map_next(&g->book.meetings, &at)) != NULL)
		for (size_t i = 0; i < m->runs_n; i++)
			if (m->runs[i].index == index)
				m->runs[i].items = items;
	return true;
}

static bool
load_items(struct gate_rows *g, struct dbsync *db, const struct text *cells, struct fault *f)
{
	struct db_param param = {.data = cells->data, .n = cells->n};
	struct db_rows *rows;
	bool done;

	if (cells->n == 0)
		return true;
	rows = dbsync_ask(db, QUERY_GATE_ITEMS, &param, f);
	done = rows != NULL;
	for (size_t i = 0; done && i < db_rows_n(rows); i++)
		done = take_items(g, rows, i) || no_memory(f);
	dbsync_free(rows);
	return done;
}

bool
gate_rows_load(struct gate_rows *g, struct dbsync *db, const struct suite_set *suites,
    const struct text *cells, int64_t log_size, struct fault *f)
{
	struct text with_items = {0};
	bool done;

	g->evidence.book = &g->book;
	g->evidence.log_size = log_size;
	done = book_load_links(&g->book, db, f) && names_load(&g->book.names, db, f) &&
	       load_cells(g, db, suites, cells, &with_items, f) && load_runs(g, db, cells, f) &&
	       load_items(g, db, &with_items, f);
	text_clear(&with_items);
	return done;
}

/* ---- prices ---- */

enum { PRICE_INDEX, PRICE_ID, PRICE_ACCEPTED_AT_MS, PRICE_BODY }; /* of QUERY_GATE_PRICES */

static bool
take_price(struct gate_evidence *e, const struct db_rows *rows, size_t row)
{
	struct said_price price = {.index = db_whole(rows, row, PRICE_INDEX),
	    .accepted_at_ms = db_whole(rows, row, PRICE_ACCEPTED_AT_MS)};
	json_t *body = read_json(rows, row, PRICE_BODY);
	bool done = body != NULL && db_bytes(rows, row, PRICE_ID, price.id, SHA256_SIZE) &&
		    prices_add(&e->prices, &price, body);

	json_decref(body);
	return done;
}

bool
gate_rows_prices(struct gate_rows *g, struct dbsync *db, const struct gate_policy *policy,
    const struct catalogue *catalogue, struct fault *f)
{
	char size[24];
	struct db_param param = {.data = size};
	struct db_rows *rows;
	bool done;

	g->evidence.catalogue = catalogue;
	if (!gate_policy_needs_prices(policy))
		return true;
	param.n = (size_t)snprintf(size, sizeof(size), "%lld", (long long)g->evidence.log_size);
	rows = dbsync_ask(db, QUERY_GATE_PRICES, &param, f);
	done = rows != NULL;
	for (size_t i = 0; done && i < db_rows_n(rows); i++)
		done = take_price(&g->evidence, rows, i) || no_memory(f);
	dbsync_free(rows);
	return done;
}
