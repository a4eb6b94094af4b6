/* test_conn_memory.c — the n-th allocation of the server fails, for every n, until none is left to
 * fail. SPDX-License-Identifier: Apache-2.0 */
#include <event2/event.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "front.h"
#include "unit.h"

#define HOST "Host: a\r\n"
#define TRIES_MAX_N 2000

/* The linker sends all calls of our own objects here (--wrap); the libraries are told. */
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

static int tried_n;
static atomic_int until_failure; /* 0: none fails */
static _Thread_local bool is_client;

static bool
fails(void)
{
	if (is_client || atomic_load(&until_failure) <= 0)
		return false;
	return atomic_fetch_sub(&until_failure, 1) == 1;
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

static struct front front;

/* What a client may meet when memory is short: its answer, an honest refusal, or the end. Never a
 * cut answer, never silence. */
static bool
meets(int fd, int status)
{
	struct reply r = client_read(fd, false);
	bool ended = r.status == 0 || r.status == -1;

	if (r.status != status && r.status != 503 && r.status != 500 && !ended)
		fail_msg(
		    "allocation %d: expected %d, got %d:\n%s", tried_n, status, r.status, r.head);
	reply_clear(&r);
	return !ended;
}

static void
converse(void)
{
	static const struct {
		const char *request;
		int status;
	} talk[] = {
	    {"GET /now HTTP/1.1\r\n" HOST "\r\n", 200},
	    {"GET /small HTTP/1.1\r\n" HOST "\r\n", 200},
	    {"GET /small HTTP/1.1\r\n" HOST "\r\n", 200},
	    {"GET /folder?x HTTP/1.1\r\n" HOST "\r\n", 308},
	    {"GET /large HTTP/1.1\r\n" HOST "\r\n", 200},
	    {"GET /no HTTP/1.1\r\n" HOST "\r\n", 404},
	    {"GET /later/1 HTTP/1.1\r\n" HOST "\r\n", 200},
	    {"POST /echo HTTP/1.1\r\n" HOST
	     "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi",
		200},
	    {"GET /bytes/9000000 HTTP/1.1\r\n" HOST "\r\n", 200},
	    {"nonsense\r\n\r\n", 400},
	};
	bool alive = true;
	int fd = client_open(&front);

	for (size_t i = 0; i < COUNT(talk) && alive; i++) {
		if (send(fd, talk[i].request, strlen(talk[i].request), MSG_NOSIGNAL) < 0)
			break;
		alive = meets(fd, talk[i].status);
	}
	close(fd);
	for (int i = 0; i < 500 && atomic_load(&front.server.connections_n) > 0; i++)
		sleep_ms(2);
}

static void
test_every_allocation(void **state)
{
	/* libevent does not tell of all its own failures; then a deadline ends the connection. */
	static const char *const flags[] = {"--cache-file-max-bytes", "1000", "--linger-ms", "50",
	    "--write-stall-ms", "200", "--idle-ms", "1000", "--head-deadline-ms", "500", NULL};
	static char large[100000];

	(void)state;
	is_client = true;
	event_set_mem_functions(__wrap_malloc, __wrap_realloc, free);
	json_set_alloc_funcs(__wrap_malloc, free);
	front_start(&front, flags);
	front_write(&front, "small", "small", 5);
	front_write(&front, "large", large, sizeof(large));
	front_write(&front, "folder/index.html", "x", 1);
	do {
		atomic_store(&until_failure, ++tried_n);
		converse();
	} while (atomic_load(&until_failure) <= 0 && tried_n < TRIES_MAX_N);
	atomic_store(&until_failure, 0);
	assert_in_range(tried_n, 50, TRIES_MAX_N - 1);
	converse();
	front_stop(&front);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
