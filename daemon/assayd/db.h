/* db.h — one asynchronous, pipelined database connection per worker.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DB_H
#define ASSAYD_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dbrows.h"
#include "fault.h"
#include "query.h"

struct db;
struct worker;

/* One parameter of a statement: bytes sent as they are (bytea), or text. NULL data: SQL null. */
struct db_param {
	const void *data;
	size_t n;
	bool binary;
};

/* Make the connection object in the worker's own thread and begin to connect; reconnects with
 * growing pauses for ever. Returns new; NULL without memory. */
struct db *db_new(struct worker *worker);

/* Drop the connection; every waiting ask is told FAULT_DATABASE. */
void db_free(struct db *db);

/* Tell whether the connection stands and its statements are prepared. */
bool db_is_up(const struct db *db);

/* Send a statement of the table and call done() exactly once, never from inside this call.
 * Copies params. rows is borrowed until done() returns; on failure rows is NULL and fault says why:
 * FAULT_DATABASE (not reachable, or it cannot store now), FAULT_DEADLINE (no answer in
 * db_deadline_ms: the statement may still have taken effect), FAULT_INTERNAL (the statement itself
 * failed; logged). A connection lost before the answer means unknown: the statement is sent again
 * on the next connection. Fails with FAULT_BUSY at once if the queue is full; then done() is not
 * called. */
bool db_ask(struct db *db, enum query q, const struct db_param *params,
    void (*done)(void *arg, const struct db_rows *rows, const struct fault *fault), void *arg,
    struct fault *f) __attribute__((warn_unused_result));

#endif
