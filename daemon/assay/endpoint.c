/* endpoint.c — many questions to a model behind an OpenAI-compatible address, some at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "endpoint.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "net.h"
#include "net_parts.h"
#include "text.h"

#define TRIES_MAX 8
#define PAUSE_MS 1000
#define PAUSE_MAX_MS 60000
#define RETRY_AFTER_MAX_S 600 /* more is left to the user, who can come back */
#define WAKE_MS 1000

enum seat_state {
	SEAT_FREE,
	SEAT_WAITING, /* for its next try */
	SEAT_ASKING   /* its handle is in the multi handle */
};

/* One of those who ask at the same time, with the question it has. */
struct seat {
	struct round *round;
	enum seat_state state;
	CURL *curl;
	char *question;
	size_t sent; /* of its bytes, to curl */
	size_t number;
	int tries;
	int64_t not_before_ms;
	struct text answer;
	bool too_large;
	char error[CURL_ERROR_SIZE];
};

struct round {
	const struct endpoint *endpoint;
	const struct endpoint_work *work;
	struct fault *f;
	char url[NET_URL_MAX + 64];
	CURLM *multi;
	struct curl_slist *headers;
	struct seat seats[ENDPOINT_AT_ONCE_MAX];
	int64_t quiet_until_ms; /* the endpoint asked for it */
};

static volatile sig_atomic_t interrupted_by;

static void
on_signal(int number)
{
	interrupted_by = number;
}

static int64_t
clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t
clock_ms(void)
{
	return clock_us() / 1000;
}

/* Pieces of an answer go on as they come; what else a server says is gathered. */
static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct seat *s = arg;
	const struct endpoint_work *work = s->round->work;
	int64_t at_us = clock_us();
	long status = 0;

	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
	if (work->piece != NULL && status == 200) {
		work->piece(work->arg, s->number, data, size * n, at_us);
		return size * n;
	}
	if (s->answer.n + size * n > ENDPOINT_ANSWER_MAX_BYTES) {
		s->too_large = true;
		return 0;
	}
	text_add(&s->answer, data, size * n);
	return s->answer.failed ? 0 : size * n;
}

/* curl asks for the body when the connection stands and the head is on its way. */
static size_t
on_question(char *out, size_t size, size_t n, void *arg)
{
	struct seat *s = arg;
	const struct endpoint_work *work = s->round->work;
	size_t left = strlen(s->question + s->sent), some = left < size * n ? left : size * n;

	if (s->sent == 0 && work->started != NULL)
		work->started(work->arg, s->number, clock_us());
	memcpy(out, s->question + s->sent, some);
	s->sent += some;
	return some;
}

/* A kept connection may turn out to be closed: then the question goes once more, over another. */
static int
on_rewind(void *arg, curl_off_t offset, int origin)
{
	struct seat *s = arg;

	if (origin != SEEK_SET || offset < 0 || (size_t)offset > s->sent)
		return CURL_SEEKFUNC_FAIL;
	s->sent = (size_t)offset;
	return CURL_SEEKFUNC_OK;
}

static bool
add_header(struct round *r, const char *line)
{
	struct curl_slist *more = curl_slist_append(r->headers, line);

	if (more != NULL)
		r->headers = more;
	return more != NULL;
}

/* The key stands in memory that is ours for as long as it is needed, and in curl's copy. */
static bool
make_headers(struct round *r)
{
	struct text line = {0};
	bool done = add_header(r, "Content-Type: application/json") && add_header(r, "Expect:");

	if (done && r->endpoint->key != NULL) {
		text_addf(&line, "Authorization: Bearer %s", r->endpoint->key);
		done = !line.failed && add_header(r, line.data);
	}
	text_clear(&line);
	return done;
}

static bool
open_seat(struct round *r, struct seat *s)
{
	s->round = r;
	s->curl = curl_easy_init();
	if (s->curl == NULL)
		return false;
	net_prepare(s->curl, r->endpoint->url);
	curl_easy_setopt(s->curl, CURLOPT_URL, r->url);
	curl_easy_setopt(s->curl, CURLOPT_TIMEOUT_MS, r->endpoint->timeout_ms);
	curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, r->headers);
	curl_easy_setopt(s->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(s->curl, CURLOPT_READFUNCTION, on_question);
	curl_easy_setopt(s->curl, CURLOPT_READDATA, s);
	curl_easy_setopt(s->curl, CURLOPT_SEEKFUNCTION, on_rewind);
	curl_easy_setopt(s->curl, CURLOPT_SEEKDATA, s);
	curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(s->curl, CURLOPT_WRITEDATA, s);
	curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, s->error);
	curl_easy_setopt(s->curl, CURLOPT_PRIVATE, s);
	return true;
}

static void
free_seat(struct seat *s)
{
	free(s->question);
	s->question = NULL;
	s->state = SEAT_FREE;
}

static bool
start(struct seat *s)
{
	s->tries++;
	s->sent = 0;
	s->too_large = false;
	s->error[0] = 0;
	text_reset(&s->answer);
	curl_easy_setopt(s->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(s->question));
	if (curl_multi_add_handle(s->round->multi, s->curl) != CURLM_OK)
		return fault_set(s->round->f, FAULT_NO_MEMORY, "", "memory for a question", "none");
	s->state = SEAT_ASKING;
	return true;
}

/* Give every free seat a question, and start those whose time has come. *busy: somebody has one. */
static bool
seat_all(struct round *r, bool *busy)
{
	int64_t now_ms = clock_ms();

	*busy = false;
	for (long k = 0; k < r->endpoint->at_once; k++) {
		struct seat *s = &r->seats[k];

		if (s->state == SEAT_FREE) {
			s->question = r->work->next(r->work->arg, &s->number, r->f);
			if (s->question == NULL && r->f->code != FAULT_NONE)
				return false;
			s->tries = 0;
			s->not_before_ms = 0;
			s->state = s->question != NULL ? SEAT_WAITING : SEAT_FREE;
		}
		*busy = *busy || s->state != SEAT_FREE;
		if (s->state == SEAT_WAITING && now_ms >= s->not_before_ms &&
		    now_ms >= r->quiet_until_ms && !start(s))
			return false;
	}
	return true;
}

/* What a server says of an error may hold anything, but never the key. */
static void
error_words(const struct seat *s, long status, char *out, size_t room)
{
	json_t *doc = s->answer.data ? json_read_object(s->answer.data, s->answer.n, NULL) : NULL;
	const char *words = json_string_value(pointer_find(doc, "/error/message"));
	const char *key = s->round->endpoint->key;

	snprintf(out, room, "HTTP %ld", status);
	if (words != NULL && status != 401 && status != 403 &&
	    (key == NULL || strstr(words, key) == NULL))
		snprintf(out, room, "HTTP %ld: %s", status, words);
	json_decref(doc);
}

/* A question that is put but once is given back without an answer. */
static bool
give_up(struct seat *s, const char *got)
{
	struct round *r = s->round;
	struct fault local = {0};

	fault_set(&local, FAULT_ENDPOINT, r->url, "an answer", "%s", got);
	if (r->work->take(r->work->arg, s->number, NULL, 0, &local) == ENDPOINT_STOP) {
		*r->f = local;
		return false;
	}
	free_seat(s);
	return true;
}

/* Let the question wait for its next try, unless this was the last. */
static bool
try_again(struct seat *s, int64_t retry_after_s, const char *got)
{
	struct round *r = s->round;
	int64_t pause_ms = (int64_t)PAUSE_MS << (s->tries - 1);

	if (r->work->once)
		return give_up(s, got);
	if (pause_ms > PAUSE_MAX_MS)
		pause_ms = PAUSE_MAX_MS;
	if (retry_after_s > 0)
		pause_ms = retry_after_s * 1000;
	if (retry_after_s > RETRY_AFTER_MAX_S)
		return fault_set(r->f, FAULT_ENDPOINT, r->url, "an answer within ten minutes",
		    "%s, Retry-After: %lld s", got, (long long)retry_after_s);
	if (s->tries >= TRIES_MAX)
		return fault_set(
		    r->f, FAULT_ENDPOINT, r->url, "an answer after eight tries", "%s", got);
	s->not_before_ms = clock_ms() + pause_ms;
	s->state = SEAT_WAITING;
	return true;
}

static bool
take(struct seat *s)
{
	struct round *r = s->round;
	struct fault local = {0};

	text_add(&s->answer, "", 0);
	switch (r->work->take(r->work->arg, s->number, s->answer.data, s->answer.n, &local)) {
	case ENDPOINT_TAKEN:
		free_seat(s);
		return true;
	case ENDPOINT_AGAIN:
		return try_again(s, 0, local.got);
	case ENDPOINT_STOP:
		break;
	}
	*r->f = local;
	return false;
}

static bool
is_passing(long status)
{
	return status == 408 || status == 429 || (status >= 500 && status <= 599);
}

static bool
on_end(struct seat *s, CURLcode code)
{
	struct round *r = s->round;
	curl_off_t retry_after_s = 0;
	long status = 0;
	char got[200];

	if (s->too_large)
		return fault_set(
		    r->f, FAULT_ENDPOINT, r->url, "an answer of at most 4 MiB", "more");
	if (code != CURLE_OK)
		return try_again(s, 0, s->error[0] ? s->error : curl_easy_strerror(code));
	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(s->curl, CURLINFO_RETRY_AFTER, &retry_after_s);
	if (status == 200)
		return take(s);
	error_words(s, status, got, sizeof(got));
	if (!is_passing(status))
		return fault_set(r->f, FAULT_ENDPOINT, r->url, "an answer", "%s", got);
	if (!try_again(s, retry_after_s, got))
		return false;
	if (s->state == SEAT_WAITING && (status == 429 || status == 503) &&
	    s->not_before_ms > r->quiet_until_ms)
		r->quiet_until_ms = s->not_before_ms;
	return true;
}

static bool
take_ended(struct round *r, bool *some)
{
	CURLMsg *message;
	int left, running;

	*some = false;
	if (curl_multi_perform(r->multi, &running) != CURLM_OK)
		return fault_set(r->f, FAULT_NO_MEMORY, "", "memory for questions", "none");
	while ((message = curl_multi_info_read(r->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		struct seat *s = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&s);
		curl_multi_remove_handle(r->multi, s->curl);
		s->state = SEAT_WAITING;
		*some = true;
		if (!on_end(s, code))
			return false;
	}
	return true;
}

/* How long nothing needs to be looked at, unless something comes in. */
static int
rest_ms(const struct round *r)
{
	int64_t now_ms = clock_ms(), rest = WAKE_MS;

	for (long k = 0; k < r->endpoint->at_once; k++) {
		const struct seat *s = &r->seats[k];
		int64_t at_ms =
		    s->not_before_ms > r->quiet_until_ms ? s->not_before_ms : r->quiet_until_ms;

		if (s->state == SEAT_WAITING && at_ms - now_ms < rest)
			rest = at_ms > now_ms ? at_ms - now_ms : 0;
	}
	return (int)rest;
}

/* Behind an answer others may be due, so nobody rests. */
static bool
go_round(struct round *r)
{
	bool busy = true, some = false;

	while (interrupted_by == 0) {
		if (!seat_all(r, &busy))
			return false;
		if (!busy)
			return true;
		if (!take_ended(r, &some))
			return false;
		if (!some && curl_multi_poll(r->multi, NULL, 0, rest_ms(r), NULL) != CURLM_OK)
			return fault_set(r->f, FAULT_NO_MEMORY, "", "memory to wait", "none");
	}
	return false;
}

static bool
open_round(struct round *r, const char *path)
{
	bool done;

	snprintf(r->url, sizeof(r->url), "%s%s", r->endpoint->url, path);
	done = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK &&
	       (r->multi = curl_multi_init()) != NULL && make_headers(r);
	for (long k = 0; done && k < r->endpoint->at_once; k++)
		done = open_seat(r, &r->seats[k]);
	return done || fault_set(r->f, FAULT_NO_MEMORY, "", "memory for connections", "none");
}

static void
close_round(struct round *r)
{
	for (size_t k = 0; k < ENDPOINT_AT_ONCE_MAX; k++) {
		struct seat *s = &r->seats[k];

		if (s->state == SEAT_ASKING)
			curl_multi_remove_handle(r->multi, s->curl);
		free_seat(s);
		text_clear(&s->answer);
		curl_easy_cleanup(s->curl);
	}
	curl_multi_cleanup(r->multi);
	curl_slist_free_all(r->headers);
	curl_global_cleanup();
	free(r);
}

bool
endpoint_ask(const struct endpoint *e, const char *path, const struct endpoint_work *work,
    bool *interrupted, struct fault *f)
{
	struct round *r = calloc(1, sizeof(*r));
	struct sigaction heed = {.sa_handler = on_signal}, int_before, term_before;
	bool done;

	*interrupted = false;
	if (r == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for connections", "none");
	r->endpoint = e;
	r->work = work;
	r->f = f;
	interrupted_by = 0;
	sigaction(SIGINT, &heed, &int_before);
	sigaction(SIGTERM, &heed, &term_before);
	done = open_round(r, path) && go_round(r);
	sigaction(SIGINT, &int_before, NULL);
	sigaction(SIGTERM, &term_before, NULL);
	*interrupted = !done && interrupted_by != 0 && f->code == FAULT_NONE;
	close_round(r);
	return done;
}
