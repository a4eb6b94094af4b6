/* conn.h — one client's connection: its states, its deadlines, its end.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_CONN_H
#define ASSAYD_CONN_H

#include <stdbool.h>
#include <stdint.h>

struct answer;
struct conn;
struct text;
struct worker;

/* What a connection is doing. In worker->conns in every state but the last; then in
 * worker->dead_conns, until a later turn of the loop frees it. */
enum conn_state {
	CONN_IDLE,      /* waits for the first byte of a request, idle_ms */
	CONN_HEAD,      /* a part of a head has come, head_deadline_ms for all of it */
	CONN_BODY,      /* `request` waits for its body, body_deadline_ms for all of it */
	CONN_HANDLING,  /* a route has `request`; what comes meanwhile waits, bounded */
	CONN_WRITING,   /* the answer leaves; at least a little each write_stall_ms */
	CONN_LINGERING, /* the last answer is out, our side shut: read on, so that no reset
			 * (RFC 9112 §9.6) takes it from the client, linger_ms and 1 MiB at most */
	CONN_ENDED,
	CONN__MAX
};

/* Why a connection ended; logged and counted. */
enum conn_end {
	CONN_END_CLIENT_CLOSED, /* between two requests */
	CONN_END_CLIENT_LEFT,   /* inside a request or an answer, or with a reset */
	CONN_END_ANSWERED,      /* after an answer that said `Connection: close` */
	CONN_END_REFUSED,       /* after a request that could not be read on */
	CONN_END_IDLE,          /* no next request in idle_ms */
	CONN_END_SLOW_REQUEST,  /* head or body not in time; answered with 408 */
	CONN_END_SLOW_READER,   /* the answer did not move for write_stall_ms */
	CONN_END_FILE,          /* the file being sent became shorter or unreadable */
	CONN_END_MEMORY,
	CONN_END_DRAINED, /* the server stops and the connection was idle */
	CONN_END_STOPPED, /* the server stopped before the answer was ready */
	CONN_END__MAX
};

/* Their words for logs and counters: "lingering", "slow_reader". */
const char *conn_state_name(enum conn_state state);
const char *conn_end_name(enum conn_end why);

/* Serve a fresh, non-blocking, counted (server->connections_n) descriptor until it ends.
 * Takes fd. Without memory it is closed. Owned by worker->conns. */
void conn_start(struct worker *w, int fd);

/* Send the answer to the request at hand: head, then unless head_only what a says; then go on with
 * what came meanwhile. Takes what a owns. */
void conn_send(struct conn *c, const struct text *head, struct answer *a, bool head_only);

/* Tell whether the connection will end after the answer now being made. */
bool conn_closes(const struct conn *c);

/* The server stops: end those of whom nothing is being asked; the others end after their answer. A
 * fresh connection has a second for its first request, so that who was accepted is answered. */
void conns_drain(struct worker *w);

/* End it: tell its request, log, count, close. Frees later, see conn_free(). */
void conn_end(struct conn *c, enum conn_end why);

/* Free one that ended. Only for the worker's sweeper: no callback may be below us on the stack. */
void conn_free(struct conn *c);

#endif
