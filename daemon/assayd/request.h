/* request.h — one request from its head to its answer.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_REQUEST_H
#define ASSAYD_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "fault.h"
#include "http.h"
#include "text.h"

struct conn;
struct route;
struct worker;

#define REQUEST_ID_SIZE 17 /* 16 hex digits and NUL */
#define REQUEST_PATH_MAX 1024

/* Owned by the connection until it is dispatched, then by itself: freed on a later loop turn after
 * request_answer() or request_fault(), which every route calls exactly once, from its own call or
 * from a later callback, whether or not the client is still there. */
struct request {
	SLIST_ENTRY(request) dead; /* in worker->dead_requests, once answered */
	char id[REQUEST_ID_SIZE];
	enum http_method method;
	char path[REQUEST_PATH_MAX]; /* decoded, clean; "" if the head could not be read */
	char *query;                 /* raw, "" if none; owned */
	char *head;                  /* copy of the head bytes; `parsed` points into it */
	struct http_head parsed;
	uint8_t *body; /* NUL-terminated behind body_n bytes; owned; NULL without body */
	size_t body_n;
	size_t room_bytes; /* of worker->bodies_bytes, that its body takes */
	const struct route *route;
	const char *argument; /* what stood for '*' in the route's pattern, inside path */
	struct worker *worker;
	struct conn *conn;  /* NULL once the client is gone */
	char peer[64];      /* the client's address in text */
	int64_t started_us; /* monotonic */
	void *state;        /* the route's own; freed by state_free with the request */
	void (*state_free)(void *state);
	bool answered;
	enum fault_code refused; /* what the access line names, if it was refused */
};

#define ANSWER_FIELDS_MAX 4

struct answer_field {
	const char *name, *value;
};

/* What goes back. Text is borrowed until request_answer() returns, `body` is taken. */
struct answer {
	int status;
	const char *content_type;                      /* NULL: no body */
	struct answer_field fields[ANSWER_FIELDS_MAX]; /* up to the first NULL name */
	const char *lines; /* more fields, each with its CRLF; NULL: none */
	struct text body;
	const void *shared; /* instead of body: bytes that live until shared_done(shared_arg) */
	size_t shared_n;
	void (*shared_done)(void *shared_arg);
	void *shared_arg;
	int file; /* instead of body, if has_file: a descriptor, taken */
	int64_t file_n;
	bool has_file;
};

/* Make one for a client, counted in worker->requests_n, with an id and a copy of the head's bytes.
 * Returns new; NULL without memory. Owned by the caller until it is answered. */
struct request *request_new(
    struct worker *w, struct conn *c, const char *peer, const char *head, size_t head_n);

/* Read r->head: fill parsed, method, path, route, argument, query, and make room for a wanted body.
 * Fails with the faults of http_head_read(), admit_address() and route_find(); then
 * parsed.keep_alive is false if no further request can be told from this one. */
bool request_read_head(struct request *r, const struct http_limits *limits, struct fault *f)
    __attribute__((warn_unused_result));

/* Have n bytes counted as a large body's until the request is freed. Large bodies of one worker
 * share a bound, so that many of them cannot fill the memory, nor keep the small ones out. Fails
 * with FAULT_BUSY. */
bool request_take_room(struct request *r, size_t n, struct fault *f)
    __attribute__((warn_unused_result));

/* Give a whole request to its route: check, then proceed, or the fault of the check. */
void request_dispatch(struct request *r);

/* Free one that is dead, or was never dispatched. request_free(NULL) is legal. */
void request_free(struct request *r);

/* Tell whether the client is still connected. */
bool request_alive(const struct request *r);

/* Send the answer (or drop it, if the client is gone), log the access line, count it, and give the
 * request up. Takes a->body, a->file; calls shared_done once sent or dropped. */
void request_answer(struct request *r, struct answer *a);

/* Answer with RFC 9457 problem+json made from the fault; 503 and 429 carry Retry-After, 405 Allow.
 */
void request_fault(struct request *r, const struct fault *f);

/* Append the problem+json of a fault, one line (problem.c). request_id may be NULL. line: of a
 * batch, from 1, which is then named and says itself when to try again; 0: none. */
void problem_print(const struct fault *f, const char *request_id, size_t line, struct text *out);

/* The HTTP status of a fault, and in how many seconds to try again; 0: not told. */
int problem_status(const struct fault *f);
int problem_retry_after_s(const struct fault *f);

#endif
