/* dblink.h — the connection under a db: one socket, one pipeline, events. Included by db*.c only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DBLINK_H
#define ASSAYD_DBLINK_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "db.h"
#include "dbhosts.h"

struct event;
struct worker;

/* Where a connection is:
 *   DB_WAITING     no connection; `timer` starts the next try
 *   DB_CONNECTING  libpq is shaking hands; `timer` gives up on it
 *   DB_UP          statements are sent; preparing them is the first thing in the pipeline, waiting
 *                  for the synchronous standbys the second */
enum db_state { DB_WAITING, DB_CONNECTING, DB_UP };

/* One statement, from db_ask() to its done(). In `asks` in the order of sending; the first sent_n
 * of them are in the pipeline. done is NULL once it has been called (deadline) or for a
 * preparation. */
struct ask {
	TAILQ_ENTRY(ask) link;
	enum query query;
	bool prepares;
	void (*done)(void *arg, const struct db_rows *rows, const struct fault *fault);
	void *arg;
	int64_t deadline_ms;
	PGresult *result; /* first result that came, until the sync mark follows */
	struct db_param params[QUERY_PARAMS_MAX];
	unsigned char bytes[]; /* what params point to */
};
TAILQ_HEAD(ask_list, ask);

struct db {
	struct worker *worker;
	enum db_state state;
	PGconn *conn;
	struct event *readable, *writable; /* of `watched` */
	int watched;          /* our own descriptor of the socket, while there are events */
	const char *host;     /* libpq's own word for where it is connecting to; only compared */
	int64_t host_ms;      /* how long each host may take to connect */
	struct dbhosts hosts; /* where to connect next; empty: wherever the options say */
	struct event *timer, *deadline, *sender;
	struct ask_list asks;
	size_t asks_n, sent_n;
	int64_t retry_ms;
	bool prepared; /* all preparations have been answered, and the standbys have all */
};

/* Make the link's events and begin to connect on the next loop turn. From then on it keeps itself
 * up: whatever ends it, it waits and tries again. Waking db->sender sends what waits in db->asks.
 */
bool dblink_open(struct db *db) __attribute__((warn_unused_result));

/* Free the socket and the link's events; asks stay. */
void dblink_close(struct db *db);

/* Count one ask more (1) or less (-1) in db->asks (db.c). */
void asks_count(struct db *db, int more);

/* Give an ask its answer, once; and take an ask out of the queue and free it (db.c). */
void ask_tell(struct ask *a, const struct db_rows *rows, const struct fault *f);
void ask_free(struct db *db, struct ask *a);

/* Set the deadline timer for the first ask that still waits (db.c). */
void deadline_arm(struct db *db);

/* Add a timer event ms from now (db.c). */
void timer_in(struct event *timer, int64_t ms);

#endif
