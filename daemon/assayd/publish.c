/* publish.c — which cells and documents the log's growth touched, and writing those.
 * SPDX-License-Identifier: Apache-2.0 */
#include "publish.h"

#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "collect.h"
#include "file.h"
#include "json.h"
#include "log.h"
#include "options.h"
#include "site.h"
#include "statement.h"

struct publisher {
	struct server *server;
	int64_t rules_size; /* of the log when the rules were last read; -1: never */
	int64_t size;       /* of the log as it is published; -1: nothing yet */
	json_t *cells;      /* hex cell → {suite, suite_version, row} */
	json_t *models;     /* model name → the same for its cells */
};

/* What one round of publishing touches. */
struct round {
	int64_t from, to, as_of_ms;
	json_t *suites;    /* "NAME/VERSION" → true */
	json_t *models;    /* model name → true */
	json_t *documents; /* path → text */
};

struct publisher *
publisher_new(struct server *server)
{
	struct publisher *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->server = server;
	p->rules_size = p->size = -1;
	p->cells = json_object();
	p->models = json_object();
	return p;
}

void
publisher_free(struct publisher *p)
{
	if (p == NULL)
		return;
	json_decref(p->cells);
	json_decref(p->models);
	free(p);
}

/* ---- rules ---- */

static bool
read_rules(struct publisher *p, const struct db_rows *config, const struct db_rows *first,
    int64_t size, struct fault *f)
{
	struct statement st = {0};
	struct rules rules = {0};
	size_t n = 0;
	uint8_t *payload;
	bool done = true;

	if (db_rows_n(config) == 1 && db_rows_n(first) == 1) {
		payload = db_blob(config, 0, 0, &n);
		done = payload != NULL &&
		       statement_from_row(kind_info(KIND_CONFIG)->type, payload, n, &st, f) &&
		       rules_read(&st, &rules, f) &&
		       db_bytes(first, 0, 0, rules.first_id, SHA256_SIZE);
		free(payload);
		statement_clear(&st);
	}
	done = done && server_set_rules(p->server, &rules, size);
	if (done)
		p->rules_size = size;
	rules_clear(&rules);
	return done ||
	       fault_set(f, FAULT_INTERNAL, "", "a logged config that opens", "one that does not");
}

bool
publisher_refresh_rules(struct publisher *p, struct dbsync *db, struct fault *f)
{
	struct db_rows *head = dbsync_ask(db, QUERY_HEAD, NULL, f), *config = NULL, *first = NULL;
	bool done = head != NULL && db_rows_n(head) == 1;

	if (done && db_whole(head, 0, 0) != p->rules_size) {
		config = dbsync_ask(db, QUERY_NEWEST_CONFIG, NULL, f);
		first = config ? dbsync_ask(db, QUERY_FIRST_CONFIG, NULL, f) : NULL;
		done = first != NULL && read_rules(p, config, first, db_whole(head, 0, 0), f);
	}
	dbsync_free(head);
	dbsync_free(config);
	dbsync_free(first);
	return done;
}

/* ---- one round ---- */

static bool
round_begin(struct round *r, const struct db_rows *head, const struct publisher *p)
{
	memset(r, 0, sizeof(*r));
	r->from = p->size < 0 ? 0 : p->size;
	r->to = db_whole(head, 0, 0);
	r->as_of_ms = db_whole(head, 0, 1);
	r->suites = json_object();
	r->models = json_object();
	r->documents = json_object();
	return r->suites && r->models && r->documents;
}

static void
round_clear(struct round *r)
{
	json_decref(r->suites);
	json_decref(r->models);
	json_decref(r->documents);
}

static void
touch_suite(struct round *r, const char *name, int64_t version)
{
	char key[96];

	snprintf(key, sizeof(key), "%s/%lld", name, (long long)version);
	json_object_set_new(r->suites, key, json_true());
}

static const char *
model_of(const json_t *cell)
{
	return json_get_text(pointer_find(cell, "/row/model"), "name");
}

/* A cell's row goes by its newest submission's name for the model, so it may move from one model's
 * document to another's: both are touched. */
static bool
place_cell(struct publisher *p, struct round *r, const char *hex, json_t *cell)
{
	const char *before = model_of(json_object_get(p->cells, hex)), *name = model_of(cell);
	json_t *own;

	if (before[0]) {
		json_object_set_new(r->models, before, json_true());
		json_object_del(json_object_get(p->models, before), hex);
	}
	json_object_set_new(r->models, name, json_true());
	if (json_object_get(p->models, name) == NULL)
		json_object_set_new(p->models, name, json_object());
	own = json_object_get(p->models, name);
	return json_object_set(own, hex, cell) == 0 &&
	       json_object_set_new(p->cells, hex, cell) == 0;
}

static bool
refresh_cell(struct publisher *p, struct dbsync *db, struct round *r, const struct db_rows *dirty,
    size_t i, struct fault *f)
{
	const char *hex = db_text(dirty, i, 0) + 2;
	json_t *cell = collect_cell(db, p->server->suites, dirty, i, f);

	if (cell == NULL)
		return false;
	touch_suite(r, json_get_text(cell, "suite"), json_get_whole(cell, "suite_version"));
	return place_cell(p, r, hex, cell);
}

static bool
refresh_cells(struct publisher *p, struct dbsync *db, struct round *r, struct fault *f)
{
	char from[24], to[24];
	struct db_param params[2];
	struct db_rows *dirty;
	bool done = true;

	snprintf(from, sizeof(from), "%lld", (long long)r->from);
	snprintf(to, sizeof(to), "%lld", (long long)r->to);
	params[0] = (struct db_param){.data = from, .n = strlen(from)};
	params[1] = (struct db_param){.data = to, .n = strlen(to)};
	dirty = dbsync_ask(db, QUERY_DIRTY_CELLS, params, f);
	if (dirty == NULL)
		return false;
	for (size_t i = 0; done && i < db_rows_n(dirty); i++)
		done = refresh_cell(p, db, r, dirty, i, f);
	dbsync_free(dirty);
	return done;
}

static bool
keep_document(struct round *r, const char *path, json_t *document)
{
	struct text text = {0};
	bool done = document != NULL;

	if (done)
		document_print(document, &text);
	done = done && !text.failed &&
	       json_object_set_new(r->documents, path, json_stringn(text.data, text.n)) == 0;
	text_clear(&text);
	json_decref(document);
	return done;
}

/* Rows of those cells that belong to a suite. */
static json_t *
rows_of(const json_t *cells, const struct suite *suite)
{
	json_t *rows = json_array(), *cell;
	const char *hex;

	json_object_foreach ((json_t *)cells, hex, cell)
		if (json_get_whole(cell, "suite_version") == suite->version &&
		    strcmp(json_get_text(cell, "suite"), suite->name) == 0)
			json_array_append(rows, json_object_get(cell, "row"));
	return rows;
}

static bool
make_board(const struct publisher *p, struct round *r, const struct suite *suite)
{
	json_t *rows = rows_of(p->cells, suite);
	struct text path = {0};
	bool done;

	board_path(suite, p->server->suites, &path);
	done = !path.failed && keep_document(r, path.data, board_document(suite, rows));
	text_clear(&path);
	json_decref(rows);
	return done;
}

/* The first round makes a board for every suite of the rules, filled or not. */
static bool
make_boards(const struct publisher *p, struct round *r)
{
	const struct suite_set *set = p->server->suites;
	char key[96];

	for (size_t i = 0; i < set->n; i++) {
		snprintf(key, sizeof(key), "%s/%lld", set->suites[i]->name,
		    (long long)set->suites[i]->version);
		if (p->size >= 0 && json_object_get(r->suites, key) == NULL)
			continue;
		if (!make_board(p, r, set->suites[i]))
			return false;
	}
	return true;
}

static bool
make_model(const struct publisher *p, struct dbsync *db, struct round *r, const char *name,
    struct fault *f)
{
	const struct suite_set *set = p->server->suites;
	json_t *boards = json_array(), *document;
	struct text path = {0};
	bool done;

	for (size_t i = 0; i < set->n; i++) {
		json_t *rows = rows_of(json_object_get(p->models, name), set->suites[i]);

		rows_sort(rows);
		if (json_array_size(rows) > 0)
			json_array_append_new(
			    boards, json_pack("{s:o, s:O}", "suite", suite_head(set->suites[i]),
					"rows", rows));
		json_decref(rows);
	}
	model_path(name, &path);
	document = collect_model(db, name, boards, f);
	done = !path.failed && keep_document(r, path.data, document);
	text_clear(&path);
	json_decref(boards);
	return done;
}

/* The first round makes every model's document, also of one whose cells now go by another name. */
static bool
touch_all_models(struct dbsync *db, struct round *r, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(db, QUERY_MODEL_TOTALS, NULL, f);

	if (rows == NULL)
		return false;
	for (size_t i = 0; i < db_rows_n(rows); i++)
		json_object_set_new(r->models, db_text(rows, i, 0), json_true());
	dbsync_free(rows);
	return true;
}

static bool
make_models(const struct publisher *p, struct dbsync *db, struct round *r, struct fault *f)
{
	const char *name;
	json_t *yes;

	if (p->size < 0 && !touch_all_models(db, r, f))
		return false;
	json_object_foreach (r->models, name, yes)
		if (!make_model(p, db, r, name, f))
			return false;
	return true;
}

static bool
collect(struct publisher *p, struct dbsync *db, struct round *r, struct fault *f)
{
	if (refresh_cells(p, db, r, f) && make_models(p, db, r, f) && make_boards(p, r) &&
	    keep_document(
		r, "index.json", collect_index(db, p->server, p->models, r->to, r->as_of_ms, f)))
		return true;
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for documents", "none");
}

/* In the order they were made: models, boards, the index. What names another document is written
 * after it, so that no link leads nowhere. */
static bool
write_documents(const struct publisher *p, const struct round *r, struct fault *f)
{
	char *folder = path_join(p->server->options->published, "data/v1");
	const char *path;
	json_t *text;
	bool done = folder != NULL;

	json_object_foreach (r->documents, path, text)
		done = done && site_write(folder, path, json_string_value(text),
				   json_string_length(text), f);
	free(folder);
	return done;
}

bool
publisher_publish(struct publisher *p, struct dbsync *db, struct fault *f)
{
	struct db_rows *head;
	struct round r;
	bool done;

	if (p->size >= 0 && p->size == p->rules_size)
		return true;
	if (!dbsync_run(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", f))
		return false;
	head = dbsync_ask(db, QUERY_HEAD, NULL, f);
	if (head == NULL)
		return false;
	done = round_begin(&r, head, p) && collect(p, db, &r, f) && dbsync_run(db, "COMMIT", f) &&
	       write_documents(p, &r, f);
	if (done) {
		log_event(LOG_LEVEL_INFO, "published", "size=%lld documents=%zu", (long long)r.to,
		    json_object_size(r.documents));
		p->size = r.to;
	} else {
		/* What was half done is not remembered: the next round makes everything. */
		json_object_clear(p->cells);
		json_object_clear(p->models);
		p->size = -1;
	}
	round_clear(&r);
	dbsync_free(head);
	return done;
}
