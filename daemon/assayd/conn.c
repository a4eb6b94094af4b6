/* conn.c — one client's connection: its states, its deadlines, its end.
 * SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "deadline.h"
#include "log.h"
#include "metrics.h"
#include "request.h"
#include "send.h"
#include "server.h"
#include "worker.h"

#define LINGER_MAX_BYTES (5 * 1024 * 1024) /* more than any body that is taken */
#define FIRST_WORD_MS 1000 /* for a connection's first request, once the server stops */

struct conn {
	LIST_ENTRY(conn) link; /* in the worker's list of live or of dead ones */
	struct worker *worker;
	struct bufferevent *bev;
	struct deadline deadline; /* of the present state */
	enum conn_state state;
	struct request *request; /* in CONN_BODY and CONN_HANDLING */
	size_t body_have_n;      /* of request->body */
	size_t scanned;          /* bytes of the head in the input that were looked at */
	size_t lingered_n;
	struct sending out;
	bool asked;        /* a first request has begun */
	bool closes;       /* no request is read behind the present one */
	bool client_shut;  /* the client sends no more; it may still read */
	bool full;         /* enough has come that nobody reads yet: we read no more */
	bool stepping;     /* conn_step() is below us on the stack */
	enum conn_end why; /* how it will end after lingering */
	struct address peer;
};

static const struct options *
options_of(const struct conn *c)
{
	return c->worker->server->options;
}

static struct evbuffer *
input_of(const struct conn *c)
{
	return bufferevent_get_input(c->bev);
}

/* ---- states and deadlines ---- */

static void
set_state(struct conn *c, enum conn_state state)
{
	const struct options *o = options_of(c);
	const int64_t allowed_ms[] = {
	    [CONN_IDLE] = c->worker->draining ? FIRST_WORD_MS : o->idle_ms,
	    [CONN_HEAD] = o->head_deadline_ms,
	    [CONN_BODY] = o->body_deadline_ms,
	    [CONN_HANDLING] = DEADLINE_NEVER,
	    [CONN_WRITING] = o->write_stall_ms,
	    [CONN_LINGERING] = o->linger_ms,
	    [CONN_ENDED] = DEADLINE_NEVER,
	};

	log_event(LOG_LEVEL_DEBUG, "conn_state", "worker=%d conn=%p peer=%s from=%s to=%s",
	    c->worker->number, (void *)c, c->peer.text, conn_state_name(c->state),
	    conn_state_name(state));
	c->state = state;
	c->asked |= state == CONN_HEAD;
	deadline_set(&c->deadline, allowed_ms[state]);
}

void
conn_end(struct conn *c, enum conn_end why)
{
	struct worker *w = c->worker;

	if (c->state == CONN_ENDED)
		return;
	log_event(LOG_LEVEL_DEBUG, "conn_end", "worker=%d conn=%p peer=%s reason=%s", w->number,
	    (void *)c, c->peer.text, conn_end_name(why));
	metric_add(w->metrics, METRIC_CONNECTION_ENDS, (size_t)why, 1);
	atomic_fetch_sub(&w->server->connections_n, 1);
	if (c->request != NULL && c->state == CONN_HANDLING)
		c->request->conn = NULL;
	else
		request_free(c->request);
	c->request = NULL;
	set_state(c, CONN_ENDED);
	send_clear(&c->out);
	bufferevent_free(c->bev);
	c->bev = NULL;
	LIST_REMOVE(c, link);
	w->conns_n--;
	LIST_INSERT_HEAD(&w->dead_conns, c, link);
	worker_sweep_later(w);
}

void
conn_free(struct conn *c)
{
	LIST_REMOVE(c, link);
	deadline_stop(&c->deadline);
	free(c);
}

/* ---- answers ---- */

static void
linger(struct conn *c)
{
	if (c->client_shut || options_of(c)->linger_ms == 0) {
		conn_end(c, c->why);
		return;
	}
	shutdown(bufferevent_getfd(c->bev), SHUT_WR);
	set_state(c, CONN_LINGERING);
}

static void
after_send(struct conn *c, enum send_result result)
{
	switch (result) {
	case SEND_DONE:
		if (conn_closes(c))
			linger(c);
		else
			set_state(c, CONN_IDLE);
		break;
	case SEND_LATER:
		if (c->state == CONN_WRITING)
			break;
		send_moves(&c->out); /* from here on it counts */
		set_state(c, CONN_WRITING);
		break;
	case SEND_FAILED:
		conn_end(c, CONN_END_CLIENT_LEFT);
		break;
	case SEND_FILE_FAILED:
		conn_end(c, CONN_END_FILE);
		break;
	case SEND_NO_MEMORY:
		conn_end(c, CONN_END_MEMORY);
		break;
	}
}

static void conn_step(struct conn *c);

void
conn_send(struct conn *c, const struct text *head, struct answer *a, bool head_only)
{
	c->request = NULL;
	if (head->failed) {
		answer_clear(a);
		conn_end(c, CONN_END_MEMORY);
		return;
	}
	after_send(c, send_answer(&c->out, head, a, head_only));
	conn_step(c);
}

bool
conn_closes(const struct conn *c)
{
	return c->closes || c->worker->draining;
}

/* ---- reading ---- */

/* Answer c->request, or what could not become one, with a fault; nothing behind it is read. */
static void
refuse(struct conn *c, const struct fault *f, enum conn_end why)
{
	if (c->request == NULL)
		c->request = request_new(c->worker, c, c->peer.text, "", 0);
	if (c->request == NULL) {
		conn_end(c, CONN_END_MEMORY);
		return;
	}
	c->closes = true;
	c->why = why;
	set_state(c, CONN_HANDLING);
	request_fault(c->request, f);
}

static void
refuse_cut(struct conn *c, const char *expected, size_t n)
{
	struct fault f = {0};

	fault_set(&f, FAULT_BAD_REQUEST, NULL, expected, "%zu bytes, then the end", n);
	refuse(c, &f, CONN_END_CLIENT_LEFT);
}

static void
begin_body(struct conn *c)
{
	c->body_have_n = 0;
	set_state(c, CONN_BODY);
	if (c->request->parsed.expects_continue && evbuffer_get_length(input_of(c)) == 0 &&
	    !send_bytes(&c->out, "HTTP/1.1 100 Continue\r\n\r\n", 25))
		conn_end(c, CONN_END_CLIENT_LEFT);
}

static void
begin_request(struct conn *c, const struct http_limits *limits)
{
	struct request *r = c->request;
	struct fault f = {0};
	bool wanted = request_read_head(r, limits, &f);

	/* What cannot be read, or has a body that nobody reads, is the last on a connection. */
	c->closes = !r->parsed.keep_alive || (!wanted && r->parsed.content_length > 0);
	c->why = wanted || !c->closes ? CONN_END_ANSWERED : CONN_END_REFUSED;
	if (wanted && r->body != NULL) {
		begin_body(c);
		return;
	}
	set_state(c, CONN_HANDLING);
	if (wanted)
		request_dispatch(r);
	else
		request_fault(r, &f);
}

static bool
step_idle(struct conn *c)
{
	bool waits = evbuffer_get_length(input_of(c)) > 0;

	c->scanned = 0;
	if (waits)
		set_state(c, CONN_HEAD);
	else if (c->client_shut)
		conn_end(c, CONN_END_CLIENT_CLOSED);
	return waits;
}

static bool
step_head(struct conn *c)
{
	struct http_limits limits = {.head_max_bytes = (size_t)options_of(c)->head_max_bytes,
	    .fields_max_n = (size_t)options_of(c)->head_fields_max_n};
	size_t n = evbuffer_get_length(input_of(c));
	const char *data = (const char *)evbuffer_pullup(input_of(c), -1);
	struct fault f = {0};

	if (data == NULL) {
		conn_end(c, CONN_END_MEMORY);
		return false;
	}
	switch (http_head_scan(data, n, &c->scanned, &limits, &f)) {
	case HTTP_MORE:
		if (!c->client_shut)
			return false;
		refuse_cut(c, "a whole head", n);
		return true;
	case HTTP_BAD:
		refuse(c, &f, CONN_END_REFUSED);
		return true;
	case HTTP_DONE:
		break;
	}
	c->request = request_new(c->worker, c, c->peer.text, data, c->scanned);
	evbuffer_drain(input_of(c), c->scanned);
	if (c->request == NULL)
		conn_end(c, CONN_END_MEMORY);
	else
		begin_request(c, &limits);
	return true;
}

static bool
step_body(struct conn *c)
{
	struct request *r = c->request;
	size_t want = (size_t)r->parsed.content_length;
	int n = evbuffer_remove(input_of(c), r->body + c->body_have_n, want - c->body_have_n);

	if (n > 0)
		c->body_have_n += (size_t)n;
	if (c->body_have_n == want) {
		r->body[want] = 0;
		r->body_n = want;
		set_state(c, CONN_HANDLING);
		request_dispatch(r);
		return true;
	}
	if (!c->client_shut)
		return false;
	refuse_cut(c, "a whole body", c->body_have_n);
	return true;
}

static bool
step_lingering(struct conn *c)
{
	size_t n = evbuffer_get_length(input_of(c));

	c->lingered_n += n;
	evbuffer_drain(input_of(c), n);
	if (c->client_shut || c->lingered_n > LINGER_MAX_BYTES)
		conn_end(c, c->why);
	return false;
}

/* Do what the state and the bytes at hand allow; tell whether there may be more to do. */
static bool
step(struct conn *c)
{
	switch (c->state) {
	case CONN_IDLE:
		return step_idle(c);
	case CONN_HEAD:
		return step_head(c);
	case CONN_BODY:
		return step_body(c);
	case CONN_LINGERING:
		return step_lingering(c);
	case CONN_HANDLING:
	case CONN_WRITING:
	case CONN_ENDED:
	case CONN__MAX:
		break;
	}
	return false;
}

/* Bound what a client can make us hold. libevent's watermarks would do so too, but 2.1 falls over
 * its own feet when they find no memory. */
static void
set_reading(struct conn *c)
{
	bool full = evbuffer_get_length(input_of(c)) >= (size_t)options_of(c)->head_max_bytes;

	if (full == c->full || c->client_shut)
		return;
	c->full = full;
	if (full)
		bufferevent_disable(c->bev, EV_READ);
	else if (bufferevent_enable(c->bev, EV_READ) != 0)
		conn_end(c, CONN_END_MEMORY);
}

/* A route that answers at once comes back here through conn_send(): a loop, not a recursion, so
 * that a hundred pipelined requests need no deeper stack than one. */
static void
conn_step(struct conn *c)
{
	if (c->stepping)
		return;
	c->stepping = true;
	while (step(c))
		continue;
	c->stepping = false;
	if (c->state != CONN_ENDED)
		set_reading(c);
}

/* ---- what the loop tells ---- */

static void
on_read(struct bufferevent *bev, void *arg)
{
	(void)bev;
	conn_step(arg);
}

static void
on_drained(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (c->state != CONN_WRITING)
		return;
	after_send(c, send_more(&c->out));
	conn_step(c);
}

static void
on_trouble(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (what != (BEV_EVENT_READING | BEV_EVENT_EOF)) {
		conn_end(c, CONN_END_CLIENT_LEFT);
		return;
	}
	c->client_shut = true;
	conn_step(c);
}

static void
refuse_slow(struct conn *c, const char *expected, int64_t allowed_ms)
{
	struct fault f = {0};

	fault_set(&f, FAULT_REQUEST_TIMEOUT, NULL, expected, "a part of it in %lld ms",
	    (long long)allowed_ms);
	refuse(c, &f, CONN_END_SLOW_REQUEST);
}

static void
on_deadline(void *arg)
{
	struct conn *c = arg;

	switch (c->state) {
	case CONN_IDLE:
		conn_end(c, CONN_END_IDLE);
		break;
	case CONN_HEAD:
		refuse_slow(c, "a whole head in time", options_of(c)->head_deadline_ms);
		break;
	case CONN_BODY:
		refuse_slow(c, "the whole body in time", options_of(c)->body_deadline_ms);
		break;
	case CONN_WRITING:
		if (send_moves(&c->out))
			deadline_set(&c->deadline, options_of(c)->write_stall_ms);
		else
			conn_end(c, CONN_END_SLOW_READER);
		break;
	case CONN_LINGERING:
		conn_end(c, c->why);
		break;
	case CONN_HANDLING:
	case CONN_ENDED:
	case CONN__MAX:
		break;
	}
}

/* ---- beginning and end ---- */

static struct conn *
conn_new(struct worker *w, int fd)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->worker = w;
	c->out.file = -1;
	address_of_peer(fd, &c->peer);
	if (deadline_start(&c->deadline, w->base, on_deadline, c))
		c->out.bev = c->bev = bufferevent_socket_new(w->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (c->bev != NULL)
		return c;
	deadline_stop(&c->deadline);
	free(c);
	return NULL;
}

void
conn_start(struct worker *w, int fd)
{
	struct conn *c = conn_new(w, fd);

	if (c == NULL) {
		log_event(LOG_LEVEL_WARN, "conn_dropped", "worker=%d reason=memory", w->number);
		atomic_fetch_sub(&w->server->connections_n, 1);
		close(fd);
		return;
	}
	LIST_INSERT_HEAD(&w->conns, c, link);
	w->conns_n++;
	bufferevent_setcb(c->bev, on_read, on_drained, on_trouble, c);
	set_state(c, CONN_IDLE);
	if (bufferevent_enable(c->bev, EV_READ) != 0)
		conn_end(c, CONN_END_MEMORY);
}

void
conns_drain(struct worker *w)
{
	struct conn *c, *next;

	for (c = LIST_FIRST(&w->conns); c != NULL; c = next) {
		int waiting = 0;

		next = LIST_NEXT(c, link);
		ioctl(bufferevent_getfd(c->bev), FIONREAD, &waiting);
		if (c->state == CONN_IDLE && waiting == 0 && c->asked)
			conn_end(c, CONN_END_DRAINED);
		else if (c->state == CONN_IDLE)
			set_state(c, CONN_IDLE);
	}
}
