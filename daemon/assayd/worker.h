/* worker.h — one thread, one event base, one database connection, many clients.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_WORKER_H
#define ASSAYD_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <time.h>

#include "conn.h"
#include "fault.h"
#include "text.h"

struct db;
struct event;
struct event_base;
struct history;
struct request;
struct server;
struct known_keys;
struct metrics;
struct slices;
struct store;

LIST_HEAD(conn_list, conn);
SLIST_HEAD(request_list, request);

/* Touched by its own thread only, but for the inbox. */
struct worker {
	int number;
	struct server *server;
	struct metrics *metrics; /* the server's */
	struct event_base *base;
	struct db *db; /* these four are made by the worker's own thread */
	struct store *store;
	struct known_keys *known; /* keys that belong to a submitter, as far as remembered */
	struct slices *slices;    /* long work, done in pieces */
	struct history *history;  /* roots of the log that signers have seen */
	struct conn_list conns;
	size_t conns_n;
	size_t requests_n;   /* made and not yet freed, their clients there or not */
	size_t bodies_bytes; /* of requests' large bodies, at most bodies_max_bytes */
	bool draining;       /* takes no new request; connections close after their answer */
	struct worker_inbox *inbox;
	struct conn_list dead_conns;       /* ended: freed on a later turn of the loop */
	struct request_list dead_requests; /* answered: likewise */
	struct event *sweeper;             /* does so, behind all that was ready in this turn */
	uint64_t turns;                    /* turns of the loop in which a request was answered */
	uint64_t id_state;                 /* request ids come from here */
	struct text head;                  /* head of the answer being made */
	time_t date_at;                    /* the second that date tells */
	char date[40];
};

/* Make n workers and start their threads. Returns new array. Fails with FAULT_INTERNAL. */
struct worker *workers_start(struct server *server, int n, struct fault *f);

/* Hand an accepted, non-blocking descriptor to a worker. Takes fd. From any thread. */
void worker_give(struct worker *w, int fd);

/* Ask a worker's loop for a sign of life; tell whether it gave one since it was last asked. Both
 * from the main thread. */
void worker_ask(struct worker *w);
bool worker_answered(const struct worker *w);

/* Have dead connections and requests freed on a later turn. Only from the worker's own thread. */
void worker_sweep_later(struct worker *w);

/* Name the present turn of this worker's loop, unlike any other turn of any worker. What a request
 * learnt of the world in a turn holds for the requests that were ready in it, too. */
uint64_t worker_turn(const struct worker *w);

/* Ask all to stop: idle connections close, running requests are answered, at most drain_ms; joins
 * the threads and frees them. */
void workers_stop(struct worker *workers, int n);

#endif
