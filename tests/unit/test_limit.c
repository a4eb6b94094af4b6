/* test_limit.c — token buckets under a clock that the tests move.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "limit.h"
#include "unit.h"

static const struct limit_rate sixty = {60, 1000, 240};

static bool
same(const char *a, const char *b)
{
	struct limit_key x = limit_key_address(a), y = limit_key_address(b);

	return x.n == y.n && memcmp(x.data, y.data, x.n) == 0;
}

static void
test_addresses(void **state)
{
	(void)state;
	assert_true(same("192.0.2.1", "::ffff:192.0.2.1"));
	assert_false(same("192.0.2.1", "192.0.2.2"));
	assert_true(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
	assert_false(same("2001:db8:1:2::1", "2001:db8:1:3::1"));
	assert_true(same("unknown", ""));
	assert_false(same("unknown", "0.0.0.0"));
}

/* Take until refused, at most `most`; returns how many there were. */
static int
take_all(struct limits *l, const char *address, int64_t now_ms, int most, int64_t *wait_ms)
{
	struct limit_key key = limit_key_address(address);
	int n = 0;

	while (n < most && limit_take(l, LIMIT_ADDRESS, &key, &sixty, now_ms, wait_ms))
		n++;
	return n;
}

static void
test_burst_and_rate(void **state)
{
	struct limits *l = limits_new();
	int64_t wait_ms = 0;

	(void)state;
	assert_non_null(l);
	assert_int_equal(take_all(l, "192.0.2.1", 5000, 1000, &wait_ms), 240);
	assert_int_equal(wait_ms, 17);
	assert_int_equal(take_all(l, "192.0.2.1", 5000 + wait_ms - 1, 1000, &wait_ms), 0);
	assert_int_equal(wait_ms, 1);
	assert_int_equal(take_all(l, "192.0.2.1", 5017, 1000, &wait_ms), 1);
	assert_int_equal(take_all(l, "192.0.2.2", 5017, 1000, &wait_ms), 240);
	assert_int_equal(take_all(l, "192.0.2.1", 6017, 1000, &wait_ms), 60);
	assert_int_equal(take_all(l, "192.0.2.1", 100000, 1000, &wait_ms), 240);
	limits_free(l);
}

static void
test_off_kinds_and_reload(void **state)
{
	struct limits *l = limits_new();
	struct limit_key key = {.n = LIMIT_KEY_MAX_BYTES};
	const struct limit_rate off = {0, 1000, 1}, one = {1, 1000, 1}, hourly = {1, 3600000, 1};
	const struct limit_rate ten = {1, 1000, 10};
	int64_t wait_ms = 0;

	(void)state;
	assert_non_null(l);
	for (int i = 0; i < 10; i++)
		assert_true(limit_take(l, LIMIT_SUBMITTER, &key, &off, 0, &wait_ms));
	assert_true(limit_take(l, LIMIT_SUBMITTER, &key, &hourly, 0, &wait_ms));
	assert_false(limit_take(l, LIMIT_SUBMITTER, &key, &hourly, 0, &wait_ms));
	assert_int_equal(wait_ms, 3600000);
	assert_true(limit_take(l, LIMIT_UNKNOWN_KEY, &key, &ten, 0, &wait_ms));
	for (int i = 1; i < 10; i++)
		assert_true(limit_take(l, LIMIT_UNKNOWN_KEY, &key, &ten, 0, &wait_ms));
	limit_give_back(l, LIMIT_UNKNOWN_KEY, &key, &ten);
	assert_true(limit_take(l, LIMIT_UNKNOWN_KEY, &key, &ten, 0, &wait_ms));
	/* A smaller bucket owes no more than it holds. */
	assert_false(limit_take(l, LIMIT_UNKNOWN_KEY, &key, &one, 0, &wait_ms));
	assert_int_equal(wait_ms, 1000);
	limits_free(l);
}

/* More addresses than there are buckets: nobody new is refused, and who owes most keeps owing. */
static void
test_full_table(void **state)
{
	struct limits *l = limits_new();
	int64_t wait_ms = 0;
	char address[32];

	(void)state;
	assert_non_null(l);
	assert_int_equal(take_all(l, "192.0.2.1", 0, 1000, &wait_ms), 240);
	for (int i = 0; i < 200000; i++) {
		snprintf(address, sizeof(address), "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		assert_int_equal(take_all(l, address, 0, 1, &wait_ms), 1);
	}
	assert_int_equal(take_all(l, "192.0.2.1", 0, 1, &wait_ms), 0);
	assert_int_equal(take_all(l, "192.0.2.2", 0, 1000, &wait_ms), 240);
	limits_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_burst_and_rate),
	    cmocka_unit_test(test_off_kinds_and_reload),
	    cmocka_unit_test(test_full_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
