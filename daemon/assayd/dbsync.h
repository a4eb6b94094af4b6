/* dbsync.h — a database connection that waits: for the thread that leads, and for set-up verbs.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DBSYNC_H
#define ASSAYD_DBSYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db.h"
#include "dbrows.h"
#include "fault.h"
#include "query.h"

struct dbsync;

/* Connect, and wait until the synchronous standbys, if any, have all that the server has: what is
 * read from here on no failover takes back. Returns new. Fails with FAULT_DATABASE. */
struct dbsync *dbsync_open(const char *conninfo, const char *name, struct fault *f);
void dbsync_close(struct dbsync *db);

/* Tell whether the last statement left the connection usable. */
bool dbsync_is_up(const struct dbsync *db);

/* Run a statement of the table; it is prepared at its first use. Returns new rows, freed with
 * dbsync_free(). NULL fails with FAULT_DATABASE. */
struct db_rows *dbsync_ask(
    struct dbsync *db, enum query q, const struct db_param *params, struct fault *f);
void dbsync_free(struct db_rows *rows);

/* Run SQL text of set-up: BEGIN, COMMIT, migrations. Fails with FAULT_DATABASE (got: the server's
 * message). */
bool dbsync_run(struct dbsync *db, const char *sql, struct fault *f)
    __attribute__((warn_unused_result));

/* The same of one statement; *changed_n: rows that it changed. */
bool dbsync_run_counted(struct dbsync *db, const char *sql, int64_t *changed_n, struct fault *f)
    __attribute__((warn_unused_result));

/* Tell whether the SQL text that ran last failed because it waited for a lock longer than
 * lock_timeout. */
bool dbsync_timed_out(const struct dbsync *db);

/* Run one parametrised statement of set-up with text parameters. Returns new rows. */
struct db_rows *dbsync_run_params(
    struct dbsync *db, const char *sql, const char *const *values, int n, struct fault *f);

#endif
