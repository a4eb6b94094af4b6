/* dbconn.c — how every connection to the database is begun.
 * SPDX-License-Identifier: Apache-2.0 */
#include "dbconn.h"

#include <stdlib.h>
#include <string.h>

#include "dbhosts.h"

#define LIMIT_S "5"

/* A frozen or cut-off database host must be noticed in about three seconds. What the operator
 * writes (`dbname`) beats what stands before it. Statements are short: compiling one, as PostgreSQL
 * does where it fears a branch that mostly is never taken, took a second for each. */
#define PARAMETERS(conninfo, name, hosts)                                                          \
	const char *const names[] = {"client_encoding", "fallback_application_name", "keepalives", \
	    "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",      \
	    "connect_timeout", "options", "target_session_attrs", "dbname", "host", "hostaddr",    \
	    "port", NULL};                                                                         \
	const char *const values[] = {"UTF8", name, "1", "1", "1", "2", "3000", LIMIT_S,           \
	    "-c jit=off", "read-write", conninfo, (hosts)->host, (hosts)->hostaddr, (hosts)->port, \
	    NULL}

PGconn *
dbconn_start(const char *conninfo, const char *name, const struct dbhosts *hosts)
{
	PARAMETERS(conninfo, name, hosts);

	return PQconnectStartParams(names, values, 1);
}

static PGconn *
open_one(const char *conninfo, const char *name, const struct dbhosts *hosts)
{
	PARAMETERS(conninfo, name, hosts);

	return PQconnectdbParams(names, values, 1);
}

PGconn *
dbconn_open(const char *conninfo, const char *name)
{
	struct dbhosts hosts = {0};
	PGconn *first = open_one(conninfo, name, &hosts), *conn = first;

	while (PQstatus(conn) != CONNECTION_OK && dbconn_behind(conn, &hosts)) {
		if (conn != first)
			PQfinish(conn);
		conn = open_one(conninfo, name, &hosts);
	}
	dbhosts_free(&hosts);
	if (conn == first)
		return first;
	if (PQstatus(conn) == CONNECTION_OK) {
		PQfinish(first);
		return conn;
	}
	PQfinish(conn);
	return first;
}

static char *
parameter(const PQconninfoOption *all, const char *name)
{
	for (; all != NULL && all->keyword != NULL; all++)
		if (strcmp(all->keyword, name) == 0)
			return all->val;
	return NULL;
}

bool
dbconn_behind(const PGconn *failed, struct dbhosts *hosts)
{
	PQconninfoOption *all = PQconninfo((PGconn *)failed);
	const struct dbhosts tried = {
	    parameter(all, "host"), parameter(all, "hostaddr"), parameter(all, "port")};
	const char *host = PQhost(failed), *port = PQport(failed);
	bool more;

	dbhosts_free(hosts);
	more = dbhosts_behind(&tried, host ? host : "", port ? port : "", hosts);
	PQconninfoFree(all);
	return more;
}

int64_t
dbconn_limit_ms(const PGconn *conn)
{
	PQconninfoOption *all = PQconninfo((PGconn *)conn);
	const char *text = parameter(all, "connect_timeout");
	long s = text ? strtol(text, NULL, 10) : 0;

	PQconninfoFree(all);
	if (s <= 0 || s > 3600)
		s = strtol(LIMIT_S, NULL, 10);
	return s == 1 ? 2000 : (int64_t)s * 1000;
}
