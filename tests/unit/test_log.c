/* test_log.c — log lines: form, quoting, levels, and the line that each request leaves.
 * SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "front.h"
#include "log.h"
#include "unit.h"

static char lines[65536];
static int saved_stderr = -1;
static FILE *file;

static void
capture(void)
{
	fflush(stderr);
	file = tmpfile();
	assert_non_null(file);
	saved_stderr = dup(STDERR_FILENO);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
}

/* Leaves what was written in `lines`. */
static void
release(void)
{
	ssize_t n = pread(fileno(file), lines, sizeof(lines) - 1, 0);

	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	fclose(file);
	assert_true(n >= 0);
	lines[n] = 0;
}

static bool
matches(const char *pattern)
{
	regex_t r;
	bool found;

	assert_int_equal(regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE), 0);
	found = regexec(&r, lines, 0, NULL, 0) == 0;
	regfree(&r);
	return found;
}

static void
expect_line(const char *pattern)
{
	if (!matches(pattern))
		fail_msg("no line %s in\n%s", pattern, lines);
}

#define TIME "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z "

static void
test_quote(void **state)
{
	static const char *const cases[][2] = {{"plain", "plain"}, {"", "\"\""}, {"a b", "\"a b\""},
	    {"a=b", "\"a=b\""}, {"say \"x\"", "\"say \\\"x\\\"\""}, {"a\\b", "\"a\\\\b\""},
	    {"a\nb", "\"a\\nb\""}, {"\x1b[0m", "\"\\x1b[0m\""}, {"\x7f", "\"\\x7f\""},
	    {"caf\xc3\xa9", "caf\xc3\xa9"}};
	char buf[32];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(log_quote(cases[i][0], buf, sizeof(buf)), cases[i][1]);
	assert_string_equal(log_quote("0123456789", buf, 6), "01234");
	assert_string_equal(log_quote("0 23456789", buf, 7), "\"0 23\"");
	assert_string_equal(log_quote("\n\n\n\n", buf, 6), "\"\\n\"");
	assert_string_equal(log_quote("abc", buf, 1), "");
}

static void
test_lines(void **state)
{
	static char huge[9000];

	(void)state;
	assert_true(log_set_level("info"));
	assert_false(log_set_level("loud"));
	capture();
	log_event(LOG_LEVEL_DEBUG, "hidden", "a=%d", 1);
	log_event(LOG_LEVEL_INFO, "shown", "a=%d b=%s", 1, "x");
	log_event(LOG_LEVEL_WARN, "bare", "%s", "");
	memset(huge, 'y', sizeof(huge) - 1);
	log_event(LOG_LEVEL_ERROR, "huge", "y=%s", huge);
	log_event(LOG_LEVEL_ERROR, "last", "a=%d", 2);
	release();
	assert_false(matches("hidden"));
	expect_line(TIME "info shown a=1 b=x$");
	expect_line(TIME "warn bare$");
	expect_line(TIME "error huge y=y{200}");
	expect_line(TIME "error last a=2$");
}

static void
test_request_lines(void **state)
{
	struct front front;
	int fd;

	(void)state;
	setenv("FRONT_LOG", "info", 1);
	front_start(&front, NULL);
	capture();
	fd = client_open(&front);
	client_say(fd, "GET /now HTTP/1.1\r\nHost: a\r\n\r\n"
		       "GET /a%20b%22%0a HTTP/1.1\r\nHost: a\r\n\r\n"
		       "GET /a%20b%22 HTTP/1.1\r\nHost: a\r\n\r\n\r\n");
	client_expect(fd, 200);
	client_expect(fd, 400);
	client_expect(fd, 404);
	client_expect(fd, 400);
	close(fd);
	release();
	unsetenv("FRONT_LOG");
	front_stop(&front);
	expect_line(TIME "info request id=[0-9a-f]{16} method=GET path=/now status=200 bytes=4 "
			 "route=now duration_us=[0-9]+ peer=127\\.0\\.0\\.1$");
	expect_line("request .* path=\"/a b\\\\\"\" status=404 .* route=static .* code=not_found$");
	expect_line("request .* method=- path=- status=400 .* route=- .* code=bad_request$");
	expect_line("method=GET path=/a%20b%22%0a status=400");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_quote),
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_request_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
