/* test_conn_hostile.c — clients that are slow, greedy, many or gone; and the end of the server.
 * SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "front.h"
#include "unit.h"

#define HOST "Host: a\r\n"
#define NOW "GET /now HTTP/1.1\r\n" HOST "\r\n"
#define LAST "GET /now HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"
#define ECHO_HEAD "POST /echo HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\n"

static struct front front;

/* Short enough for a test, long enough for a sanitizer on a busy machine. */
static const char *const hasty[] = {"--head-deadline-ms", "400", "--body-deadline-ms", "400",
    "--idle-ms", "600", "--write-stall-ms", "400", "--linger-ms", "500", "--drain-ms", "700",
    "--connections-max-n", "40", NULL};

static int
start(void **state)
{
	(void)state;
	front_start(&front, hasty);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	front_stop(&front);
	return 0;
}

/* Send text a byte at a time, a byte each 20 ms, until the server says something. */
static void
trickle(int fd, const char *text)
{
	char byte;

	for (size_t i = 0; text[i] != 0; i++) {
		if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1 ||
		    send(fd, text + i, 1, MSG_NOSIGNAL) != 1)
			return;
		sleep_ms(20);
	}
	fail_msg("all of it was taken");
}

/* The deadline is one for all of the head: bytes that keep coming do not move it. */
static void
test_slow_head(void **state)
{
	long before = now_in_ms();
	int fd = client_open(&front);

	(void)state;
	trickle(fd, "GET /now HTTP/1.1\r\n" HOST
		    "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n");
	client_expect(fd, 408);
	client_expect_end(fd);
	assert_in_range(now_in_ms() - before, 350, 1500);
	assert_true(front_wait_ends(&front, CONN_END_SLOW_REQUEST, 1));
}

static void
test_slow_body(void **state)
{
	int fd = client_open(&front);

	(void)state;
	client_say(fd, NOW ECHO_HEAD "Content-Length: 100\r\n\r\n");
	client_expect(fd, 200);
	trickle(fd, "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy");
	client_expect(fd, 408);
	client_expect_end(fd);
	assert_true(front_wait_ends(&front, CONN_END_SLOW_REQUEST, 1));
}

static void
test_idle(void **state)
{
	int silent = client_open(&front), used = client_open(&front);

	(void)state;
	client_say(used, NOW);
	client_expect(used, 200);
	client_expect_end(silent);
	client_expect_end(used);
	assert_true(front_wait_ends(&front, CONN_END_IDLE, 2));
}

/* Idleness counts from the last answer, not from the first byte. */
static void
test_busy_is_not_idle(void **state)
{
	int fd = client_open(&front);

	(void)state;
	for (int i = 0; i < 8; i++) {
		client_say(fd, NOW);
		client_expect(fd, 200);
		sleep_ms(150);
	}
	close(fd);
	assert_true(front_wait_ends(&front, CONN_END_CLIENT_CLOSED, 1));
}

static void
test_garbage(void **state)
{
	static const char *const garbage[] = {"\x16\x03\x01\x02", "\r\n",
	    "GET /now HTTP/1.1\nHost: a\n\n", "GET /now HTTP/1.1\r\n folded: x\r\n\r\n",
	    "GET http://a/now HTTP/1.1\r\n" HOST "\r\n"};
	int fd;

	(void)state;
	for (size_t i = 0; i < COUNT(garbage); i++) {
		fd = client_open(&front);
		client_say(fd, NOW);
		client_say(fd, garbage[i]);
		client_say(fd, NOW);
		client_expect(fd, 200);
		client_expect(fd, 400);
		client_expect_end(fd);
	}
	assert_int_equal(atomic_load(&front_calls), COUNT(garbage));
	assert_true(front_wait_ends(&front, CONN_END_REFUSED, COUNT(garbage)));
}

/* The refusal is read though the client has sent far more than we took. */
static void
test_huge_head(void **state)
{
	static char head[200000];
	int fd = client_open(&front);

	(void)state;
	memset(head, 'y', sizeof(head));
	client_say(fd, "GET /now HTTP/1.1\r\n" HOST "X: ");
	client_send(fd, head, sizeof(head));
	client_expect(fd, 431);
	client_expect_end(fd);
	fd = client_open(&front);
	client_say(fd, "GET /now HTTP/1.1\r\n" HOST);
	for (int i = 0; i < 1000; i++)
		client_say(fd, "X: y\r\n");
	client_say(fd, "\r\n" NOW);
	client_expect(fd, 431);
	client_expect_end(fd);
	assert_int_equal(atomic_load(&front_calls), 0);
}

/* After a refusal we read on for a while, not for ever. */
static void
test_lingering_ends(void **state)
{
	long before = now_in_ms();
	int fd = client_open(&front);

	(void)state;
	client_say(fd, ECHO_HEAD "Content-Length: 1000000000\r\n\r\n");
	client_expect(fd, 413);
	while (send(fd, "yyyyyyyyyyyyyyyy", 16, MSG_NOSIGNAL) == 16)
		sleep_ms(5);
	assert_in_range(now_in_ms() - before, 400, 3000);
	assert_true(front_wait_ends(&front, CONN_END_REFUSED, 1));
	close(fd);
}

/* One who asks and does not read: the answer waits a little; further requests are not even begun.
 */
static void
test_slow_reader(void **state)
{
	int fd = client_open(&front);

	(void)state;
	for (int i = 0; i < 20; i++)
		client_say(fd, "GET /bytes/20000000 HTTP/1.1\r\n" HOST "\r\n");
	assert_true(front_wait_ends(&front, CONN_END_SLOW_READER, 1));
	assert_int_equal(atomic_load(&front_calls), 1);
	close(fd);
}

/* A steady reader is not cut off, however long it takes. */
static void
test_steady_reader(void **state)
{
	static char piece[100000];
	size_t n = 0;
	int fd = client_open(&front);

	(void)state;
	client_say(fd, "GET /bytes/8000000 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
	for (;;) {
		ssize_t got = recv(fd, piece, sizeof(piece), 0);

		assert_true(got >= 0);
		if (got == 0)
			break;
		n += (size_t)got;
		sleep_ms(10);
	}
	assert_in_range(n, 8000000, 8001000);
	close(fd);
}

static void
test_too_many(void **state)
{
	int fds[40], fd;

	(void)state;
	for (size_t i = 0; i < COUNT(fds); i++) {
		fds[i] = client_open(&front);
		client_say(fds[i], NOW);
		client_expect(fds[i], 200);
	}
	for (int i = 0; i < 5; i++) {
		struct reply r;

		fd = client_open(&front);
		r = client_read(fd, false);
		assert_int_equal(r.status, 503);
		assert_non_null(reply_field(&r, "Retry-After"));
		assert_non_null(strstr(r.body, "too_many_connections"));
		reply_clear(&r);
		client_expect_end(fd);
	}
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
	assert_true(front_wait_ends(&front, CONN_END_CLIENT_CLOSED, COUNT(fds)));
	fd = client_open(&front);
	client_say(fd, NOW);
	client_expect(fd, 200);
	close(fd);
}

static long
cpu_ms(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
	       (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

/* A full descriptor table: the client waits, no core spins, and it is served once there is room. */
static void
test_no_descriptors(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)front.port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct rlimit all, few;
	long spent;

	(void)state;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
	few = all;
	few.rlim_cur = (rlim_t)fd + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	client_say(fd, NOW);
	spent = cpu_ms();
	sleep_ms(400);
	spent = cpu_ms() - spent;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
	assert_int_equal(atomic_load(&front_calls), 0);
	assert_in_range(spent, 0, 100);
	client_expect(fd, 200);
	close(fd);
}

/* Idle connections end at once, running requests are answered, and the answer says close. */
static void
test_drain(void **state)
{
	struct reply r;
	long before = now_in_ms();
	int idle, busy, half;

	(void)state;
	front_start(&front, hasty);
	idle = client_open(&front);
	busy = client_open(&front);
	half = client_open(&front);
	client_say(idle, NOW);
	client_expect(idle, 200);
	client_say(busy, "GET /later/200 HTTP/1.1\r\n" HOST "\r\n" NOW);
	client_say(half, "GET /now HTTP/1.1\r\n");
	sleep_ms(50);
	front_stop(&front);
	assert_in_range(now_in_ms() - before, 150, 1500);
	client_expect_end(idle);
	r = client_read(busy, false);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.body, "200");
	assert_string_equal(reply_field(&r, "Connection"), "close");
	reply_clear(&r);
	close(busy);
	client_expect(half, 408);
	close(half);
}

/* What is not answered in drain_ms is given up, and its route told. */
static void
test_drain_ends(void **state)
{
	long before = now_in_ms();
	int fds[3];

	(void)state;
	front_start(&front, hasty);
	for (size_t i = 0; i < COUNT(fds); i++) {
		fds[i] = client_open(&front);
		client_say(fds[i], "GET /never HTTP/1.1\r\n" HOST "\r\n");
	}
	sleep_ms(50);
	front_stop(&front);
	assert_in_range(now_in_ms() - before, 700, 2000);
	assert_int_equal(atomic_load(&front_orphans), COUNT(fds));
	for (size_t i = 0; i < COUNT(fds); i++)
		client_expect_end(fds[i]);
}

/* Many at once, each doing something else; all that was asked is answered. */
static void
test_crowd(void **state)
{
	static const char *const asked[] = {
	    "GET /no", "GET /later/5 HTTP/1.1\r\n" HOST "\r\n", LAST, NOW};
	int fds[36];

	(void)state;
	for (int round = 0; round < 30; round++) {
		for (size_t i = 0; i < COUNT(fds); i++)
			fds[i] = client_open(&front);
		for (size_t i = 0; i < COUNT(fds); i++)
			client_say(fds[i], asked[i % COUNT(asked)]);
		for (size_t i = 0; i < COUNT(fds); i++) {
			if (i % 4 >= 2)
				client_expect(fds[i], 200);
			close(fds[i]);
		}
		for (int i = 0; i < 500 && atomic_load(&front.server.connections_n) > 0; i++)
			sleep_ms(2);
	}
	assert_int_equal(atomic_load(&front.server.connections_n), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_slow_head, start, stop),
	    cmocka_unit_test_setup_teardown(test_slow_body, start, stop),
	    cmocka_unit_test_setup_teardown(test_idle, start, stop),
	    cmocka_unit_test_setup_teardown(test_busy_is_not_idle, start, stop),
	    cmocka_unit_test_setup_teardown(test_garbage, start, stop),
	    cmocka_unit_test_setup_teardown(test_huge_head, start, stop),
	    cmocka_unit_test_setup_teardown(test_lingering_ends, start, stop),
	    cmocka_unit_test_setup_teardown(test_slow_reader, start, stop),
	    cmocka_unit_test_setup_teardown(test_steady_reader, start, stop),
	    cmocka_unit_test_setup_teardown(test_too_many, start, stop),
	    cmocka_unit_test_setup_teardown(test_no_descriptors, start, stop),
	    cmocka_unit_test_setup_teardown(test_crowd, start, stop),
	    cmocka_unit_test(test_drain),
	    cmocka_unit_test(test_drain_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
