/* batch_world.c — a worker without a thread, a database that answers when told to, allocations that
 * fail. SPDX-License-Identifier: Apache-2.0 */
#include "batch_world.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "db.h"
#include "known_keys.h"
#include "limit.h"
#include "log.h"
#include "metrics.h"
#include "request.h"
#include "route.h"
#include "server.h"
#include "slices.h"
#include "store.h"
#include "unit.h"

#define ORIGIN "test.example/log"

/* The one route there is, so that the linker leaves all others in the library, and their database.
 */
const struct route routes[] = {
    {.name = "batch",
	.method = HTTP_POST,
	.pattern = "/v1/statements",
	.check = batch_check,
	.proceed = batch_proceed},
    {.name = NULL},
};

/* ---- allocations: the linker sends all calls of our own objects here (--wrap) ---- */

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *data, size_t n);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *data, size_t n);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

int until_failure; /* 0: none fails */

static bool
fails(void)
{
	return until_failure > 0 && --until_failure == 0;
}

void *
__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *data, size_t n)
{
	return fails() ? NULL : __real_realloc(data, n);
}

char *
__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

char *
__wrap_strndup(const char *s, size_t n)
{
	return fails() ? NULL : __real_strndup(s, n);
}

/* ---- a database whose answers come when the test says so ---- */

struct db_rows {
	bool stored, enrolled;
};

struct waiting {
	void (*on_door)(void *arg, const struct db_rows *rows, const struct fault *fault);
	void (*on_stored)(void *arg, bool fresh, int64_t at_ms, const struct fault *fault);
	void *arg;
	uint8_t id[SHA256_SIZE], key[KEY_SIZE];
};

static struct waiting waiting[WAITING_MAX_N];
static size_t waiting_n;
size_t puts_n;
size_t room_n; /* places of the store */
static uint8_t stored[WAITING_MAX_N][SHA256_SIZE];
size_t stored_n;

bool
is_stored(const uint8_t id[SHA256_SIZE])
{
	for (size_t i = 0; i < stored_n; i++)
		if (memcmp(stored[i], id, SHA256_SIZE) == 0)
			return true;
	return false;
}

bool
db_ask(struct db *db, enum query q, const struct db_param *params,
    void (*done)(void *arg, const struct db_rows *rows, const struct fault *fault), void *arg,
    struct fault *f)
{
	struct waiting *w = &waiting[waiting_n++];

	(void)db;
	(void)f;
	assert_int_equal(q, QUERY_DOOR);
	*w = (struct waiting){.on_door = done, .arg = arg};
	memcpy(w->id, params[0].data, SHA256_SIZE);
	memcpy(w->key, params[1].data, KEY_SIZE);
	return true;
}

bool
db_null(const struct db_rows *rows, size_t row, int column)
{
	(void)row;
	assert_int_equal(column, 0);
	return !rows->stored;
}

int64_t
db_whole(const struct db_rows *rows, size_t row, int column)
{
	(void)rows;
	(void)row;
	return column == 0 ? 1000 : 0;
}

bool
db_bool(const struct db_rows *rows, size_t row, int column)
{
	(void)rows;
	(void)row;
	(void)column;
	return false;
}

bool
db_bytes(const struct db_rows *rows, size_t row, int column, uint8_t *out, size_t n)
{
	(void)row;
	(void)column;
	memset(out, 0, n);
	return rows->enrolled;
}

bool
store_put(struct store *s, const struct statement *st,
    void (*done)(void *arg, bool fresh, int64_t accepted_at_ms, const struct fault *fault),
    void *arg, struct fault *f)
{
	struct waiting *w = &waiting[waiting_n];

	(void)s;
	puts_n++;
	if (room_n == 0)
		return fault_set(f, FAULT_BUSY, "", "a place", "none");
	room_n--;
	waiting_n++;
	*w = (struct waiting){.on_stored = done, .arg = arg};
	memcpy(w->id, st->id, SHA256_SIZE);
	return true;
}

void
store_count_seen(struct store *s)
{
	(void)s;
}

/* Answer what was asked up to now; what is asked meanwhile waits for the next time. */
void
answer_all(void)
{
	struct waiting now[WAITING_MAX_N];
	size_t n = waiting_n;

	memcpy(now, waiting, sizeof(now));
	waiting_n = 0;
	for (size_t i = 0; i < n; i++) {
		bool fresh = !is_stored(now[i].id);
		struct db_rows rows = {!fresh, memcmp(now[i].key, ada.public, KEY_SIZE) == 0};

		if (now[i].on_door != NULL) {
			now[i].on_door(now[i].arg, &rows, NULL);
			continue;
		}
		if (fresh)
			memcpy(stored[stored_n++], now[i].id, SHA256_SIZE);
		now[i].on_stored(now[i].arg, fresh, fresh ? 1000 : 0, NULL);
	}
}

/* Never reached: the worker here has no thread that would make or free them. */
struct db *
db_new(struct worker *w)
{
	(void)w;
	return NULL;
}

void
db_free(struct db *db)
{
	(void)db;
}

bool
db_is_up(const struct db *db)
{
	(void)db;
	return true;
}

struct store *
store_new(struct worker *w)
{
	(void)w;
	return NULL;
}

void
store_free(struct store *s)
{
	(void)s;
}

/* ---- the answer ---- */

void __real_request_answer(struct request *r, struct answer *a);
void __wrap_request_answer(struct request *r, struct answer *a);

int answers_n, answer_status;
struct text answer_body;

void
__wrap_request_answer(struct request *r, struct answer *a)
{
	int left = until_failure;

	until_failure = 0; /* what the test remembers does not fail */
	answers_n++;
	answer_status = a->body.failed ? 503 : a->status;
	text_reset(&answer_body);
	text_add(&answer_body, a->body.data, a->body.failed ? 0 : a->body.n);
	until_failure = left;
	__real_request_answer(r, a);
}

/* ---- a worker without a thread ---- */

struct worker worker;
static struct server front;
static struct options options;

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct request *r;

	(void)fd;
	(void)what;
	(void)arg;
	while ((r = SLIST_FIRST(&worker.dead_requests)) != NULL) {
		SLIST_REMOVE_HEAD(&worker.dead_requests, dead);
		request_free(r);
	}
}

int
batch_world_setup(void **state)
{
	char *argv[] = {(char *)"test", (char *)"--unknown-key-rate-n", (char *)"0",
	    (char *)"--submitter-rate-n", (char *)"0"};
	struct rules rules;
	struct fault f = {0};
	int rest;

	if (world_setup(state) != 0 || !log_set_level("error") ||
	    !options_read(&options, 5, argv, 1, &rest, &f))
		return -1;
	pthread_mutex_init(&front.rules_lock, NULL);
	front.options = &options;
	front.suites = world.set;
	front.metrics = metrics_new();
	front.limits = limits_new();
	worker.server = &front;
	worker.metrics = front.metrics;
	worker.base = event_base_new();
	worker.slices = slices_new(worker.base);
	worker.known = known_keys_new();
	worker.sweeper = event_new(worker.base, -1, 0, on_sweep, NULL);
	return rules_copy(&world.rules, &rules) && server_set_rules(&front, &rules, NULL, 1) ? 0
											     : -1;
}

int
batch_world_teardown(void **state)
{
	slices_free(worker.slices);
	known_keys_free(worker.known);
	event_free(worker.sweeper);
	event_base_free(worker.base);
	rules_release(front.rules);
	metrics_free(front.metrics);
	limits_free(front.limits);
	options_clear(&options);
	text_clear(&answer_body);
	pthread_mutex_destroy(&front.rules_lock);
	return world_teardown(state);
}

void
forget(void)
{
	waiting_n = stored_n = puts_n = 0;
	answers_n = answer_status = 0;
	room_n = WAITING_MAX_N;
	known_keys_free(worker.known);
	worker.known = known_keys_new();
}

/* Append a signed submission as a line. */
void
add_line(struct text *body, const struct keypair *signer)
{
	json_t *run = submission_body(12.5);
	struct fault f = {0};

	json_object_set_new(run, "audience", json_string(ORIGIN));
	assert_true(
	    statement_sign(KIND_SUBMISSION, run, signer, world.now_ms / 1000, body, NULL, &f));
	text_add_str(body, "\n");
	json_decref(run);
}

/* Dispatch a batch; false if there was no memory for the request itself. */
bool
post(const struct text *body)
{
	struct request *r = request_new(&worker, NULL, "test", "", 0);
	bool whole;

	if (r == NULL)
		return false;
	r->route = &routes[0];
	r->query = strdup("");
	r->body = malloc(body->n + 1);
	whole = r->query != NULL && r->body != NULL;
	if (!whole) {
		request_free(r);
		return false;
	}
	memcpy(r->body, body->data, body->n + 1);
	r->body_n = body->n;
	request_dispatch(r);
	return true;
}

void
turn(void)
{
	event_base_loop(worker.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

void
finish(void)
{
	for (int i = 0; i < 1000 && worker.requests_n > 0; i++) {
		turn();
		answer_all();
	}
	turn();
	assert_int_equal(worker.requests_n, 0);
}
