/* test_delta.c — deltas within submitters, and unpaired by MOVER.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "delta.h"
#include "table.h"
#include "unit.h"

/* Newcombe, Stat. Med. 17, 1998, 873–890, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-
 * SIM779>3.0.CO;2-I, table II, method 10: differences of proportions from Wilson's intervals. */
static void
newcombe(void **state)
{
	static const struct {
		int a, of, b, from;
		double low, high;
	} rows[] = {{56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090},
	    {6, 7, 2, 7, 0.0582, 0.8062}, {5, 56, 0, 29, -0.0381, 0.1926},
	    {0, 10, 0, 20, -0.1611, 0.2775}, {0, 10, 0, 10, -0.2775, 0.2775},
	    {10, 10, 0, 20, 0.6791, 1}, {10, 10, 0, 10, 0.6075, 1}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct within_run of = {WITHIN_PROPORTION, 1, rows[i].of};
		struct within_run from = {WITHIN_PROPORTION, 1, rows[i].from};
		struct interval a = {.point = (double)rows[i].a / rows[i].of};
		struct interval b = {.point = (double)rows[i].b / rows[i].from}, d;

		interval_within_run(&of, 0.95, false, &a);
		interval_within_run(&from, 0.95, false, &b);
		delta_unpaired(&a, &b, false, &d);
		assert_int_equal(d.kind, INTERVAL_UNPAIRED_SINGLE);
		assert_true(fabs(d.low - rows[i].low) <= 0.000051);
		assert_true(fabs(d.high - rows[i].high) <= 0.000051);
	}
}

/* Ratios are differences of logarithms; turned round they are each other's inverse. */
static void
ratios(void **state)
{
	struct interval a = {120, 100, 150, 0.1, INTERVAL_STUDENT};
	struct interval b = {100, 90, 105, 0.2, INTERVAL_HETTMANSPERGER_SHEATHER}, d, turned;

	(void)state;
	delta_unpaired(&a, &b, true, &d);
	delta_unpaired(&b, &a, true, &turned);
	assert_int_equal(d.kind, INTERVAL_UNPAIRED);
	expect_near(d.point, 1.2, 1e-15);
	expect_near(d.low, 1.2 / exp(hypot(log(1.2), log(1.05))), 1e-14);
	expect_near(d.high, 1.2 * exp(hypot(log(1.25), log(1 / 0.9))), 1e-14);
	expect_near(d.spread, sqrt(0.05), 1e-14);
	expect_near(turned.low, 1 / d.high, 1e-14);
	expect_near(turned.high, 1 / d.low, 1e-14);
}

static void
kinds(void **state)
{
	struct interval many = {1, 0.5, 2, 0.1, INTERVAL_STUDENT}, one = many, none = many, d;

	(void)state;
	one.kind = INTERVAL_WITHIN_RUN;
	none.kind = INTERVAL_NONE;
	delta_unpaired(&many, &one, false, &d);
	assert_int_equal(d.kind, INTERVAL_UNPAIRED_SINGLE);
	delta_unpaired(&one, &none, false, &d);
	assert_int_equal(d.kind, INTERVAL_NONE);
	assert_true(d.low == 0 && d.point == 0 && d.high == 0);
}

/* Those who measured both sides, in the voters' order. */
static void
pairs(void **state)
{
	struct run runs[5];
	struct vote a[] = {{&runs[0], 10, false, false, false}, {&runs[1], 20, false, false, false},
	    {&runs[3], 40, false, false, false}};
	struct vote b[] = {{&runs[1], 16, false, false, false}, {&runs[2], 3, false, false, false},
	    {&runs[3], 10, false, false, false}, {&runs[4], 1, false, false, false}};
	double deltas[3];

	(void)state;
	memset(runs, 0, sizeof(runs));
	for (uint8_t i = 0; i < 5; i++)
		runs[i].voter[0] = i;
	assert_int_equal(delta_pairs(a, 3, b, 4, false, deltas), 2);
	assert_true(deltas[0] == 4 && deltas[1] == 30);
	assert_int_equal(delta_pairs(b, 4, a, 3, true, deltas), 2);
	assert_true(deltas[0] == 0.8 && deltas[1] == 0.25);
	assert_int_equal(delta_pairs(a, 1, b, 4, false, deltas), 0);
	assert_int_equal(delta_pairs(a, 3, b, 0, false, deltas), 0);
}

static void
items(void **state)
{
	static const double a[] = {1, 1, 0, NAN, 1, 0.5}, b[] = {0, 1, 1, 1, NAN, 0};
	double differences[6], delta, turned;

	(void)state;
	assert_true(delta_items(a, b, 6, false, differences, &delta));
	assert_true(delta == 0.125);
	assert_true(differences[0] == 1 && differences[1] == 0 && differences[2] == -1);
	assert_true(isnan(differences[3]) && isnan(differences[4]) && differences[5] == 0.5);
	assert_true(delta_items(b, a, 6, false, differences, &turned));
	assert_true(turned == -delta);
	assert_true(delta_items(a, b, 6, true, differences, &delta));
	expect_near(delta, exp(0.125), 1e-15);
	assert_false(delta_items(a + 3, b + 3, 2, false, differences, &delta));
	assert_true(delta == 0);
	assert_false(delta_items(a, b, 0, true, differences, &delta));
	assert_true(delta == 1);
}

/* Even the ends of what is taken give numbers. */
static void
extremes(void **state)
{
	struct interval huge = {1e150, 1e-150, 1e150, 0, INTERVAL_STUDENT};
	struct interval tiny = {1e-150, 2.3e-308, 1e300, 0, INTERVAL_STUDENT}, d;

	(void)state;
	delta_unpaired(&huge, &tiny, true, &d);
	assert_true(d.low > 0 && d.low <= d.point && d.point <= d.high && isfinite(d.high));
	delta_unpaired(&tiny, &huge, true, &d);
	assert_true(d.low > 0 && d.low <= d.point && d.point <= d.high && isfinite(d.high));
	delta_unpaired(&huge, &tiny, false, &d);
	assert_true(d.low <= d.point && d.point <= d.high && isfinite(d.high));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(newcombe),
	    cmocka_unit_test(ratios),
	    cmocka_unit_test(kinds),
	    cmocka_unit_test(pairs),
	    cmocka_unit_test(items),
	    cmocka_unit_test(extremes),
	};

	return cmocka_run_group_tests_name("delta", tests, NULL, NULL);
}
