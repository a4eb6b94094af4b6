/* test_value.c — what a token costs, and how busy a machine must be to be worth it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "unit.h"
#include "value.h"

static void
expect_close(double got, double expected)
{
	assert_true(fabs(got - expected) <= 1e-12 * expected);
}

static void
costs(void **state)
{
	(void)state;
	/* 100 a second are 360000 an hour, for 0.72: a million for 0.72 / 0.36 */
	expect_close(value_cost(0.72, 1, 100), 2);
	/* eight devices at 2.5 an hour are 20; 5000 a second are 18 million an hour: 20 / 18 */
	expect_close(value_cost(2.5, 8, 5000), 10.0 / 9);
	/* a machine of 0.36 an hour that makes one a second: 0.36 for 3600 */
	expect_close(value_cost(0.36, 1, 1), 100);
	/* and the other way: 2 a million at 0.72 an hour is broken even at 100 a second */
	expect_close(value_rate_needed(0.72, 1, 2), 100);
	expect_close(value_rate_needed(2.5, 8, 10.0 / 9), 5000);
	expect_close(value_rate_needed(0.36, 2, 100), 2);
}

/* Bought at exactly what it costs, the rate needed is the rate. */
static void
each_other_inverse(void **state)
{
	static const double rates[] = {1e-3, 0.5, 1, 37.25, 4096, 1e6};

	(void)state;
	for (size_t i = 0; i < COUNT(rates); i++)
		expect_close(value_rate_needed(1.89, 4, value_cost(1.89, 4, rates[i])), rates[i]);
}

static void
between_levels(void **state)
{
	static const struct value_level levels[] = {{1, 50}, {4, 140}, {16, 320}};
	static const struct {
		double needed;
		long streams;
	} rows[] = {
	    {1, 1}, {50, 1}, {51, 2}, /* 1 + 3 · 1/90, rounded up */
	    {80, 2},                  /* 1 + 3 · 30/90 */
	    {80.1, 3},                /* 1 + 3 · 30.1/90 */
	    {140, 4}, {200, 8},       /* 4 + 12 · 60/180 */
	    {201, 9},                 /* 4 + 12 · 61/180 = 8.07 */
	    {320, 16}, {320.5, 0},    /* nobody measured that it ever does */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(value_break_even(levels, 3, rows[i].needed), rows[i].streams);
	assert_int_equal(value_break_even(levels, 0, 1), 0);
	assert_int_equal(value_break_even(NULL, 0, 1), 0);
}

static void
odd_levels(void **state)
{
	static const struct value_level many[] = {{8, 80}};
	static const struct value_level dip[] = {{1, 50}, {2, 30}, {4, 60}};
	static const struct value_level flat[] = {{1, 50}, {2, 50}, {4, 50}};
	static const struct value_level nothing[] = {{1, 0}, {2, 0}};

	(void)state;
	/* below the first level in proportion: 35/80 of 8 streams are 3.5 */
	assert_int_equal(value_break_even(many, 1, 35), 4);
	assert_int_equal(value_break_even(many, 1, 80), 8);
	assert_int_equal(value_break_even(many, 1, 81), 0);
	/* from where it last fell: 2 + 2 · 25/30 = 3.67 */
	assert_int_equal(value_break_even(dip, 3, 55), 4);
	assert_int_equal(value_break_even(dip, 3, 40), 1);
	assert_int_equal(value_break_even(flat, 3, 50), 1);
	assert_int_equal(value_break_even(flat, 3, 50.001), 0);
	assert_int_equal(value_break_even(nothing, 2, 1), 0);
	assert_int_equal(value_break_even(many, 1, INFINITY), 0);
	assert_int_equal(value_break_even(many, 1, NAN), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(costs),
	    cmocka_unit_test(each_other_inverse),
	    cmocka_unit_test(between_levels),
	    cmocka_unit_test(odd_levels),
	};

	return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
