/* worker.h — one thread, one event base, one database connection, many clients.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_WORKER_H
#define ASSAYD_WORKER_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

struct conn;
struct db;
struct event_base;
struct server;
struct static_cache;

struct worker {
	int number;
	struct server *server;
	struct event_base *base;
	struct db *db; /* made by the worker's own thread */
	struct conn *conns; /* all live connections, doubly linked (conn.c) */
	size_t conns_n;
	bool draining; /* takes no new request; connections close after their answer */
	struct worker_inbox *inbox;
};

/* Make n workers and start their threads. Returns new array. Fails with FAULT_INTERNAL. */
struct worker *workers_start(struct server *server, int n, struct fault *f);

/* Hand an accepted, non-blocking descriptor to a worker. Takes fd. From any thread. */
void worker_give(struct worker *w, int fd);

/* Ask all to stop: idle connections close, running requests are answered, at most drain_ms; joins the
 * threads and frees them. */
void workers_stop(struct worker *workers, int n);

#endif
