/* serving_load.c — some streams at a time from one endpoint, and when their pieces came.
 * SPDX-License-Identifier: Apache-2.0 */
#include "serving_load.h"

#include <stdlib.h>
#include <string.h>

#include "asking.h"
#include "chat_answer.h"
#include "sse.h"
#include "term.h"

struct stream {
	struct sse events;
	int64_t now_us; /* of the bytes that are being read */
	int64_t begun_us, first_us, last_us;
	int64_t pieces, tokens;
	bool ended, failed;
};

struct run {
	const struct load *load;
	struct stream *streams;
	size_t next, ended, failed_n;
	int64_t begun_us, ended_us;
	struct fault last;
	struct progress bar;
};

static void
on_event(void *arg, const char *data, size_t n)
{
	struct stream *s = arg;
	struct chat_piece piece;

	if (!chat_piece_read(data, n, &piece, NULL)) {
		s->failed = true;
		return;
	}
	if (piece.says) {
		if (s->pieces++ == 0)
			s->first_us = s->now_us;
		s->last_us = s->now_us;
	}
	s->ended = s->ended || piece.ends;
	if (piece.completion_tokens >= 0)
		s->tokens = piece.completion_tokens;
}

static char *
next(void *arg, size_t *number, struct fault *f)
{
	struct run *r = arg;
	const struct party *party = r->load->party;
	json_t *messages;
	char *prompt, *question = NULL;

	if (r->next == r->load->n)
		return NULL;
	*number = r->next++;
	prompt = r->load->prompt(r->load->arg, *number);
	messages = json_array();
	if (prompt != NULL) {
		chat_say(messages, "user", prompt);
		question = chat_question(
		    party->api_model, messages, party->temperature, party->max_tokens, true);
	}
	if (question == NULL)
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a question", "none");
	json_decref(messages);
	free(prompt);
	return question;
}

static void
started(void *arg, size_t number, int64_t at_us)
{
	struct run *r = arg;

	r->streams[number] = (struct stream){.begun_us = at_us, .tokens = -1};
	r->streams[number].events = (struct sse){.event = on_event, .arg = &r->streams[number]};
	if (r->begun_us == 0)
		r->begun_us = at_us;
}

static void
piece(void *arg, size_t number, const char *data, size_t n, int64_t at_us)
{
	struct run *r = arg;
	struct stream *s = &r->streams[number];

	s->now_us = at_us;
	sse_feed(&s->events, data, n);
	if (at_us > r->ended_us)
		r->ended_us = at_us;
}

static enum endpoint_take
take(void *arg, size_t number, const char *data, size_t n, struct fault *f)
{
	struct run *r = arg;
	struct stream *s = &r->streams[number];

	(void)n;
	s->failed = s->failed || data == NULL || !s->ended || s->events.failed || s->pieces == 0;
	if (s->failed && data != NULL)
		fault_set(f, FAULT_ENDPOINT, r->load->party->host,
		    "a stream of pieces up to its end", "another");
	if (s->failed) {
		r->failed_n++;
		r->last = *f;
	}
	f->code = FAULT_NONE;
	sse_clear(&s->events);
	progress_show(&r->bar, ++r->ended);
	return ENDPOINT_TAKEN;
}

static json_t *
stream_json(const struct stream *s)
{
	json_t *told;

	if (s->failed)
		return json_pack("{s:b}", "failed", 1);
	told = json_pack("{s:f, s:f, s:I}", "ttft_s", (double)(s->first_us - s->begun_us) / 1e6,
	    "span_s", (double)(s->last_us - s->first_us) / 1e6, "pieces", (json_int_t)s->pieces);
	if (s->tokens >= 0)
		json_object_set_new(told, "tokens", json_integer(s->tokens));
	return told;
}

static json_t *
line_of(const struct run *r)
{
	json_t *list = json_array();

	for (size_t k = 0; k < r->load->n; k++)
		json_array_append_new(list, stream_json(&r->streams[k]));
	return json_pack(
	    "{s:f, s:o}", "wall_s", (double)(r->ended_us - r->begun_us) / 1e6, "streams", list);
}

bool
load_run(const struct load *l, json_t **line, bool *interrupted, struct fault *f)
{
	struct run r = {.load = l,
	    .streams = calloc(l->n, sizeof(*r.streams)),
	    .bar = {.label = "streaming", .unit = "streams", .total = l->n}};
	struct endpoint endpoint = l->party->endpoint;
	const struct endpoint_work work = {.next = next,
	    .take = take,
	    .arg = &r,
	    .started = started,
	    .piece = piece,
	    .once = true};
	bool done;

	*line = NULL;
	*interrupted = false;
	if (r.streams == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for streams", "none");
	endpoint.at_once = l->at_once;
	done = endpoint_ask(&endpoint, CHAT_PATH, &work, interrupted, f);
	progress_end(&r.bar);
	if (done && 2 * r.failed_n > l->n)
		done = fault_set(f, FAULT_ENDPOINT, r.last.path, r.last.expected,
		    "%zu of %zu streams failed; the last: %s", r.failed_n, l->n, r.last.got);
	if (done)
		*line = line_of(&r);
	for (size_t k = 0; k < l->n; k++)
		sse_clear(&r.streams[k].events);
	free(r.streams);
	return done;
}
