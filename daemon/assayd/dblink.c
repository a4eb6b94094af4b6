/* dblink.c — the connection under a db: connecting, sending, reading answers, losing it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "dblink.h"

#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dbconn.h"
#include "log.h"
#include "options.h"
#include "server.h"
#include "worker.h"

#define RETRY_FIRST_MS 50

static void link_lost(struct db *db, const char *why);

static void
link_state(struct db *db, enum db_state state)
{
	static const char *const names[] = {
	    [DB_WAITING] = "waiting", [DB_CONNECTING] = "connecting", [DB_UP] = "up"};

	log_event(LOG_LEVEL_DEBUG, "db_state", "worker=%d from=%s to=%s", db->worker->number,
	    names[db->state], names[state]);
	db->state = state;
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
	return PQsendQueryPrepared(
		   db->conn, row->name, row->params_n, values, lengths, formats, 0) == 1;
}

/* Push what libpq holds; ask for writability if the socket is full. */
static void
link_flush(struct db *db)
{
	int left = PQflush(db->conn);

	if (left < 0)
		link_lost(db, PQerrorMessage(db->conn));
	else if (left > 0)
		event_add(db->writable, NULL);
}

/* One sync mark behind each statement makes each its own transaction: one that fails hurts no
 * other. */
static void
link_send(struct db *db)
{
	struct ask *a;
	size_t place = 0;

	TAILQ_FOREACH (a, &db->asks, link) {
		if (place++ < db->sent_n)
			continue;
		if (!(a->prepares ? send_prepare(db, a) : send_query(db, a)) ||
		    PQpipelineSync(db->conn) != 1) {
			link_lost(db, PQerrorMessage(db->conn));
			return;
		}
		db->sent_n++;
	}
	link_flush(db);
}

static void
on_sender(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	(void)fd;
	(void)what;
	if (db->state == DB_UP)
		link_send(db);
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
			link_lost(db, PQresultErrorMessage(a->result));
			return false;
		}
		error_fault(db, a, &f);
		if (a->prepares || a->query == QUERY_REPLICATED) {
			link_lost(db, "a statement could not be prepared; is the schema migrated?");
			return false;
		}
		ask_tell(a, NULL, &f);
	} else if (a->query == QUERY_REPLICATED && !a->prepares) {
		db->prepared = true;
		db->retry_ms = RETRY_FIRST_MS;
		log_event(LOG_LEVEL_INFO, "db_up", "worker=%d", db->worker->number);
	} else if (!a->prepares) {
		ask_tell(a, (const struct db_rows *)a->result, NULL);
	}
	db->sent_n--;
	ask_free(db, a);
	return true;
}

static void
link_read(struct db *db)
{
	if (PQconsumeInput(db->conn) != 1) {
		link_lost(db, PQerrorMessage(db->conn));
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
		link_lost(db, PQerrorMessage(db->conn));
	else
		deadline_arm(db);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	(void)fd;
	(void)what;
	link_read(db);
	if (db->state == DB_UP)
		link_flush(db);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	(void)fd;
	(void)what;
	link_flush(db);
}

/* ---- connecting ---- */

static void
events_drop(struct db *db)
{
	if (db->readable != NULL)
		event_free(db->readable);
	if (db->writable != NULL)
		event_free(db->writable);
	if (db->readable != NULL || db->writable != NULL)
		close(db->watched);
	db->readable = db->writable = NULL;
}

/* libpq closes its socket on its own when the other end is gone, and another thread may have the
 * number before our events are: so they are of a descriptor that only we close. NULL without one.
 */
static struct event *
socket_event(struct db *db, short what, event_callback_fn call)
{
	struct event *event;

	if (db->readable == NULL && db->writable == NULL)
		db->watched = fcntl(PQsocket(db->conn), F_DUPFD_CLOEXEC, 0);
	if (db->watched < 0)
		return NULL;
	event = event_new(db->worker->base, db->watched, what, call, db);
	if (event == NULL && db->readable == NULL && db->writable == NULL)
		close(db->watched);
	return event;
}

/* A host that takes connections and leads nowhere must not keep us from those behind it. */
static void
choose_hosts(struct db *db)
{
	if (db->prepared || !dbconn_behind(db->conn, &db->hosts))
		dbhosts_free(&db->hosts);
}

/* What was sent but not answered is unknown; all of it may be sent again, so it stays in the queue.
 */
static void
link_lost(struct db *db, const char *why)
{
	struct ask *a, *next;
	const char *host = PQhost(db->conn);
	char text[512], where[256];

	log_event(LOG_LEVEL_WARN, "db_lost",
	    "worker=%d host=%s unknown=%zu retry_ms=%lld reason=%s", db->worker->number,
	    log_quote(host ? host : "", where, sizeof(where)), db->sent_n, (long long)db->retry_ms,
	    log_quote(why, text, sizeof(text)));
	events_drop(db);
	choose_hosts(db);
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
	link_state(db, DB_WAITING);
	timer_in(db->timer, db->retry_ms);
	db->retry_ms *= 2;
	if (db->retry_ms > db->worker->server->options->db_retry_max_ms)
		db->retry_ms = db->worker->server->options->db_retry_max_ms;
}

static bool
ask_first(struct db *db, enum query q, bool prepares)
{
	struct ask *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return false;
	a->prepares = prepares;
	a->query = q;
	TAILQ_INSERT_HEAD(&db->asks, a, link);
	asks_count(db, 1);
	return true;
}

/* Preparations go before whatever waits, in table order; between them stands the wait for standbys,
 * so that nothing is answered from what a failover could take back. */
static bool
link_prepare(struct db *db)
{
	bool done = ask_first(db, QUERY_REPLICATED, false);

	for (int q = QUERY_WORKER_LAST; done && q >= QUERY_REPLICATED; q--)
		done = ask_first(db, (enum query)q, true);
	return done;
}

static void
link_up(struct db *db)
{
	evtimer_del(db->timer);
	events_drop(db);
	db->readable = socket_event(db, EV_READ | EV_PERSIST, on_readable);
	db->writable = socket_event(db, EV_WRITE, on_writable);
	if (db->readable == NULL || db->writable == NULL || PQsetnonblocking(db->conn, 1) != 0 ||
	    PQenterPipelineMode(db->conn) != 1 || !link_prepare(db)) {
		link_lost(db, "the connection could not be set up");
		return;
	}
	event_add(db->readable, NULL);
	link_state(db, DB_UP);
	link_send(db);
}

/* Each host of a connection string that names several has its own time. */
static void
limit_host(struct db *db)
{
	const char *host = PQhost(db->conn);

	if (host != db->host)
		timer_in(db->timer, db->host_ms);
	db->host = host;
}

static void
on_handshake(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;
	PostgresPollingStatusType next = PQconnectPoll(db->conn);

	limit_host(db);
	(void)fd;
	(void)what;
	if (next == PGRES_POLLING_OK) {
		link_up(db);
		return;
	}
	if (next == PGRES_POLLING_FAILED) {
		link_lost(db, PQerrorMessage(db->conn));
		return;
	}
	events_drop(db);
	db->readable =
	    socket_event(db, next == PGRES_POLLING_READING ? EV_READ : EV_WRITE, on_handshake);
	if (db->readable == NULL)
		link_lost(db, "no memory for an event");
	else
		event_add(db->readable, NULL);
}

static void
link_connect(struct db *db)
{
	link_state(db, DB_CONNECTING);
	db->conn = dbconn_start(db->worker->server->options->database, "assayd worker", &db->hosts);
	if (db->conn == NULL || PQstatus(db->conn) == CONNECTION_BAD) {
		link_lost(db, db->conn ? PQerrorMessage(db->conn) : "no memory");
		return;
	}
	db->readable = socket_event(db, EV_WRITE, on_handshake);
	if (db->readable == NULL) {
		link_lost(db, "no memory for an event");
		return;
	}
	event_add(db->readable, NULL);
	db->host = NULL;
	db->host_ms = dbconn_limit_ms(db->conn);
	limit_host(db);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct db *db = arg;

	(void)fd;
	(void)what;
	if (db->state == DB_WAITING)
		link_connect(db);
	else if (db->state == DB_CONNECTING)
		link_lost(db, "no connection in time");
}

/* ---- opening and closing ---- */

bool
dblink_open(struct db *db)
{
	db->retry_ms = RETRY_FIRST_MS;
	db->timer = evtimer_new(db->worker->base, on_timer, db);
	db->sender = event_new(db->worker->base, -1, 0, on_sender, db);
	if (db->timer == NULL || db->sender == NULL)
		return false;
	timer_in(db->timer, 0);
	return true;
}

void
dblink_close(struct db *db)
{
	events_drop(db);
	PQfinish(db->conn);
	db->conn = NULL;
	dbhosts_free(&db->hosts);
	if (db->timer != NULL)
		event_free(db->timer);
	if (db->sender != NULL)
		event_free(db->sender);
	db->timer = db->sender = NULL;
}
