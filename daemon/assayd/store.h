/* store.h — statements on their way into the database: many requests, one commit.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_STORE_H
#define ASSAYD_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "statement.h"

struct store;
struct worker;

#define STORE_BATCH_MAX_N 256

/* Make the worker's store. Returns new; NULL without memory. */
struct store *store_new(struct worker *worker);

/* Every waiting statement is told FAULT_DATABASE. After db_free(), which still tells of the batch
 * that is on its way. */
void store_free(struct store *s);

/* Store a verified statement and call done() exactly once, never from inside this call, after the
 * result of its commit has been read. While one batch is on its way the next gathers; a batch that
 * fails by itself (not for want of a database) is sent again one by one.
 * Borrows st until done(). done(): fresh tells whether this call stored it; if not, it was there
 * before and accepted_at_ms is 0. On failure fault says why, as in db_ask().
 * Fails with FAULT_BUSY at once if db_queue_max_n statements wait. */
bool store_put(struct store *s, const struct statement *st,
    void (*done)(void *arg, bool fresh, int64_t accepted_at_ms, const struct fault *fault),
    void *arg, struct fault *f) __attribute__((warn_unused_result));

/* Count a statement that came again; those stored for the first time the store counts itself. */
void store_count_seen(struct store *s);

#endif
