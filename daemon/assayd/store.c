/* store.c — statements on their way into the database: many requests, one commit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "db.h"
#include "encode.h"
#include "json.h"
#include "metrics.h"
#include "options.h"
#include "server.h"
#include "worker.h"

#define OID_BYTEA 17
#define OID_TEXT 25
#define COLUMNS_N 6
#define PARAMS_N 7 /* the columns, and the names of evidence */

/* One statement: in `waiting` until it is sent, then in `sent` until the batch's answer. */
struct item {
	TAILQ_ENTRY(item) link;
	const struct statement *statement;
	void (*done)(void *arg, bool fresh, int64_t accepted_at_ms, const struct fault *fault);
	void *arg;
};
TAILQ_HEAD(item_list, item);

struct store {
	struct worker *worker;
	struct item_list waiting, sent;
	size_t waiting_n, sent_n;
	size_t
	    alone_n; /* items in front of `waiting` that go one by one, after their batch failed */
	int64_t sent_at_us;
	struct event *sender;
};

static void on_batch(void *arg, const struct db_rows *rows, const struct fault *fault);

static void
item_finish(struct item *i, bool fresh, int64_t accepted_at_ms, const struct fault *fault)
{
	i->done(i->arg, fresh, accepted_at_ms, fault);
	free(i);
}

/* ---- arrays in PostgreSQL's binary form (array_send in its sources) ---- */

static void
add_int32(struct text *t, uint32_t value)
{
	uint32_t net = htonl(value);

	text_add(t, &net, sizeof(net));
}

static void
add_array_head(struct text *t, uint32_t type, size_t n)
{
	add_int32(t, 1); /* dimensions */
	add_int32(t, 0); /* no nulls */
	add_int32(t, type);
	add_int32(t, (uint32_t)n);
	add_int32(t, 1); /* lower bound */
}

static void
add_element(struct text *t, const void *data, size_t n)
{
	add_int32(t, (uint32_t)n);
	text_add(t, data, n);
}

static void
fill_columns(const struct store *s, struct text columns[COLUMNS_N])
{
	const struct item *i;

	for (int c = 0; c < COLUMNS_N; c++)
		add_array_head(&columns[c], c == 1 ? OID_TEXT : OID_BYTEA, s->sent_n);
	TAILQ_FOREACH (i, &s->sent, link) {
		const struct statement *st = i->statement;
		const char *kind = kind_info(st->kind)->name;

		add_element(&columns[0], st->id, SHA256_SIZE);
		add_element(&columns[1], kind, strlen(kind));
		add_element(&columns[2], st->payload, st->payload_n);
		add_element(&columns[3], st->payload_sha256, SHA256_SIZE);
		add_element(&columns[4], st->key, KEY_SIZE);
		add_element(&columns[5], st->signature, SIGNATURE_SIZE);
	}
}

/* Append [{id, sha256, bytes}] of the evidence that the statements of the batch name. */
static void
fill_names(const struct store *s, struct text *out)
{
	const struct item *i;
	const json_t *evidence;
	char id[HEX32_SIZE];
	size_t at;

	text_add_str(out, "[");
	TAILQ_FOREACH (i, &s->sent, link) {
		if (i->statement->kind != KIND_SUBMISSION)
			continue;
		hex_print(i->statement->id, SHA256_SIZE, id);
		json_array_foreach (json_object_get(i->statement->body, "evidence"), at, evidence)
			text_addf(out, "%s{\"id\":\"%s\",\"sha256\":\"%s\",\"bytes\":%lld}",
			    out->n > 1 ? "," : "", id, json_get_text(evidence, "sha256"),
			    (long long)json_get_whole(evidence, "bytes"));
	}
	text_add_str(out, "]");
}

/* ---- batches ---- */

static void
take_batch(struct store *s)
{
	size_t most = s->alone_n > 0 ? 1 : STORE_BATCH_MAX_N;
	struct item *i;

	while (s->sent_n < most && (i = TAILQ_FIRST(&s->waiting)) != NULL) {
		TAILQ_REMOVE(&s->waiting, i, link);
		TAILQ_INSERT_TAIL(&s->sent, i, link);
		s->waiting_n--;
		s->sent_n++;
	}
	metric_add(s->worker->metrics, METRIC_STORE_QUEUE, 0, -(int64_t)s->sent_n);
	s->sent_at_us = metric_now_us();
	if (s->alone_n > 0)
		s->alone_n--;
}

static void
fail_batch(struct store *s, const struct fault *fault)
{
	struct item *i;

	while ((i = TAILQ_FIRST(&s->sent)) != NULL) {
		TAILQ_REMOVE(&s->sent, i, link);
		s->sent_n--;
		item_finish(i, false, 0, fault);
	}
}

static void
send_batch(struct store *s)
{
	struct text columns[PARAMS_N] = {0};
	struct db_param params[PARAMS_N];
	struct fault f = {0};
	bool failed = false;

	take_batch(s);
	if (s->sent_n == 0)
		return;
	fill_columns(s, columns);
	fill_names(s, &columns[COLUMNS_N]);
	for (int c = 0; c < PARAMS_N; c++) {
		params[c] = (struct db_param){
		    .data = columns[c].data, .n = columns[c].n, .binary = c < COLUMNS_N};
		failed = failed || columns[c].failed;
	}
	if (failed)
		fault_set(&f, FAULT_BUSY, "", "memory for a batch", "none");
	if (failed || !db_ask(s->worker->db, QUERY_STORE, params, on_batch, s, &f)) {
		fail_batch(s, &f);
		event_active(s->sender, 0, 0);
	}
	for (int c = 0; c < PARAMS_N; c++)
		text_clear(&columns[c]);
}

static void
on_sender(evutil_socket_t fd, short what, void *arg)
{
	struct store *s = arg;

	(void)fd;
	(void)what;
	if (s->sent_n == 0)
		send_batch(s);
}

/* Put a failed batch back in front, to go one by one: one bad row hurts nobody else. */
static void
split_batch(struct store *s)
{
	struct item *i;

	s->alone_n = s->sent_n;
	metric_add(s->worker->metrics, METRIC_STORE_QUEUE, 0, (int64_t)s->sent_n);
	while ((i = TAILQ_LAST(&s->sent, item_list)) != NULL) {
		TAILQ_REMOVE(&s->sent, i, link);
		TAILQ_INSERT_HEAD(&s->waiting, i, link);
		s->sent_n--;
		s->waiting_n++;
	}
}

static struct item *
sent_with_id(const struct store *s, const uint8_t id[SHA256_SIZE])
{
	struct item *i;

	TAILQ_FOREACH (i, &s->sent, link)
		if (memcmp(i->statement->id, id, SHA256_SIZE) == 0)
			return i;
	return NULL;
}

/* Rows name what this batch stored. They come back in the order of ids, the items stand in the
 * order of arrival: both are few. Whoever is left was there before, or twice in the batch. */
static void
finish_batch(struct store *s, const struct db_rows *rows)
{
	uint8_t id[SHA256_SIZE];
	struct item *i;

	for (size_t row = 0; row < db_rows_n(rows); row++) {
		i = db_bytes(rows, row, 0, id, SHA256_SIZE) ? sent_with_id(s, id) : NULL;
		if (i == NULL)
			continue;
		TAILQ_REMOVE(&s->sent, i, link);
		item_finish(i, true, db_whole(rows, row, 1), NULL);
	}
	while ((i = TAILQ_FIRST(&s->sent)) != NULL) {
		TAILQ_REMOVE(&s->sent, i, link);
		item_finish(i, false, 0, NULL);
	}
	s->sent_n = 0;
}

static void
measure_batch(const struct store *s, size_t fresh_n)
{
	struct metrics *m = s->worker->metrics;

	metric_observe(m, METRIC_BATCH_SIZE, (int64_t)s->sent_n);
	metric_observe(m, METRIC_COMMIT_TIME, metric_now_us() - s->sent_at_us);
	metric_add(m, METRIC_STATEMENTS, METRIC_ACCEPTED, (int64_t)fresh_n);
}

static void
on_batch(void *arg, const struct db_rows *rows, const struct fault *fault)
{
	struct store *s = arg;

	if (fault == NULL) {
		measure_batch(s, db_rows_n(rows));
		finish_batch(s, rows);
	} else if (fault->code == FAULT_INTERNAL && s->sent_n > 1) {
		split_batch(s);
	} else {
		fail_batch(s, fault);
	}
	event_active(s->sender, 0, 0);
}

/* ---- from outside ---- */

struct store *
store_new(struct worker *worker)
{
	struct store *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->worker = worker;
	TAILQ_INIT(&s->waiting);
	TAILQ_INIT(&s->sent);
	s->sender = event_new(worker->base, -1, 0, on_sender, s);
	if (s->sender == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

void
store_free(struct store *s)
{
	struct fault f = {0};
	struct item *i;

	if (s == NULL)
		return;
	fault_set(&f, FAULT_DATABASE, "", "a running server", "one that stops");
	while ((i = TAILQ_FIRST(&s->waiting)) != NULL) {
		TAILQ_REMOVE(&s->waiting, i, link);
		item_finish(i, false, 0, &f);
	}
	fail_batch(s, &f);
	event_free(s->sender);
	free(s);
}

void
store_count_seen(struct store *s)
{
	metric_add(s->worker->metrics, METRIC_STATEMENTS, METRIC_SEEN, 1);
}

bool
store_put(struct store *s, const struct statement *st,
    void (*done)(void *arg, bool fresh, int64_t accepted_at_ms, const struct fault *fault),
    void *arg, struct fault *f)
{
	struct item *i;

	if (s->waiting_n >= (size_t)s->worker->server->options->db_queue_max_n)
		return fault_set(f, FAULT_BUSY, "", "a place in the queue to the database",
		    "%zu waiting already", s->waiting_n);
	i = calloc(1, sizeof(*i));
	if (i == NULL)
		return fault_set(f, FAULT_BUSY, "", "memory for a statement", "none");
	i->statement = st;
	i->done = done;
	i->arg = arg;
	TAILQ_INSERT_TAIL(&s->waiting, i, link);
	s->waiting_n++;
	metric_add(s->worker->metrics, METRIC_STORE_QUEUE, 0, 1);
	event_active(s->sender, 0, 0);
	return true;
}
