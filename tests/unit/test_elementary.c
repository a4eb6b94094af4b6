/* test_elementary.c — logarithm and exponential: right, and the same bits everywhere.
 * SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "elementary.h"
#include "interval.h"
#include "quantile.h"
#include "table.h"
#include "unit.h"

/* 40 digits rounded, by tests/tables/make_statistics.py. */
static void
as_tabled(void **state)
{
	struct table t;

	(void)state;
	table_open(&t, "elementary.txt");
	while (table_next(&t)) {
		const char *function = table_word(&t);
		double x = table_number(&t), expected = table_number(&t), got;

		if (strcmp(function, "log") == 0)
			got = elementary_log(x);
		else if (strcmp(function, "log1p") == 0)
			got = elementary_log1p(x);
		else
			got = elementary_exp(x);
		/* The least doubles have no digits to be near with. */
		if (fabs(expected) < DBL_MIN)
			assert_true(fabs(got - expected) <= 5e-324);
		else
			expect_near(got, expected, 2 * DBL_EPSILON);
	}
	assert_true(t.rows > 300);
}

static void
ends(void **state)
{
	(void)state;
	assert_true(elementary_log(0) == -INFINITY);
	assert_true(elementary_log(INFINITY) == INFINITY);
	assert_true(elementary_log(1) == 0);
	assert_true(elementary_exp(0) == 1);
	assert_true(elementary_exp(INFINITY) == INFINITY);
	assert_true(elementary_exp(710.1) == INFINITY);
	assert_true(elementary_exp(-INFINITY) == 0);
	assert_true(elementary_exp(-747) == 0);
	assert_true(elementary_hypot(0, 0) == 0);
	assert_true(elementary_hypot(3, -4) == 5);
	assert_true(elementary_hypot(3e300, 4e300) == 5e300);
	assert_true(elementary_hypot(-INFINITY, INFINITY) == INFINITY);
}

/* FNV-1a over the bits. */
static void
add_bits(uint64_t *hash, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	for (int i = 0; i < 64; i += 8)
		*hash = (*hash ^ (bits >> i & 0xff)) * UINT64_C(0x100000001b3);
}

/* Inputs made without rounding; one number stands for all bits that came out, on any machine and
 * with any compiler. */
static void
same_bits(void **state)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325), seed = 1;
	double values[12];

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t n = 2 + (size_t)round % 11;
		struct votes votes = {.values = values, .n = n, .log_scale = round % 2};
		struct interval e;

		for (size_t i = 0; i < n; i++) {
			seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			values[i] = ldexp((double)(seed >> 11), -50 - (int)(seed >> 9 & 3));
		}
		assert_true(estimate_votes(&votes, 0.95 + (round % 7) / 256., &e));
		add_bits(&hash, e.point);
		add_bits(&hash, e.low);
		add_bits(&hash, e.high);
		add_bits(&hash, e.spread);
		add_bits(&hash, quantile_t(0.95, round + 1));
		add_bits(&hash, quantile_z(1 - 1. / (round + 2)));
		add_bits(&hash, elementary_log1p(values[0]));
	}
	assert_int_equal(hash, UINT64_C(0xa853bcbde9c8ab46));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_tabled),
	    cmocka_unit_test(ends),
	    cmocka_unit_test(same_bits),
	};

	return cmocka_run_group_tests_name("elementary", tests, NULL, NULL);
}
