/* migrate_steps.h — migrations in steps, for tables that are in use.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_MIGRATE_STEPS_H
#define ASSAYD_MIGRATE_STEPS_H

#include <stdbool.h>

#include "dbsync.h"
#include "fault.h"

/* How long a migration waits for a lock before it lets everybody else go first and tries again:
 * whoever comes behind one that waits, waits too. */
#define MIGRATE_LOCK_TIMEOUT "300ms"

/* A file has steps if it has such lines; each stands before one SQL statement, which is sent by
 * itself:
 *   -- step
 *   -- step, until nothing changes
 * The second is sent again and again until it changes no row, so that a large change is made of
 * small ones. Interrupted, the file begins anew with its first step: each must stand being done
 * twice. */
bool steps_are_in(const char *sql);

/* Run the steps. Fails as dbsync_run(). */
bool steps_run(struct dbsync *db, const char *sql, struct fault *f)
    __attribute__((warn_unused_result));

/* After a failure: if it was a lock that did not come in time, rest a moment and return true; false
 * for any other, and when *tries (0 at first) says that it has gone on for minutes. */
bool steps_try_again(const struct dbsync *db, int *tries) __attribute__((warn_unused_result));

#endif
