/* db.c — one asynchronous, pipelined database connection per worker.
 * SPDX-License-Identifier: Apache-2.0 */
#include "db.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "dblink.h"
#include "metrics.h"
#include "options.h"
#include "server.h"
#include "worker.h"

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
asks_count(struct db *db, int more)
{
	db->asks_n += (size_t)more;
	metric_add(db->worker->metrics, METRIC_DB_QUEUE, 0, more);
}

void
ask_free(struct db *db, struct ask *a)
{
	TAILQ_REMOVE(&db->asks, a, link);
	asks_count(db, -1);
	PQclear(a->result);
	free(a);
}

void
ask_tell(struct ask *a, const struct db_rows *rows, const struct fault *f)
{
	void (*done)(void *, const struct db_rows *, const struct fault *) = a->done;

	a->done = NULL;
	if (done != NULL)
		done(a->arg, rows, f);
}

void
timer_in(struct event *timer, int64_t ms)
{
	struct timeval t = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};

	event_add(timer, &t);
}

/* Deadlines are equal, so the first ask that still waits is the next to expire. */
void
deadline_arm(struct db *db)
{
	struct ask *a;

	evtimer_del(db->deadline);
	TAILQ_FOREACH (a, &db->asks, link)
		if (a->done != NULL) {
			int64_t left = a->deadline_ms - now_ms();

			timer_in(db->deadline, left > 0 ? left : 0);
			return;
		}
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;
	struct ask *a, *next;
	int64_t now = now_ms();
	size_t place = 0;

	(void)fd;
	(void)what;
	for (a = TAILQ_FIRST(&db->asks); a != NULL; a = next, place++) {
		struct fault f = {0};

		next = TAILQ_NEXT(a, link);
		if (a->done == NULL || a->deadline_ms > now)
			continue;
		fault_set(&f, db->state == DB_UP ? FAULT_DEADLINE : FAULT_DATABASE, "",
		    "an answer from the database in time", "none in %lld ms",
		    (long long)db->worker->server->options->db_deadline_ms);
		ask_tell(a, NULL, &f);
		if (place >= db->sent_n)
			ask_free(db, a);
	}
	deadline_arm(db);
}

struct db *
db_new(struct worker *worker)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db == NULL)
		return NULL;
	db->worker = worker;
	TAILQ_INIT(&db->asks);
	db->deadline = evtimer_new(worker->base, on_deadline, db);
	if (db->deadline == NULL || !dblink_open(db)) {
		db_free(db);
		return NULL;
	}
	return db;
}

void
db_free(struct db *db)
{
	struct fault f = {0};
	struct ask *a;

	if (db == NULL)
		return;
	fault_set(&f, FAULT_DATABASE, "", "a running server", "one that stops");
	while ((a = TAILQ_FIRST(&db->asks)) != NULL) {
		ask_tell(a, NULL, &f);
		ask_free(db, a);
	}
	dblink_close(db);
	if (db->deadline != NULL)
		event_free(db->deadline);
	free(db);
}

bool
db_is_up(const struct db *db)
{
	return db->state == DB_UP && db->prepared;
}

static struct ask *
ask_new(enum query q, const struct db_param *params)
{
	int n = query_row(q)->params_n;
	size_t bytes = 0;
	struct ask *a;

	for (int i = 0; i < n; i++)
		bytes += params[i].n + 1;
	a = calloc(1, sizeof(*a) + bytes);
	if (a == NULL)
		return NULL;
	bytes = 0;
	for (int i = 0; i < n; i++) {
		a->params[i] = params[i];
		if (params[i].data == NULL)
			continue;
		memcpy(a->bytes + bytes, params[i].data, params[i].n);
		a->params[i].data = a->bytes + bytes;
		bytes += params[i].n + 1;
	}
	a->query = q;
	return a;
}

bool
db_ask(struct db *db, enum query q, const struct db_param *params,
    void (*done)(void *arg, const struct db_rows *rows, const struct fault *fault), void *arg,
    struct fault *f)
{
	struct ask *a;

	if (db->asks_n >= (size_t)db->worker->server->options->db_queue_max_n)
		return fault_set(f, FAULT_BUSY, "", "a place in the queue to the database",
		    "%zu waiting already", db->asks_n);
	a = ask_new(q, params);
	if (a == NULL)
		return fault_set(f, FAULT_BUSY, "", "memory for a statement", "none");
	a->done = done;
	a->arg = arg;
	a->deadline_ms = now_ms() + db->worker->server->options->db_deadline_ms;
	TAILQ_INSERT_TAIL(&db->asks, a, link);
	asks_count(db, 1);
	event_active(db->sender, 0, 0);
	if (!evtimer_pending(db->deadline, NULL))
		deadline_arm(db);
	return true;
}
