/* publish.c — which cells and documents the log's growth touched, and writing those.
 * SPDX-License-Identifier: Apache-2.0 */
#include "publish.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "due.h"
#include "file.h"
#include "log.h"
#include "logged_rules.h"
#include "metrics.h"
#include "periodic.h"
#include "tray.h"

#define RETRY_MS 500
#define REST_MAX_MS 1000
#define CODE_MS 500 /* coded files are made for so long between two rounds */

/* A document on the tray, or that did not change: due until the tray is served. */
struct written {
	json_t *names; /* of its kind */
	const char *name;
};

struct publisher {
	struct server *server;
	struct dbsync *db;
	struct periodic *thread;
	char *folder;      /* of the documents */
	int64_t size;      /* of the log as the cells are shown; -1: nothing yet */
	int64_t estimator; /* that they were made by */
	struct shown_set cells;
	struct days days;
	const struct catalogue *catalogue; /* of the newest config */
	struct due due;
	struct tray tray;
	struct written written[TRAY_FILES_N];
	size_t written_n;
	json_t *value_parts;
	bool more; /* is due than was written */
	atomic_bool
	    ends; /* a round may be long: what it has not written by then is the next start's */
};

/* ---- what is touched ---- */

/* A cell may now go by another model's name: the documents of both change. */
static bool
on_cell(void *arg, struct shown *s)
{
	struct publisher *p = arg;
	const struct shown *before = shown_find(&p->cells, s->cell);

	if (due_add_cell(&p->due, s) && (before == NULL || due_add_model(&p->due, before->model)))
		return shown_put(&p->cells, s);
	shown_free(s);
	return false;
}

static bool
on_gone(void *arg, const uint8_t cell[SHA256_SIZE])
{
	struct publisher *p = arg;
	const struct shown *before = shown_find(&p->cells, cell);

	if (before != NULL && !due_add_cell(&p->due, before))
		return false;
	shown_drop(&p->cells, cell);
	return true;
}

static bool
refresh_cells(struct publisher *p, enum query which, int64_t from, int64_t to, struct fault *f)
{
	char first[24], behind[24];
	struct db_param params[2] = {{.data = first}, {.data = behind}};
	const struct cell_taker taker = {.take = on_cell, .gone = on_gone, .arg = p};
	struct dirty_cells chunk = {.estimator = p->estimator};
	struct db_rows *dirty;
	bool done = true;

	params[0].n = (size_t)snprintf(first, sizeof(first), "%lld", (long long)from);
	params[1].n = (size_t)snprintf(behind, sizeof(behind), "%lld", (long long)to);
	dirty = dbsync_ask(p->db, which, params, f);
	if (dirty == NULL)
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

/* What goes by other names now is made anew, with what was touched. */
static bool
refresh_all(struct publisher *p, int64_t from, int64_t to, struct fault *f)
{
	if (!refresh_cells(p, QUERY_DIRTY_CELLS, from, to, f) ||
	    (p->due.renamed && !refresh_cells(p, QUERY_RENAMED_CELLS, from, to, f)))
		return false;
	p->due.renamed = false;
	return true;
}

static bool
touch_all(struct publisher *p)
{
	const char *name;
	json_t *size;
	bool done = !p->due.all || due_add_suites(&p->due, p->server->suites);

	if (p->due.all)
		json_object_foreach (p->due.model_sizes, name, size)
			done = done && due_add_model(&p->due, name);
	for (size_t i = 0; done && p->due.all && i < p->cells.n; i++)
		done = due_add_cell(&p->due, p->cells.by_cell[i]);
	p->due.all = p->due.all && !done;
	return done;
}

/* ---- what is written ---- */

/* What is written is due no more, once it is there. */
static bool
serve(struct publisher *p, struct fault *f)
{
	bool done = tray_serve(&p->tray, f);

	for (size_t i = 0; done && i < p->written_n; i++)
		json_object_del(p->written[i].names, p->written[i].name);
	p->written_n = 0;
	return done;
}

/* Write one document, or remove the one that nothing stands in. Frees what is in it. */
static bool
put(struct publisher *p, struct document *d, bool made, struct fault *f)
{
	bool done = made && (d->path.n == 0 || tray_put(&p->tray, p->folder, d->path.data,
						   d->text.data, d->text.n, f));

	document_clear(d);
	return done;
}

static bool
write_kind(struct publisher *p, const struct view *v, enum document_kind kind, struct fault *f)
{
	struct document d = {0};
	json_t *names = p->due.names[kind], *size;
	const char *name;
	void *next;
	int n = 0;

	p->more = false;
	json_object_foreach_safe(names, next, name, size)
	{
		const struct wanted w = {.name = name, .log_size = json_integer_value(size)};

		if ((document_rows[kind].round_max > 0 && n++ == document_rows[kind].round_max) ||
		    atomic_load(&p->ends)) {
			p->more = true;
			break;
		}
		if (!put(p, &d, document_rows[kind].make(v, &w, &d, f), f))
			return false;
		p->written[p->written_n++] = (struct written){names, name};
		if (p->written_n == TRAY_FILES_N && !serve(p, f))
			return false;
	}
	return true;
}

/* Files get their names in the order in which they are made, also those of one tray. */
static bool
write_documents(struct publisher *p, const struct view *v, struct fault *f)
{
	tray_drop(&p->tray); /* of a round that failed */
	p->written_n = 0;
	for (int kind = 0; kind < DOCUMENT__MAX && (kind == 0 || !p->more); kind++)
		if (!write_kind(p, v, (enum document_kind)kind, f))
			return false;
	return serve(p, f);
}

/* ---- a round ---- */

/* A build that does not know the config in force must not show anything by it. */
static bool
may_show(struct publisher *p, bool *may, struct fault *f)
{
	struct rules rules;
	bool done = logged_rules_get(p->server, p->db, &rules, &p->catalogue, f);

	*may = done && (!rules.present || rules_servable(&rules, p->server->suites, NULL));
	if (rules.present && rules.estimator != p->estimator) {
		p->estimator = rules.estimator;
		p->size = -1; /* it makes every cell anew */
	}
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
	    .value_parts = p->value_parts,
	    .as_of_ms = as_of_ms};
	int64_t from = p->size < 0 ? 0 : p->size;
	bool done;

	p->more = true;
	if (!due_add_round(&p->due, p->server->suites, p->size < 0) ||
	    (from < size &&
		(!due_add_touched(&p->due, p->db, from, size, f) ||
		    !refresh_all(p, from, size, f) || !days_take(&p->days, p->db, from, size, f) ||
		    !due_add_days(&p->due, &p->days, &v, from, f))))
		return false;
	if (!touch_all(p))
		return false;
	p->size = size;
	v.config_size = p->due.config_size;
	v.cells = shown_sorted(&p->cells);
	v.cells_n = p->cells.n;
	v.set = &p->cells;
	v.days = &p->days;
	done = v.cells != NULL && write_documents(p, &v, f);
	p->more = p->more || !done;
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

	*due = head != NULL && (p->more || db_whole(head, 0, 0) != p->size);
	dbsync_free(head);
	return head != NULL;
}

static int64_t
rest_after(const struct publisher *p, int64_t worked_ms)
{
	int64_t rest = 2 * worked_ms < REST_MAX_MS ? 2 * worked_ms : REST_MAX_MS;
	int64_t least = p->server->options->publish_interval_ms;

	return rest > least && json_object_size(p->tray.uncoded) == 0 ? rest : least;
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
		if (tray_code(&p->tray, CODE_MS, &f))
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
	due_clear(&p->due);
	days_clear(&p->days);
	tray_clear(&p->tray);
	json_decref(p->value_parts);
	free(p->folder);
	free(p);
}

struct publisher *
publisher_start(struct server *server, struct fault *f)
{
	struct publisher *p = calloc(1, sizeof(*p));

	if (p != NULL) {
		p->server = server;
		p->size = -1;
		p->value_parts = json_object();
		p->folder = path_join(server->options->published, "data/v1");
	}
	if (p == NULL || !p->folder || !p->value_parts || !due_begin(&p->due) ||
	    !tray_begin(&p->tray))
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
	atomic_store(&p->ends, true);
	periodic_stop(p->thread);
	publisher_free(p);
}
