/* dbconn.h — how every connection to the database is begun. Included by db*.c only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DBCONN_H
#define ASSAYD_DBCONN_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

struct dbhosts;

/* Begin a connection: our defaults (UTF-8, keepalives, TCP user timeout of 3 s, connect_timeout of
 * 5 s, read-write server, and no JIT by `options`, so that PGOPTIONS is not read), then what
 * conninfo says instead, to its hosts or, unless it is empty, to those of `hosts`. Returns new, in
 * libpq's states; NULL without memory. */
PGconn *dbconn_start(const char *conninfo, const char *name, const struct dbhosts *hosts);

/* The same, waiting until it stands or all hosts have failed: of several failures the first is
 * returned. */
PGconn *dbconn_open(const char *conninfo, const char *name);

/* Make *hosts those behind the one that a connection failed at: libpq itself goes on to the next
 * one only where none takes the connection, not where one does and then fails or says nothing.
 * False, *hosts empty: it was the last. A name with several addresses is one host. */
bool dbconn_behind(const PGconn *failed, struct dbhosts *hosts);

/* How long each host may take in all: connect_timeout as libpq reads it; ours where it says for
 * ever, or more than an hour. */
int64_t dbconn_limit_ms(const PGconn *conn);

#endif
