/* front.c — workers and a listener in this process with toy routes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "front.h"

#include <errno.h>
#include <event2/event.h>
#include <ftw.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "db.h"
#include "listener.h"
#include "log.h"
#include "metrics.h"
#include "request.h"
#include "route.h"
#include "static.h"
#include "store.h"
#include "unit.h"

atomic_int front_calls;
atomic_int front_orphans;

/* ---- a database that only keeps requests waiting ---- */

#define WAITING_MAX_N 16

struct db {
	struct request *waiting[WAITING_MAX_N];
	size_t waiting_n;
};

struct db *
db_new(struct worker *worker)
{
	(void)worker;
	return calloc(1, sizeof(struct db));
}

void
db_free(struct db *db)
{
	struct fault f = {0};

	if (db == NULL)
		return;
	fault_set(&f, FAULT_DATABASE, NULL, "a running server", "one that stops");
	for (size_t i = 0; i < db->waiting_n; i++) {
		atomic_fetch_add(&front_orphans, !request_alive(db->waiting[i]));
		request_fault(db->waiting[i], &f);
	}
	free(db);
}

/* Nothing is stored here. */
struct store *
store_new(struct worker *worker)
{
	(void)worker;
	return calloc(1, 1);
}

void
store_free(struct store *s)
{
	free(s);
}

/* ---- toy routes ---- */

static void
answer_text(struct request *r, const char *text, size_t n)
{
	struct answer a = {.status = 200, .content_type = "text/plain"};

	text_add(&a.body, text, n);
	request_answer(r, &a);
}

static void
answer_busy(struct request *r)
{
	struct fault f = {0};

	fault_set(&f, FAULT_BUSY, NULL, "memory", "none");
	request_fault(r, &f);
}

static void
now_proceed(struct request *r)
{
	atomic_fetch_add(&front_calls, 1);
	answer_text(r, "now\n", 4);
}

static void
on_later(evutil_socket_t fd, short what, void *arg)
{
	struct request *r = arg;

	(void)fd;
	(void)what;
	atomic_fetch_add(&front_orphans, !request_alive(r));
	answer_text(r, r->argument, strlen(r->argument));
}

static void
later_proceed(struct request *r)
{
	struct timeval t = {.tv_usec = atoi(r->argument) * 1000};

	atomic_fetch_add(&front_calls, 1);
	if (event_base_once(r->worker->base, -1, EV_TIMEOUT, on_later, r, &t) != 0)
		answer_busy(r);
}

static void
bytes_proceed(struct request *r)
{
	struct answer a = {.status = 200, .content_type = "application/octet-stream"};
	size_t n = (size_t)atol(r->argument);
	char *piece = calloc(1, n + 1);

	atomic_fetch_add(&front_calls, 1);
	if (piece == NULL) {
		answer_busy(r);
		return;
	}
	text_add(&a.body, piece, n);
	free(piece);
	request_answer(r, &a);
}

static void
never_proceed(struct request *r)
{
	struct db *db = r->worker->db;

	atomic_fetch_add(&front_calls, 1);
	db->waiting[db->waiting_n++] = r;
}

static bool
echo_check(struct request *r, struct fault *f)
{
	if (strncmp((char *)r->body, "bad", 3) == 0)
		return fault_set(f, FAULT_NOT_JSON, "/x", "a good body", "\"%s\"", (char *)r->body);
	return true;
}

static void
echo_proceed(struct request *r)
{
	atomic_fetch_add(&front_calls, 1);
	answer_text(r, (char *)r->body, r->body_n);
}

static const char *const echo_types[] = {"text/plain", NULL};

const struct route routes[] = {
    {.name = "now", .method = HTTP_GET, .pattern = "/now", .proceed = now_proceed},
    {.name = "later", .method = HTTP_GET, .pattern = "/later/*", .proceed = later_proceed},
    {.name = "bytes", .method = HTTP_GET, .pattern = "/bytes/*", .proceed = bytes_proceed},
    {.name = "never", .method = HTTP_GET, .pattern = "/never", .proceed = never_proceed},
    {.name = "echo",
	.method = HTTP_POST,
	.pattern = "/echo",
	.body_max_bytes = 1000,
	.media_types = echo_types,
	.check = echo_check,
	.proceed = echo_proceed},
    {.name = "static", .method = HTTP_GET, .pattern = "/**", .proceed = static_proceed},
    {.name = NULL},
};

/* ---- start and stop ---- */

/* The main loop of a server, in a thread of its own here. */
struct front_loop {
	struct event_base *base;
	struct event *stop, *alive;
	struct listener *listener;
	int stop_pipe[2];
	pthread_t thread;
};

static void
on_stop(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(arg);
}

static void *
run_loop(void *arg)
{
	struct front_loop *loop = arg;

	event_base_dispatch(loop->base);
	return NULL;
}

static void
read_options(struct options *o, const char *const *flags)
{
	char *argv[32] = {(char *)"front", (char *)"--address-rate-n=0"};
	struct fault f = {0};
	int n = 2, rest;

	while (flags != NULL && flags[n - 2] != NULL) {
		argv[n] = (char *)flags[n - 2];
		n++;
	}
	if (!options_read(o, n, argv, 1, &rest, &f))
		fail_msg("%s: %s, got %s", f.path, f.expected, f.got);
}

void
front_start(struct front *front, const char *const *flags)
{
	struct front_loop *loop = calloc(1, sizeof(*loop));
	struct fault f = {0};
	char where[80];
	int fd;

	memset(front, 0, sizeof(*front));
	strcpy(front->folder, "/tmp/assay-front-XXXXXX");
	assert_non_null(mkdtemp(front->folder));
	read_options(&front->options, flags);
	assert_true(log_set_level(getenv("FRONT_LOG") ? getenv("FRONT_LOG") : "error"));
	json_object_seed(0);
	front->workers_n = 2;
	front->loop = loop;
	front->server.options = &front->options;
	front->server.metrics = metrics_new();
	assert_non_null(front->server.metrics);
	front->server.cache = static_cache_new(front->folder,
	    (size_t)front->options.cache_max_bytes, (size_t)front->options.cache_file_max_bytes);
	fd = listener_bind("127.0.0.1:0", where, &f);
	assert_true(fd >= 0);
	front->port = atoi(strrchr(where, ':') + 1);
	front->workers = workers_start(&front->server, front->workers_n, &f);
	assert_non_null(front->workers);
	assert_int_equal(pipe(loop->stop_pipe), 0);
	loop->base = event_base_new();
	loop->stop = event_new(loop->base, loop->stop_pipe[0], EV_READ, on_stop, loop->base);
	event_add(loop->stop, NULL);
	loop->listener =
	    listener_new(loop->base, fd, &front->server, front->workers, front->workers_n);
	assert_int_equal(pthread_create(&loop->thread, NULL, run_loop, loop), 0);
	atomic_store(&front_calls, 0);
	atomic_store(&front_orphans, 0);
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void
front_stop(struct front *front)
{
	struct front_loop *loop = front->loop;

	assert_int_equal(write(loop->stop_pipe[1], "x", 1), 1);
	pthread_join(loop->thread, NULL);
	listener_free(loop->listener);
	workers_stop(front->workers, front->workers_n);
	assert_int_equal(atomic_load(&front->server.connections_n), 0);
	event_free(loop->stop);
	event_base_free(loop->base);
	close(loop->stop_pipe[0]);
	close(loop->stop_pipe[1]);
	free(loop);
	static_cache_free(front->server.cache);
	metrics_free(front->server.metrics);
	options_clear(&front->options);
	nftw(front->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

long
front_ends(const struct front *front, enum conn_end why)
{
	return (long)metric_value(front->server.metrics, METRIC_CONNECTION_ENDS, (size_t)why);
}

bool
front_wait_ends(const struct front *front, enum conn_end why, long n)
{
	for (int i = 0; i < 500 && front_ends(front, why) < n; i++)
		sleep_ms(10);
	return front_ends(front, why) >= n;
}

void
front_write(const struct front *front, const char *path, const void *data, size_t n)
{
	char full[256], fresh[300];
	FILE *file;

	snprintf(full, sizeof(full), "%s/%s", front->folder, path);
	for (char *slash = strchr(full + 5, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(full, 0755) != 0)
			assert_int_equal(errno, EEXIST);
		*slash = '/';
	}
	snprintf(fresh, sizeof(fresh), "%s.fresh", full);
	file = fopen(fresh, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(rename(fresh, full), 0);
	sleep_ms(60);
}
