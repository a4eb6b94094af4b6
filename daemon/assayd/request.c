/* request.c — one request from its head to its answer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "admit.h"
#include "conn.h"
#include "log.h"
#include "metrics.h"
#include "route.h"
#include "send.h"
#include "server.h"
#include "worker.h"

/* SplitMix64 (Steele, Lea, Flood 2014): ids have to differ, not to be secret. */
static void
print_id(struct worker *w, char out[REQUEST_ID_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	uint64_t z = w->id_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	z ^= z >> 31;
	for (int i = 0; i < REQUEST_ID_SIZE - 1; i++, z >>= 4)
		out[i] = digits[z & 15];
	out[REQUEST_ID_SIZE - 1] = 0;
}

struct request *
request_new(struct worker *w, struct conn *c, const char *peer, const char *head, size_t head_n)
{
	struct request *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->head = strndup(head, head_n);
	if (r->head == NULL) {
		free(r);
		return NULL;
	}
	print_id(w, r->id);
	r->worker = w;
	r->conn = c;
	r->started_us = metric_now_us();
	r->argument = r->path;
	memcpy(r->peer, peer, strnlen(peer, sizeof(r->peer) - 1));
	w->requests_n++;
	return r;
}

void
request_free(struct request *r)
{
	if (r == NULL)
		return;
	if (r->state_free != NULL && r->state != NULL)
		r->state_free(r->state);
	r->worker->requests_n--;
	r->worker->bodies_bytes -= r->room_bytes;
	free(r->query);
	free(r->head);
	free(r->body);
	free(r);
}

static bool
read_path(struct request *r, struct fault *f)
{
	struct http_span sent = r->parsed.path;

	if (http_path_decode(sent, r->path, sizeof(r->path)))
		return true;
	r->path[0] = 0;
	return fault_set(f, FAULT_BAD_REQUEST, NULL,
	    "a path under 1 KiB without empty or dot segments, encoded slashes, control characters",
	    "\"%.*s\"", (int)(sent.n < 120 ? sent.n : 120), sent.data);
}

bool
request_take_room(struct request *r, size_t n, struct fault *f)
{
	struct worker *w = r->worker;

	if (w->bodies_bytes + n > (size_t)w->server->options->bodies_max_bytes)
		return fault_set(f, FAULT_BUSY, NULL, "room for another large body",
		    "%zu bytes of them already", w->bodies_bytes);
	w->bodies_bytes += n;
	r->room_bytes += n;
	return true;
}

static bool
make_room(struct request *r, struct fault *f)
{
	struct http_span query = r->parsed.query;
	bool has_body = r->route->body_max_bytes > 0;

	if (r->route->large && !request_take_room(r, (size_t)r->parsed.content_length, f))
		return false;
	r->query = strndup(query.data, query.n);
	if (has_body)
		r->body = malloc((size_t)r->parsed.content_length + 1);
	if (r->query != NULL && (r->body != NULL || !has_body))
		return true;
	return fault_set(f, FAULT_BUSY, NULL, "memory for a request", "none");
}

bool
request_read_head(struct request *r, const struct http_limits *limits, struct fault *f)
{
	bool readable =
	    http_head_read(r->head, strlen(r->head), limits, &r->parsed, f) == HTTP_DONE;

	r->method = r->parsed.method; /* as far as it was read: HEAD gets no body even now */
	r->parsed.keep_alive = r->parsed.keep_alive && readable;
	if (readable)
		admit_see_client(r->worker->server, &r->parsed, r->peer);
	if (!readable || !read_path(r, f) || !admit_address(r->worker->server, r->peer, f))
		return false;
	r->route = route_find(&r->parsed, r->path, &r->argument, f);
	return r->route != NULL && make_room(r, f);
}

bool
request_alive(const struct request *r)
{
	return r->conn != NULL;
}

/* ---- the answer's head ---- */

static const char *
date_now(struct worker *w)
{
	struct timespec now;
	struct tm parts;

	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	if (now.tv_sec != w->date_at) {
		gmtime_r(&now.tv_sec, &parts);
		strftime(w->date, sizeof(w->date), "%a, %d %b %Y %H:%M:%S GMT", &parts);
		w->date_at = now.tv_sec;
	}
	return w->date;
}

static int64_t
content_n(const struct answer *a)
{
	if (a->has_file)
		return a->file_n;
	return (int64_t)(a->shared != NULL ? a->shared_n : a->body.n);
}

static void
add_field(struct text *head, const char *name, const char *value)
{
	text_add_str(head, name);
	text_add(head, ": ", 2);
	text_add_str(head, value);
	text_add(head, "\r\n", 2);
}

/* printf() would be a third of what a head costs. */
static void
add_number(struct text *head, int64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	text_add(head, digits + at, sizeof(digits) - at);
}

/* 304 describes no content: its length and type are those the client has (RFC 9110 §15.4.5). */
static void
add_content_fields(const struct answer *a, struct text *head)
{
	if (a->status == 304)
		return;
	if (a->content_type != NULL)
		add_field(head, "Content-Type", a->content_type);
	text_add_str(head, "Content-Length: ");
	add_number(head, content_n(a));
	text_add(head, "\r\n", 2);
}

static bool
add_own_fields(const struct answer *a, struct text *head)
{
	bool says_caching = false;

	for (size_t i = 0; i < ANSWER_FIELDS_MAX && a->fields[i].name != NULL; i++) {
		add_field(head, a->fields[i].name, a->fields[i].value);
		says_caching |= strcasecmp(a->fields[i].name, "Cache-Control") == 0;
	}
	return says_caching;
}

static void
print_head(const struct request *r, const struct answer *a, struct text *head)
{
	text_reset(head);
	text_add_str(head, "HTTP/1.1 ");
	add_number(head, a->status);
	text_add(head, " ", 1);
	text_add_str(head, http_reason(a->status));
	text_add(head, "\r\n", 2);
	add_field(head, "Date", date_now(r->worker));
	add_content_fields(a, head);
	if (!add_own_fields(a, head))
		text_add_str(head, "Cache-Control: no-store\r\n");
	if (a->lines != NULL)
		text_add_str(head, a->lines);
	/* All that can be read here is public, so that any page may read it. */
	if (r->method == HTTP_GET || r->method == HTTP_HEAD)
		text_add_str(head, "Access-Control-Allow-Origin: *\r\n");
	text_add_str(head, "X-Content-Type-Options: nosniff\r\n");
	add_field(head, "X-Request-Id", r->id);
	if (conn_closes(r->conn))
		text_add_str(head, "Connection: close\r\n");
	text_add(head, "\r\n", 2);
}

/* ---- answering ---- */

static bool
is_bodyless(const struct request *r, const struct answer *a)
{
	return r->method == HTTP_HEAD || a->status == 304;
}

/* What was asked for: clean, or as it was sent, or nothing that could be read. */
static const char *
print_path(const struct request *r, char *out, unsigned room)
{
	struct http_span sent = r->parsed.path;
	char raw[256];

	if (sent.n == 0)
		return "-";
	snprintf(raw, sizeof(raw), "%.*s", (int)sent.n, sent.data);
	return log_quote(r->path[0] != 0 ? r->path : raw, out, room);
}

static void
log_access(const struct request *r, const struct answer *a)
{
	bool refused = r->refused != FAULT_NONE;
	char path[256];

	if (!log_enabled(LOG_LEVEL_INFO))
		return;
	log_event(LOG_LEVEL_INFO, "request",
	    "id=%s method=%s path=%s status=%d bytes=%lld route=%s duration_us=%lld peer=%s%s%s%s",
	    r->id, r->parsed.path.n > 0 ? http_method_name(r->method) : "-",
	    print_path(r, path, sizeof(path)), a->status,
	    (long long)(is_bodyless(r, a) ? 0 : content_n(a)),
	    r->route != NULL ? r->route->name : "-", (long long)(metric_now_us() - r->started_us),
	    r->peer, refused ? " code=" : "", refused ? fault_info(r->refused)->name : "",
	    r->conn == NULL ? " client=gone" : "");
}

/* A body that could not be built for want of memory must not go out cut. */
static void
check_body(struct request *r, struct answer *a)
{
	if (!a->body.failed)
		return;
	answer_clear(a);
	*a = (struct answer){.status = 503};
	r->refused = FAULT_NO_MEMORY;
}

static void
count(const struct request *r, int status)
{
	struct metrics *m = r->worker->metrics;

	metric_request(m, r->route, status);
	if (r->refused != FAULT_NONE)
		metric_add(m, METRIC_REFUSALS, (size_t)r->refused, 1);
}

void
request_answer(struct request *r, struct answer *a)
{
	struct worker *w = r->worker;
	struct conn *c = r->conn;

	if (r->answered) {
		log_event(LOG_LEVEL_ERROR, "answered_twice", "id=%s status=%d", r->id, a->status);
		answer_clear(a);
		return;
	}
	r->answered = true;
	check_body(r, a);
	log_access(r, a);
	count(r, a->status);
	SLIST_INSERT_HEAD(&w->dead_requests, r, dead);
	worker_sweep_later(w);
	if (c == NULL) {
		answer_clear(a);
		return;
	}
	print_head(r, a, &w->head);
	r->conn = NULL;
	conn_send(c, &w->head, a, is_bodyless(r, a));
}

void
request_fault(struct request *r, const struct fault *f)
{
	int retry_after_s = problem_retry_after_s(f);
	struct answer a = {.status = problem_status(f), .content_type = "application/problem+json"};
	char seconds[12];

	if (retry_after_s > 0) {
		snprintf(seconds, sizeof(seconds), "%d", retry_after_s);
		a.fields[0] = (struct answer_field){"Retry-After", seconds};
	}
	if (a.status == 405)
		a.fields[0] = (struct answer_field){"Allow", f->expected};
	r->refused = f->code;
	problem_print(f, r->id, 0, &a.body);
	request_answer(r, &a);
}

void
request_dispatch(struct request *r)
{
	struct fault f = {0};

	if (r->route->check == NULL || r->route->check(r, &f))
		r->route->proceed(r);
	else
		request_fault(r, &f);
}
