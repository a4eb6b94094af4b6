/* publish.c — which cells and documents the log's growth touched, and writing those.
 * SPDX-License-Identifier: Apache-2.0 */
#include "publish.h"

#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "documents.h"
#include "file.h"
#include "log.h"
#include "logged_rules.h"
#include "metrics.h"
#include "periodic.h"
#include "site.h"

#define RETRY_MS 500
#define REST_MAX_MS 1000

struct publisher {
	struct server *server;
	struct dbsync *db;
	struct periodic *thread;
	char *folder; /* of the documents */
	int64_t size; /* of the log as the cells are shown; -1: nothing yet */
	struct shown_set cells;
	/* What is to be written: name → true. Kept until it is. */
	json_t *suites, *models, *hardware;
	json_t *submitters;  /* id in hex → log_size of the document */
	int64_t prices_size; /* of the log as the prices are shown; -1: nothing yet */
	int64_t decisions_size;
	const struct catalogue *catalogue; /* of the newest config */
	bool index_due;
};

/* ---- what is touched ---- */

static bool
touch(json_t *set, const char *name)
{
	return json_object_set_new(set, name, json_true()) == 0;
}

static void
suite_key(const struct suite *suite, char *key, size_t room)
{
	snprintf(key, room, "%s/%lld", suite->name, (long long)suite->version);
}

static bool
touch_suite(struct publisher *p, const struct suite *suite)
{
	char key[96];

	suite_key(suite, key, sizeof(key));
	return touch(p->suites, key);
}

static bool
touch_cell(struct publisher *p, const struct shown *s)
{
	return touch_suite(p, s->suite) && touch(p->models, s->model) &&
	       (s->hardware == NULL || touch(p->hardware, s->hardware));
}

/* A cell may now go by another model's name: the documents of both change. */
static bool
on_cell(void *arg, struct shown *s)
{
	struct publisher *p = arg;
	const struct shown *before = shown_find(&p->cells, s->cell);

	if (touch_cell(p, s) && (before == NULL || touch(p->models, before->model)))
		return shown_put(&p->cells, s);
	shown_free(s);
	return false;
}

static bool
on_gone(void *arg, const uint8_t cell[SHA256_SIZE])
{
	struct publisher *p = arg;
	const struct shown *before = shown_find(&p->cells, cell);

	if (before != NULL && !touch_cell(p, before))
		return false;
	shown_drop(&p->cells, cell);
	return true;
}

/* A submission's own name for its model may be another than its cells go by. */
static bool
touch_models(struct publisher *p, const struct db_param *range, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(p->db, QUERY_DIRTY_MODELS, range, f);
	bool done = rows != NULL;

	for (size_t i = 0; done && i < db_rows_n(rows); i++)
		done = touch(p->models, db_text(rows, i, 0));
	dbsync_free(rows);
	return done;
}

static bool
touch_submitters(struct publisher *p, const struct db_param *range, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(p->db, QUERY_DIRTY_SUBMITTERS, range, f);
	bool done = rows != NULL;

	for (size_t i = 0; done && i < db_rows_n(rows); i++)
		done = json_object_set_new(p->submitters, db_text(rows, i, 0) + 2,
			   json_integer(db_whole(rows, i, 1) + 1)) == 0;
	dbsync_free(rows);
	return done;
}

static bool
refresh_cells(struct publisher *p, int64_t from, int64_t to, struct fault *f)
{
	char first[24], behind[24];
	struct db_param params[2];
	const struct cell_taker taker = {.take = on_cell, .gone = on_gone, .arg = p};
	struct dirty_cells chunk = {0};
	struct db_rows *dirty;
	bool done = true;

	snprintf(first, sizeof(first), "%lld", (long long)from);
	snprintf(behind, sizeof(behind), "%lld", (long long)to);
	params[0] = (struct db_param){.data = first, .n = strlen(first)};
	params[1] = (struct db_param){.data = behind, .n = strlen(behind)};
	if (!touch_models(p, params, f) || !touch_submitters(p, params, f) ||
	    (dirty = dbsync_ask(p->db, QUERY_DIRTY_CELLS, params, f)) == NULL)
		return false;
	chunk.rows = dirty;
	for (; done && chunk.from < db_rows_n(dirty); chunk.from += chunk.n) {
		chunk.n = db_rows_n(dirty) - chunk.from;
		if (chunk.n > COLLECT_CELLS_N)
			chunk.n = COLLECT_CELLS_N;
		done = collect_cells(p->db, p->server->suites, &chunk, &taker, f);
	}
	dbsync_free(dirty);
	return done;
}

/* The first round makes a board for every suite, filled or not. */
static bool
touch_suites(struct publisher *p)
{
	const struct suite_set *set = p->server->suites;

	for (size_t i = 0; i < set->n; i++)
		if (!touch_suite(p, set->suites[i]))
			return false;
	return true;
}

/* ---- what is written ---- */

/* Write one document, or remove the one that nothing stands in. Frees what is in it. */
static bool
put(struct publisher *p, struct document *d, bool made, struct fault *f)
{
	bool done =
	    made && (d->text.n > 0 ? site_write(p->folder, d->path.data, d->text.data, d->text.n, f)
				   : site_remove(p->folder, d->path.data, f));

	document_clear(d);
	return done;
}

static bool
write_boards(struct publisher *p, const struct view *v, struct fault *f)
{
	const struct suite_set *set = p->server->suites;
	struct document d = {0};
	char key[96];

	for (size_t i = 0; i < set->n; i++) {
		suite_key(set->suites[i], key, sizeof(key));
		if (json_object_get(p->suites, key) == NULL)
			continue;
		if (!put(p, &d, make_board(v, set->suites[i], &d, f), f))
			return false;
	}
	json_object_clear(p->suites);
	return true;
}

/* Each name of a set has one document. What is written is forgotten. */
static bool
write_named(struct publisher *p, const struct view *v, json_t *names,
    bool (*make)(const struct view *v, const char *name, struct document *out, struct fault *f),
    struct fault *f)
{
	struct document d = {0};
	const char *name;
	json_t *yes;
	void *next;

	json_object_foreach_safe(names, next, name, yes)
	{
		if (!put(p, &d, make(v, name, &d, f), f))
			return false;
		json_object_del(names, name);
	}
	return true;
}

static bool
write_submitters(struct publisher *p, const struct view *v, struct fault *f)
{
	struct document d = {0};
	const char *id;
	json_t *size;
	void *next;

	json_object_foreach_safe(p->submitters, next, id, size)
	{
		if (!put(p, &d, make_submitter(v, id, json_integer_value(size), &d, f), f))
			return false;
		json_object_del(p->submitters, id);
	}
	return true;
}

static bool
write_prices(struct publisher *p, const struct view *v, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(p->db, QUERY_PRICES_SIZE, NULL, f);
	int64_t size = rows != NULL ? db_whole(rows, 0, 0) : -1;
	struct document d = {0};

	dbsync_free(rows);
	if (rows == NULL)
		return false;
	if (size == p->prices_size)
		return true;
	if (!put(p, &d, make_prices(v, size, &d, f), f))
		return false;
	p->prices_size = size;
	return true;
}

static bool
write_decisions(struct publisher *p, const struct view *v, struct fault *f)
{
	char from[24];
	struct db_param param = {.data = from};
	struct db_rows *rows;
	int64_t size = p->decisions_size < 0 ? 0 : p->decisions_size;
	struct document list = {0};
	bool done = true;

	param.n = (size_t)snprintf(from, sizeof(from), "%lld", (long long)size);
	rows = dbsync_ask(p->db, QUERY_DECISIONS_CHANGED, &param, f);
	for (size_t i = 0; done && rows != NULL && i < db_rows_n(rows); i++) {
		struct document d = {0};

		size = db_whole(rows, i, 1) + 1;
		done = put(p, &d, make_decision(v, db_text(rows, i, 0), &d, f), f);
	}
	done = done && rows != NULL;
	dbsync_free(rows);
	if (done && size != p->decisions_size)
		done = put(p, &list, make_decisions(v, size, &list, f), f);
	if (done)
		p->decisions_size = size;
	return done;
}

/* What names another document is written after it, so that no link leads nowhere. */
static bool
write_documents(struct publisher *p, const struct view *v, struct fault *f)
{
	struct document list = {0}, acts = {0}, index = {0};

	if (!write_named(p, v, p->models, make_model, f) ||
	    !write_named(p, v, p->hardware, make_hardware, f) || !write_boards(p, v, f) ||
	    !put(p, &list, make_hardware_list(v, &list, f), f) || !write_submitters(p, v, f) ||
	    !put(p, &acts, make_acts(v, &acts, f), f) || !write_prices(p, v, f) ||
	    !write_decisions(p, v, f) || !put(p, &index, make_index(v, &index, f), f))
		return false;
	p->index_due = false;
	return true;
}

/* ---- a round ---- */

/* A build that does not know the config in force must not show anything by it. */
static bool
may_show(struct publisher *p, bool *may, struct fault *f)
{
	struct rules rules;
	bool done = logged_rules_get(p->server, p->db, &rules, &p->catalogue, f);

	*may = done && (!rules.present || rules_servable(&rules, p->server->suites, NULL));
	rules_clear(&rules);
	return done;
}

static bool
show(struct publisher *p, int64_t size, int64_t as_of_ms, struct fault *f)
{
	struct view v = {.server = p->server,
	    .db = p->db,
	    .catalogue = p->catalogue,
	    .log_size = size,
	    .as_of_ms = as_of_ms};
	bool done;

	p->index_due = true;
	if (p->size < 0 && !touch_suites(p))
		return false;
	if (p->size < size && !refresh_cells(p, p->size < 0 ? 0 : p->size, size, f))
		return false;
	p->size = size;
	v.cells = shown_sorted(&p->cells);
	v.cells_n = p->cells.n;
	done = v.cells != NULL && write_documents(p, &v, f);
	free(v.cells);
	return done;
}

static bool
round_in_snapshot(struct publisher *p, struct fault *f)
{
	struct db_rows *head;
	bool may = false, done;

	if (!dbsync_run(p->db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", f))
		return false;
	head = dbsync_ask(p->db, QUERY_HEAD, NULL, f);
	done = head != NULL && db_rows_n(head) == 1 && may_show(p, &may, f) &&
	       (!may || show(p, db_whole(head, 0, 0), db_whole(head, 0, 1), f)) &&
	       dbsync_run(p->db, "COMMIT", f);
	dbsync_free(head);
	return done || fault_set(f, FAULT_NO_MEMORY, "", "memory for documents", "none");
}

static bool
is_due(struct publisher *p, bool *due, struct fault *f)
{
	struct db_rows *head = dbsync_ask(p->db, QUERY_HEAD, NULL, f);

	*due = head != NULL && (p->index_due || db_whole(head, 0, 0) != p->size);
	dbsync_free(head);
	return head != NULL;
}

static int64_t
rest_after(const struct publisher *p, int64_t worked_ms)
{
	int64_t rest = 2 * worked_ms < REST_MAX_MS ? 2 * worked_ms : REST_MAX_MS;
	int64_t least = p->server->options->publish_interval_ms;

	return rest > least ? rest : least;
}

static void
tell_round(const struct publisher *p, int64_t us)
{
	log_event(LOG_LEVEL_INFO, "published", "size=%lld cells=%zu ms=%lld", (long long)p->size,
	    p->cells.n, (long long)(us / 1000));
	metric_set(p->server->metrics, METRIC_PUBLISHED_SIZE, p->size);
	metric_observe(p->server->metrics, METRIC_PUBLISH_TIME, us);
}

static int64_t
turn(void *arg)
{
	struct publisher *p = arg;
	int64_t began_us = metric_now_us();
	struct fault f = {0};
	bool due = false;

	if (p->db == NULL)
		p->db = dbsync_open(p->server->options->database, "assayd publisher", &f);
	if (p->db != NULL && is_due(p, &due, &f) && (!due || round_in_snapshot(p, &f))) {
		if (due)
			tell_round(p, metric_now_us() - began_us);
		return rest_after(p, (metric_now_us() - began_us) / 1000);
	}
	log_fault(LOG_LEVEL_WARN, "publishing_failed", &f);
	metric_add(p->server->metrics, METRIC_PUBLISH_FAILURES, 0, 1);
	dbsync_close(p->db);
	p->db = NULL;
	return RETRY_MS;
}

/* ---- start and end ---- */

static void
publisher_free(struct publisher *p)
{
	dbsync_close(p->db);
	shown_clear(&p->cells);
	json_decref(p->suites);
	json_decref(p->models);
	json_decref(p->hardware);
	json_decref(p->submitters);
	free(p->folder);
	free(p);
}

struct publisher *
publisher_start(struct server *server, struct fault *f)
{
	struct publisher *p = calloc(1, sizeof(*p));

	if (p != NULL) {
		p->server = server;
		p->size = p->prices_size = p->decisions_size = -1;
		p->folder = path_join(server->options->published, "data/v1");
		p->suites = json_object();
		p->models = json_object();
		p->hardware = json_object();
		p->submitters = json_object();
	}
	if (p == NULL || !p->folder || !p->suites || !p->models || !p->hardware || !p->submitters)
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a publisher", "none");
	else if ((p->thread = periodic_start(turn, p, f)) != NULL)
		return p;
	if (p != NULL)
		publisher_free(p);
	return NULL;
}

void
publisher_stop(struct publisher *p)
{
	if (p == NULL)
		return;
	periodic_stop(p->thread);
	publisher_free(p);
}
