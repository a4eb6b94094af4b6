/* db.c — one asynchronous, pipelined database connection per worker.
 * SPDX-License-Identifier: Apache-2.0 */
#include "db.h"

#include <event2/event.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/time.h>
#include <time.h>

#include "dbconn.h"
#include "log.h"
#include "options.h"
#include "server.h"
#include "worker.h"

#define RETRY_FIRST_MS 50
#define CONNECT_DEADLINE_MS 5000

/* Where a connection is:
 *   DB_WAITING     no connection; `timer` starts the next try
 *   DB_CONNECTING  libpq is shaking hands; `timer` gives up on it
 *   DB_UP          statements are sent; preparing them is the first thing in the pipeline */
enum db_state { DB_WAITING, DB_CONNECTING, DB_UP };

/* One statement, from db_ask() to its done(). In `asks` in the order of sending; the first sent_n of
 * them are in the pipeline. done is NULL once it has been called (deadline) or for a preparation. */
struct ask {
	TAILQ_ENTRY(ask) link;
	enum query query;
	bool prepares;
	void (*done)(void *arg, const struct db_rows *rows, const struct fault *fault);
	void *arg;
	int64_t deadline_ms;
	PGresult *result; /* first result that came, until the sync mark follows */
	struct db_param params[QUERY_PARAMS_MAX];
	unsigned char bytes[]; /* what params point to */
};
TAILQ_HEAD(ask_list, ask);

struct db {
	struct worker *worker;
	const struct options *options;
	enum db_state state;
	PGconn *conn;
	struct event *readable, *writable; /* of the socket */
	struct event *timer, *deadline, *sender;
	struct ask_list asks;
	size_t asks_n, sent_n;
	int64_t retry_ms;
	bool prepared; /* all preparations have been answered */
};

static void db_lost(struct db *db, const char *why);

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
timer_in(struct event *timer, int64_t ms)
{
	struct timeval t = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};

	event_add(timer, &t);
}

static void
db_state_set(struct db *db, enum db_state state)
{
	static const char *const names[] = {
	    [DB_WAITING] = "waiting", [DB_CONNECTING] = "connecting", [DB_UP] = "up"};

	log_event(LOG_LEVEL_DEBUG, "db_state", "worker=%d from=%s to=%s", db->worker->number,
	    names[db->state], names[state]);
	db->state = state;
}

static void
ask_free(struct db *db, struct ask *a)
{
	TAILQ_REMOVE(&db->asks, a, link);
	db->asks_n--;
	PQclear(a->result);
	free(a);
}

static void
ask_tell(struct ask *a, const struct db_rows *rows, const struct fault *f)
{
	void (*done)(void *, const struct db_rows *, const struct fault *) = a->done;

	a->done = NULL;
	if (done != NULL)
		done(a->arg, rows, f);
}

/* Deadlines are equal, so the first ask that still waits is the next to expire. */
static void
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
		    (long long)db->options->db_deadline_ms);
		ask_tell(a, NULL, &f);
		if (place >= db->sent_n)
			ask_free(db, a);
	}
	deadline_arm(db);
}

/* ---- sending ---- */

static bool
send_prepare(struct db *db, const struct ask *a)
{
	const struct query_row *row = query_row(a->query);

	return PQsendPrepare(db->conn, row->name, row->sql, 0, NULL) == 1;
}

static bool
send_query(struct db *db, const struct ask *a)
{
	const char *values[QUERY_PARAMS_MAX];
	int lengths[QUERY_PARAMS_MAX], formats[QUERY_PARAMS_MAX];
	const struct query_row *row = query_row(a->query);

	for (int i = 0; i < row->params_n; i++) {
		values[i] = a->params[i].data;
		lengths[i] = (int)a->params[i].n;
		formats[i] = a->params[i].binary;
	}
	return PQsendQueryPrepared(db->conn, row->name, row->params_n, values, lengths, formats, 0) == 1;
}

/* Push what libpq holds; ask for writability if the socket is full. */
static void
db_flush(struct db *db)
{
	int left = PQflush(db->conn);

	if (left < 0)
		db_lost(db, PQerrorMessage(db->conn));
	else if (left > 0)
		event_add(db->writable, NULL);
}

/* One sync mark behind each statement makes each its own transaction: one that fails hurts no other. */
static void
db_send(struct db *db)
{
	struct ask *a;
	size_t place = 0;

	TAILQ_FOREACH (a, &db->asks, link) {
		if (place++ < db->sent_n)
			continue;
		if (!(a->prepares ? send_prepare(db, a) : send_query(db, a)) ||
		    PQpipelineSync(db->conn) != 1) {
			db_lost(db, PQerrorMessage(db->conn));
			return;
		}
		db->sent_n++;
	}
	db_flush(db);
}

static void
on_sender(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	(void)fd;
	(void)what;
	if (db->state == DB_UP)
		db_send(db);
}

/* ---- answers ---- */

/* Errors that say something of the connection or its server, not of the statement. */
static bool
means_lost(const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	return state == NULL || strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0 ||
	       strcmp(state, "25006") == 0;
}

static void
error_fault(struct db *db, const struct ask *a, struct fault *f)
{
	const char *state = PQresultErrorField(a->result, PG_DIAG_SQLSTATE);
	char text[512];

	log_event(LOG_LEVEL_ERROR, "db_error", "worker=%d query=%s sqlstate=%s text=%s",
	    db->worker->number, query_row(a->query)->name, state ? state : "none",
	    log_quote(PQresultErrorMessage(a->result), text, sizeof(text)));
	if (state != NULL && (strncmp(state, "53", 2) == 0 || strncmp(state, "40", 2) == 0))
		fault_set(f, FAULT_DATABASE, "", "a database that can store", "SQLSTATE %s", state);
	else
		fault_set(f, FAULT_INTERNAL, "", "a statement that works", "SQLSTATE %s",
		    state ? state : "none");
}

/* The sync mark of the first ask has come: it is complete. False: the connection was given up. */
static bool
ask_complete(struct db *db)
{
	struct ask *a = TAILQ_FIRST(&db->asks);
	ExecStatusType status = PQresultStatus(a->result);
	struct fault f = {0};

	/* Nothing called from here touches the connection: db_ask() only wakes the sender. */
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
		if (means_lost(a->result)) {
			db_lost(db, PQresultErrorMessage(a->result));
			return false;
		}
		error_fault(db, a, &f);
		if (a->prepares) {
			db_lost(db, "a statement could not be prepared; is the schema migrated?");
			return false;
		}
		ask_tell(a, NULL, &f);
	} else if (!a->prepares) {
		ask_tell(a, (const struct db_rows *)a->result, NULL);
	} else if (a->query == QUERY_STATEMENT) {
		db->prepared = true;
		db->retry_ms = RETRY_FIRST_MS;
		log_event(LOG_LEVEL_INFO, "db_up", "worker=%d", db->worker->number);
	}
	db->sent_n--;
	ask_free(db, a);
	return true;
}

static void
db_read(struct db *db)
{
	if (PQconsumeInput(db->conn) != 1) {
		db_lost(db, PQerrorMessage(db->conn));
		return;
	}
	while (db->sent_n > 0 && !PQisBusy(db->conn)) {
		struct ask *a = TAILQ_FIRST(&db->asks);
		PGresult *r = PQgetResult(db->conn);

		if (r == NULL)
			continue;
		if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) {
			PQclear(r);
			if (!ask_complete(db))
				return;
		} else if (a->result == NULL) {
			a->result = r;
		} else {
			PQclear(r);
		}
	}
	if (PQstatus(db->conn) == CONNECTION_BAD)
		db_lost(db, PQerrorMessage(db->conn));
	else
		deadline_arm(db);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	(void)fd;
	(void)what;
	db_read(db);
	if (db->state == DB_UP)
		db_flush(db);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	(void)fd;
	(void)what;
	db_flush(db);
}

/* ---- connecting ---- */

static void
db_events_drop(struct db *db)
{
	if (db->readable != NULL)
		event_free(db->readable);
	if (db->writable != NULL)
		event_free(db->writable);
	db->readable = db->writable = NULL;
}

/* What was sent but not answered is unknown; all of it may be sent again, so it stays in the queue. */
static void
db_lost(struct db *db, const char *why)
{
	struct ask *a, *next;
	char text[512];

	log_event(LOG_LEVEL_WARN, "db_lost", "worker=%d unknown=%zu retry_ms=%lld reason=%s",
	    db->worker->number, db->sent_n, (long long)db->retry_ms,
	    log_quote(why, text, sizeof(text)));
	db_events_drop(db);
	PQfinish(db->conn);
	db->conn = NULL;
	db->sent_n = 0;
	db->prepared = false;
	for (a = TAILQ_FIRST(&db->asks); a != NULL; a = next) {
		next = TAILQ_NEXT(a, link);
		PQclear(a->result);
		a->result = NULL;
		if (a->done == NULL)
			ask_free(db, a);
	}
	db_state_set(db, DB_WAITING);
	timer_in(db->timer, db->retry_ms);
	db->retry_ms *= 2;
	if (db->retry_ms > db->options->db_retry_max_ms)
		db->retry_ms = db->options->db_retry_max_ms;
}

/* Preparations go before whatever waits, in table order. */
static bool
db_prepare(struct db *db)
{
	for (int q = QUERY_STATEMENT; q >= QUERY_PING; q--) {
		struct ask *a = calloc(1, sizeof(*a));

		if (a == NULL)
			return false;
		a->prepares = true;
		a->query = (enum query)q;
		TAILQ_INSERT_HEAD(&db->asks, a, link);
		db->asks_n++;
	}
	return true;
}

static void
db_connected(struct db *db)
{
	evtimer_del(db->timer);
	db_events_drop(db);
	db->readable = event_new(db->worker->base, PQsocket(db->conn), EV_READ | EV_PERSIST, on_readable, db);
	db->writable = event_new(db->worker->base, PQsocket(db->conn), EV_WRITE, on_writable, db);
	if (db->readable == NULL || db->writable == NULL || PQsetnonblocking(db->conn, 1) != 0 ||
	    PQenterPipelineMode(db->conn) != 1 || !db_prepare(db)) {
		db_lost(db, "the connection could not be set up");
		return;
	}
	event_add(db->readable, NULL);
	db_state_set(db, DB_UP);
	db_send(db);
}

static void
on_handshake(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;
	PostgresPollingStatusType next = PQconnectPoll(db->conn);

	(void)fd;
	(void)what;
	if (next == PGRES_POLLING_OK) {
		db_connected(db);
		return;
	}
	if (next == PGRES_POLLING_FAILED) {
		db_lost(db, PQerrorMessage(db->conn));
		return;
	}
	db_events_drop(db);
	db->readable = event_new(db->worker->base, PQsocket(db->conn),
	    next == PGRES_POLLING_READING ? EV_READ : EV_WRITE, on_handshake, db);
	if (db->readable == NULL)
		db_lost(db, "no memory for an event");
	else
		event_add(db->readable, NULL);
}

static void
db_connect(struct db *db)
{
	db_state_set(db, DB_CONNECTING);
	db->conn = dbconn_start(db->options->database, "assayd worker");
	if (db->conn == NULL || PQstatus(db->conn) == CONNECTION_BAD) {
		db_lost(db, db->conn ? PQerrorMessage(db->conn) : "no memory");
		return;
	}
	db->readable = event_new(db->worker->base, PQsocket(db->conn), EV_WRITE, on_handshake, db);
	if (db->readable == NULL) {
		db_lost(db, "no memory for an event");
		return;
	}
	event_add(db->readable, NULL);
	timer_in(db->timer, CONNECT_DEADLINE_MS);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	(void)fd;
	(void)what;
	if (db->state == DB_WAITING)
		db_connect(db);
	else if (db->state == DB_CONNECTING)
		db_lost(db, "no connection in time");
}

/* ---- from outside ---- */

struct db *
db_new(struct worker *worker)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db == NULL)
		return NULL;
	db->worker = worker;
	db->options = worker->server->options;
	db->retry_ms = RETRY_FIRST_MS;
	TAILQ_INIT(&db->asks);
	db->timer = evtimer_new(worker->base, on_timer, db);
	db->deadline = evtimer_new(worker->base, on_deadline, db);
	db->sender = event_new(worker->base, -1, 0, on_sender, db);
	if (db->timer == NULL || db->deadline == NULL || db->sender == NULL) {
		db_free(db);
		return NULL;
	}
	timer_in(db->timer, 0);
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
	db_events_drop(db);
	PQfinish(db->conn);
	if (db->timer != NULL)
		event_free(db->timer);
	if (db->deadline != NULL)
		event_free(db->deadline);
	if (db->sender != NULL)
		event_free(db->sender);
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

	if (db->asks_n >= (size_t)db->options->db_queue_max_n)
		return fault_set(f, FAULT_BUSY, "", "a place in the queue to the database",
		    "%zu waiting already", db->asks_n);
	a = ask_new(q, params);
	if (a == NULL)
		return fault_set(f, FAULT_BUSY, "", "memory for a statement", "none");
	a->done = done;
	a->arg = arg;
	a->deadline_ms = now_ms() + db->options->db_deadline_ms;
	TAILQ_INSERT_TAIL(&db->asks, a, link);
	db->asks_n++;
	event_active(db->sender, 0, 0);
	if (db->asks_n == 1)
		deadline_arm(db);
	return true;
}
