/* dbsync.c — a database connection that waits.
 * SPDX-License-Identifier: Apache-2.0 */
#include "dbsync.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "dbconn.h"

struct dbsync {
	PGconn *conn;
	bool prepared[QUERY__MAX];
	bool timed_out; /* the last SQL text waited too long for a lock */
};

/* libpq's messages end in a line end and may have several lines. */
static bool
set_fault(struct fault *f, const char *what, const char *message)
{
	char text[256];
	size_t n;

	snprintf(text, sizeof(text), "%s", message ? message : "no memory");
	for (n = strlen(text); n > 0 && text[n - 1] == '\n'; n--)
		text[n - 1] = 0;
	for (char *c = text; *c; c++)
		if (*c == '\n')
			*c = ' ';
	return fault_set(f, FAULT_DATABASE, "", what, "%s", text);
}

/* Nothing is read before all that is there is on the standbys too. */
static bool
is_replicated(struct dbsync *db, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(db, QUERY_REPLICATED, NULL, f);

	dbsync_free(rows);
	return rows != NULL;
}

struct dbsync *
dbsync_open(const char *conninfo, const char *name, struct fault *f)
{
	struct dbsync *db = calloc(1, sizeof(*db));

	if (db == NULL) {
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a connection", "none");
		return NULL;
	}
	db->conn = dbconn_open(conninfo, name);
	if (db->conn == NULL || PQstatus(db->conn) != CONNECTION_OK) {
		set_fault(f, "a database that can be reached",
		    db->conn ? PQerrorMessage(db->conn) : NULL);
		dbsync_close(db);
		return NULL;
	}
	if (is_replicated(db, f))
		return db;
	dbsync_close(db);
	return NULL;
}

void
dbsync_close(struct dbsync *db)
{
	if (db == NULL)
		return;
	PQfinish(db->conn);
	free(db);
}

bool
dbsync_is_up(const struct dbsync *db)
{
	return PQstatus(db->conn) == CONNECTION_OK;
}

static bool
prepare(struct dbsync *db, enum query q, struct fault *f)
{
	const struct query_row *row = query_row(q);
	PGresult *r;
	bool done;

	if (db->prepared[q])
		return true;
	r = PQprepare(db->conn, row->name, row->sql, 0, NULL);
	done = PQresultStatus(r) == PGRES_COMMAND_OK;
	if (!done)
		set_fault(f, "a schema that is migrated", PQerrorMessage(db->conn));
	PQclear(r);
	db->prepared[q] = done;
	return done;
}

struct db_rows *
dbsync_ask(struct dbsync *db, enum query q, const struct db_param *params, struct fault *f)
{
	const struct query_row *row = query_row(q);
	const char *values[QUERY_PARAMS_MAX];
	int lengths[QUERY_PARAMS_MAX], formats[QUERY_PARAMS_MAX];
	PGresult *r;

	if (!prepare(db, q, f))
		return NULL;
	for (int i = 0; i < row->params_n; i++) {
		values[i] = params[i].data;
		lengths[i] = (int)params[i].n;
		formats[i] = params[i].binary;
	}
	r = PQexecPrepared(db->conn, row->name, row->params_n, values, lengths, formats, 0);
	if (PQresultStatus(r) == PGRES_TUPLES_OK || PQresultStatus(r) == PGRES_COMMAND_OK)
		return (struct db_rows *)r;
	set_fault(f, row->name, PQerrorMessage(db->conn));
	PQclear(r);
	return NULL;
}

void
dbsync_free(struct db_rows *rows)
{
	PQclear((PGresult *)rows);
}

/* 55P03: lock_not_available. */
bool
dbsync_run_counted(struct dbsync *db, const char *sql, int64_t *changed_n, struct fault *f)
{
	PGresult *r = PQexec(db->conn, sql);
	ExecStatusType status = PQresultStatus(r);
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

	if (!done)
		set_fault(f, "SQL that runs", PQerrorMessage(db->conn));
	*changed_n = done ? strtoll(PQcmdTuples(r), NULL, 10) : 0;
	db->timed_out = state != NULL && strcmp(state, "55P03") == 0;
	PQclear(r);
	return done;
}

bool
dbsync_run(struct dbsync *db, const char *sql, struct fault *f)
{
	int64_t changed_n;

	return dbsync_run_counted(db, sql, &changed_n, f);
}

bool
dbsync_timed_out(const struct dbsync *db)
{
	return db->timed_out;
}

struct db_rows *
dbsync_run_params(
    struct dbsync *db, const char *sql, const char *const *values, int n, struct fault *f)
{
	PGresult *r = PQexecParams(db->conn, sql, n, NULL, values, NULL, NULL, 0);

	if (PQresultStatus(r) == PGRES_TUPLES_OK || PQresultStatus(r) == PGRES_COMMAND_OK)
		return (struct db_rows *)r;
	set_fault(f, "SQL that runs", PQerrorMessage(db->conn));
	PQclear(r);
	return NULL;
}
