/* dbconn.c — how every connection to the database is begun.
 * SPDX-License-Identifier: Apache-2.0 */
#include "dbconn.h"

#include <stddef.h>

/* A frozen or cut-off database host must be noticed in about three seconds. `dbname` comes last, so
 * that what the operator writes beats the rest. */
#define DEFAULTS(conninfo, name)                                                                   \
	const char *const names[] = {"client_encoding", "fallback_application_name", "keepalives", \
	    "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",      \
	    "connect_timeout", "target_session_attrs", "dbname", NULL};                            \
	const char *const values[] = {                                                             \
	    "UTF8", name, "1", "1", "1", "2", "3000", "5", "read-write", conninfo, NULL}

PGconn *
dbconn_start(const char *conninfo, const char *name)
{
	DEFAULTS(conninfo, name);

	return PQconnectStartParams(names, values, 1);
}

PGconn *
dbconn_open(const char *conninfo, const char *name)
{
	DEFAULTS(conninfo, name);

	return PQconnectdbParams(names, values, 1);
}
