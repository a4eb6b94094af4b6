/* test_conn.c — connections over real sockets: answers, order, bodies, ends.
 * SPDX-License-Identifier: Apache-2.0 */
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "front.h"
#include "unit.h"

#define HOST "Host: a\r\n"
#define NOW "GET /now HTTP/1.1\r\n" HOST "\r\n"
#define ECHO_HEAD "POST /echo HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\n"

static struct front front;

static int
start(void **state)
{
	(void)state;
	front_start(&front, NULL);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	front_stop(&front);
	return 0;
}

static void
expect_body(int fd, const char *body)
{
	struct reply r = client_read(fd, false);

	assert_int_equal(r.status, 200);
	assert_string_equal(r.body, body);
	reply_clear(&r);
}

/* Returns new. */
static json_t *
expect_problem(int fd, int status, const char *code)
{
	struct reply r = client_read(fd, false);
	struct fault f = {0};
	json_t *problem;

	if (r.status != status)
		fail_msg(
		    "expected %d, got %d:\n%s%s", status, r.status, r.head, r.body ? r.body : "");
	assert_string_equal(reply_field(&r, "Content-Type"), "application/problem+json");
	problem = json_read_object(r.body, r.body_n, &f);
	assert_non_null(problem);
	assert_string_equal(json_get_text(problem, "code"), code);
	assert_int_equal(json_get_whole(problem, "status"), status);
	assert_string_equal(json_get_text(problem, "request_id"), reply_field(&r, "X-Request-Id"));
	reply_clear(&r);
	return problem;
}

static void
test_fields(void **state)
{
	char first_id[32];
	struct reply r;
	int fd = client_open(&front);

	(void)state;
	client_say(fd, NOW NOW);
	r = client_read(fd, false);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.body, "now\n");
	assert_string_equal(reply_field(&r, "Content-Type"), "text/plain");
	assert_string_equal(reply_field(&r, "Cache-Control"), "no-store");
	assert_string_equal(reply_field(&r, "X-Content-Type-Options"), "nosniff");
	assert_string_equal(reply_field(&r, "Access-Control-Allow-Origin"), "*");
	assert_int_equal(strlen(reply_field(&r, "Date")), strlen("Sun, 06 Nov 1994 08:49:37 GMT"));
	assert_null(reply_field(&r, "Connection"));
	assert_int_equal(strlen(reply_field(&r, "X-Request-Id")), 16);
	snprintf(first_id, sizeof(first_id), "%s", reply_field(&r, "X-Request-Id"));
	reply_clear(&r);
	r = client_read(fd, false);
	assert_string_not_equal(reply_field(&r, "X-Request-Id"), first_id);
	reply_clear(&r);
	close(fd);
	assert_true(front_wait_ends(&front, CONN_END_CLIENT_CLOSED, 1));
}

static void
test_head_has_no_body(void **state)
{
	struct reply r;
	int fd = client_open(&front);

	(void)state;
	client_say(fd, "HEAD /now HTTP/1.1\r\n" HOST "\r\nHEAD /no HTTP/1.1\r\n" HOST "\r\n" NOW);
	r = client_read(fd, true);
	assert_int_equal(r.status, 200);
	assert_string_equal(reply_field(&r, "Content-Length"), "4");
	reply_clear(&r);
	r = client_read(fd, true);
	assert_int_equal(r.status, 404);
	assert_int_not_equal(atoi(reply_field(&r, "Content-Length")), 0);
	reply_clear(&r);
	expect_body(fd, "now\n");
	close(fd);
}

/* Answers keep the order of requests, and a later one does not begin before an earlier one ended.
 */
static void
test_pipeline(void **state)
{
	char request[64], body[16];
	int fd = client_open(&front);

	(void)state;
	for (int i = 0; i < 300; i++) {
		snprintf(request, sizeof(request), "GET /later/%d HTTP/1.1\r\n" HOST "\r\n", i % 3);
		client_say(fd, i % 2 ? NOW : request);
	}
	for (int i = 0; i < 300; i++) {
		snprintf(body, sizeof(body), "%d", i % 3);
		expect_body(fd, i % 2 ? "now\n" : body);
	}
	client_say(fd, "GET /later/200 HTTP/1.1\r\n" HOST "\r\n" NOW);
	sleep_ms(50);
	assert_int_equal(atomic_load(&front_calls), 301);
	expect_body(fd, "200");
	expect_body(fd, "now\n");
	close(fd);
}

static void
test_bytes(void **state)
{
	static const char text[] = ECHO_HEAD "Content-Length: 5\r\n\r\nhello" NOW;
	int fd = client_open(&front);

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		client_send(fd, text + i, 1);
		if (i % 16 == 0)
			sleep_ms(1);
	}
	expect_body(fd, "hello");
	expect_body(fd, "now\n");
	close(fd);
}

static void
test_body(void **state)
{
	json_t *problem;
	int fd = client_open(&front);

	(void)state;
	client_say(
	    fd, ECHO_HEAD "Content-Length: 0\r\n\r\n" ECHO_HEAD "Content-Length: 3\r\n\r\nbad" NOW);
	expect_body(fd, "");
	problem = expect_problem(fd, 400, "not_json");
	assert_string_equal(json_get_text(problem, "pointer"), "/x");
	assert_string_equal(json_get_text(problem, "expected"), "a good body");
	assert_string_equal(json_get_text(problem, "got"), "\"bad\"");
	assert_string_equal(json_get_text(problem, "type"), "/problems#not_json");
	assert_true(strlen(json_get_text(problem, "help")) > 10);
	json_decref(problem);
	expect_body(fd, "now\n");
	close(fd);
}

/* Refused from the head alone, without a body: the connection goes on. */
static void
test_refused_goes_on(void **state)
{
	struct reply r;
	int fd = client_open(&front);

	(void)state;
	client_say(fd, "GET /no HTTP/1.1\r\n" HOST "\r\n"
		       "DELETE /now HTTP/1.1\r\n" HOST "\r\n"
		       "GET /echo HTTP/1.1\r\n" HOST "\r\n" ECHO_HEAD "\r\n"
		       "GET /%2e%2e/x HTTP/1.1\r\n" HOST "\r\n" NOW);
	client_expect(fd, 404);
	r = client_read(fd, false);
	assert_int_equal(r.status, 405);
	assert_string_equal(reply_field(&r, "Allow"), "GET, HEAD");
	reply_clear(&r);
	r = client_read(fd, false);
	assert_string_equal(reply_field(&r, "Allow"), "POST");
	reply_clear(&r);
	client_expect(fd, 411);
	client_expect(fd, 400);
	expect_body(fd, "now\n");
	close(fd);
}

/* Refused from the head alone, with a body to come: the answer says close, is not lost though the
 * client goes on sending, and nothing of the body is taken for a request. */
static void
test_refused_with_body(void **state)
{
	static char body[300000];
	struct reply r;
	int fd = client_open(&front);

	(void)state;
	memset(body, 'x', sizeof(body));
	memcpy(body, NOW, sizeof(NOW) - 1);
	client_say(fd, ECHO_HEAD "Content-Length: 300000\r\n\r\n");
	client_send(fd, body, sizeof(body));
	r = client_read(fd, false);
	assert_int_equal(r.status, 413);
	assert_string_equal(reply_field(&r, "Connection"), "close");
	reply_clear(&r);
	client_expect_end(fd);
	fd = client_open(&front);
	client_say(fd, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nbody" NOW);
	json_decref(expect_problem(fd, 415, "media_type"));
	client_expect_end(fd);
	fd = client_open(&front);
	client_say(fd, "GET /now HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nbody" NOW);
	json_decref(expect_problem(fd, 400, "bad_request"));
	client_expect_end(fd);
	assert_true(front_wait_ends(&front, CONN_END_REFUSED, 3));
	assert_int_equal(atomic_load(&front_calls), 0);
}

static void
test_expect(void **state)
{
	int fd = client_open(&front);

	(void)state;
	client_say(fd, ECHO_HEAD "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
	client_expect(fd, 100);
	client_say(fd, "hello");
	expect_body(fd, "hello");
	client_say(fd, ECHO_HEAD "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
	expect_body(fd, "hello");
	client_say(fd, ECHO_HEAD "Expect: 100-continue\r\nContent-Length: 5000\r\n\r\n");
	client_expect(fd, 413);
	client_expect_end(fd);
}

static void
test_close(void **state)
{
	struct reply r;
	int fd = client_open(&front);

	(void)state;
	client_say(fd, "GET /now HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n" NOW);
	r = client_read(fd, false);
	assert_string_equal(reply_field(&r, "Connection"), "close");
	reply_clear(&r);
	client_expect_end(fd);
	assert_true(front_wait_ends(&front, CONN_END_ANSWERED, 1));
	assert_int_equal(atomic_load(&front_calls), 1);
}

/* A client that shuts its side still gets what it asked for. */
static void
test_half_closed(void **state)
{
	int fd = client_open(&front);

	(void)state;
	client_say(fd,
	    "GET /later/50 HTTP/1.1\r\n" HOST "\r\n" NOW "GET /later/20 HTTP/1.1\r\n" HOST "\r\n");
	shutdown(fd, SHUT_WR);
	expect_body(fd, "50");
	expect_body(fd, "now\n");
	expect_body(fd, "20");
	client_expect_end(fd);
	fd = client_open(&front);
	client_say(fd, "GET /now HTTP/1.1\r\nHo");
	shutdown(fd, SHUT_WR);
	json_decref(expect_problem(fd, 400, "bad_request"));
	client_expect_end(fd);
	fd = client_open(&front);
	client_say(fd, ECHO_HEAD "Content-Length: 5\r\n\r\nhel");
	shutdown(fd, SHUT_WR);
	json_decref(expect_problem(fd, 400, "bad_request"));
	client_expect_end(fd);
	assert_true(front_wait_ends(&front, CONN_END_CLIENT_LEFT, 2));
}

static void
reset(int fd)
{
	struct linger hard = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(fd);
}

/* The request outlives its client, and its answer finds nobody. */
static void
test_vanished(void **state)
{
	int fds[20];

	(void)state;
	for (size_t i = 0; i < COUNT(fds); i++) {
		fds[i] = client_open(&front);
		client_say(fds[i], "GET /later/200 HTTP/1.1\r\n" HOST "\r\n" NOW);
	}
	sleep_ms(50);
	for (size_t i = 0; i < COUNT(fds); i++)
		reset(fds[i]);
	assert_true(front_wait_ends(&front, CONN_END_CLIENT_LEFT, COUNT(fds)));
	for (int i = 0; i < 100 && atomic_load(&front_orphans) < (int)COUNT(fds); i++)
		sleep_ms(10);
	assert_int_equal(atomic_load(&front_orphans), COUNT(fds));
	fds[0] = client_open(&front);
	client_say(fds[0], ECHO_HEAD "Content-Length: 5\r\n\r\nhel");
	sleep_ms(20);
	reset(fds[0]);
	assert_true(front_wait_ends(&front, CONN_END_CLIENT_LEFT, COUNT(fds) + 1));
}

static void
test_large_answer(void **state)
{
	struct reply r;
	int fd = client_open(&front);

	(void)state;
	client_say(fd, "GET /bytes/20000000 HTTP/1.1\r\n" HOST "\r\n" NOW);
	sleep_ms(50);
	r = client_read(fd, false);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.body_n, 20000000);
	reply_clear(&r);
	expect_body(fd, "now\n");
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_fields, start, stop),
	    cmocka_unit_test_setup_teardown(test_head_has_no_body, start, stop),
	    cmocka_unit_test_setup_teardown(test_pipeline, start, stop),
	    cmocka_unit_test_setup_teardown(test_bytes, start, stop),
	    cmocka_unit_test_setup_teardown(test_body, start, stop),
	    cmocka_unit_test_setup_teardown(test_refused_goes_on, start, stop),
	    cmocka_unit_test_setup_teardown(test_refused_with_body, start, stop),
	    cmocka_unit_test_setup_teardown(test_expect, start, stop),
	    cmocka_unit_test_setup_teardown(test_close, start, stop),
	    cmocka_unit_test_setup_teardown(test_half_closed, start, stop),
	    cmocka_unit_test_setup_teardown(test_vanished, start, stop),
	    cmocka_unit_test_setup_teardown(test_large_answer, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
