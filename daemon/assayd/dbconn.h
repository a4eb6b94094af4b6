/* dbconn.h — how every connection to the database is begun. Included by db*.c only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DBCONN_H
#define ASSAYD_DBCONN_H

#include <libpq-fe.h>

/* Begin a connection: our defaults (UTF-8, keepalives, TCP user timeout of 3 s, read-write server),
 * then what conninfo says. Returns new, in libpq's states; NULL without memory. */
PGconn *dbconn_start(const char *conninfo, const char *name);

/* The same, waiting until it stands or has failed. */
PGconn *dbconn_open(const char *conninfo, const char *name);

#endif
