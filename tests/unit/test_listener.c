/* test_listener.c — the address to listen on: what is taken, what is refused, and why.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "listener.h"
#include "unit.h"

static void
expect_bound(const char *listen, const char *where_begins)
{
	struct fault f = {0};
	char where[80];
	int fd = listener_bind(listen, where, &f);

	if (fd < 0)
		fail_msg("%s: %s", listen, f.got);
	assert_int_equal(strncmp(where, where_begins, strlen(where_begins)), 0);
	assert_in_range(atoi(where + strlen(where_begins)), 1, 65535);
	close(fd);
}

static void
expect_refused(const char *listen)
{
	struct fault f = {0};
	char where[80];

	if (listener_bind(listen, where, &f) >= 0)
		fail_msg("%s was taken", listen);
	assert_int_equal(f.code, FAULT_OPTION);
	assert_string_equal(f.path, "listen");
	assert_true(f.expected[0] != 0 && f.got[0] != 0);
}

static void
test_bound(void **state)
{
	(void)state;
	expect_bound("127.0.0.1:0", "127.0.0.1:");
	expect_bound("localhost:0", "127.0.0.1:");
}

/* A machine may be without IPv6; then it says so. */
static void
test_bound_ipv6(void **state)
{
	struct fault f = {0};
	char where[80];
	int fd = listener_bind("[::1]:0", where, &f);

	(void)state;
	if (fd < 0) {
		assert_int_equal(f.code, FAULT_OPTION);
		return;
	}
	assert_int_equal(strncmp(where, "[::1]:", 6), 0);
	close(fd);
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {"", ":", "127.0.0.1", "127.0.0.1:", ":8080",
	    "127.0.0.1:http", "127.0.0.1:-1", "127.0.0.1:65616", "127.0.0.1:99999999", "::1:8080",
	    "[]:8080", "[::1:8080", "203.0.113.1:0", "no such name:0"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		expect_refused(bad[i]);
}

static void
test_taken(void **state)
{
	struct fault f = {0};
	char where[80];
	int fd = listener_bind("127.0.0.1:0", where, &f);

	(void)state;
	assert_true(fd >= 0);
	expect_refused(where);
	close(fd);
	fd = listener_bind(where, where, &f);
	assert_true(fd >= 0);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bound),
	    cmocka_unit_test(test_bound_ipv6),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
