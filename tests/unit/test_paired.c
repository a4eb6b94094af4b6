/* test_paired.c — two cells against each other, by those who measured both.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Quantiles below are those of printed tables: Student's t at 0.975 with one degree of freedom is
 * tan(0.475 π) = 12.7062047361747, with two 4.30265272974946; the normal's 1.95996398454005. */
#include <math.h>
#include <string.h>

#include "paired.h"
#include "table.h"
#include "unit.h"

#define T1 12.7062047361747
#define T2 4.30265272974946
#define Z 1.95996398454005

/* The n-th run of a submitter who is a voter of its own. */
static struct run
run_of(uint8_t who, int64_t index, double value)
{
	struct run run = {.index = index, .value = value};

	run.voter[0] = run.submitter[0] = who;
	return run;
}

static void
expect(const struct paired *got, double point, double low, double high, enum interval_kind kind)
{
	expect_near(got->interval.point, point, 1e-12);
	expect_near(got->interval.low, low, 1e-12);
	expect_near(got->interval.high, high, 1e-12);
	assert_int_equal(got->interval.kind, kind);
}

/* Deltas 1, 2, 1: median 1, mean 4/3, s = 1/√3, so the interval is 4/3 ± t(2)/3. That the three
 * measure on machines of very different speed does not widen it. */
static void
three_pairs(void **state)
{
	struct run a[] = {run_of(2, 5, 102), run_of(1, 3, 10), run_of(3, 4, 1001)};
	struct run b[] = {run_of(3, 2, 1000), run_of(2, 1, 100), run_of(1, 0, 9)};
	struct paired got;

	(void)state;
	assert_true(compare_runs(a, 3, b, 3, false, &got));
	assert_true(got.paired);
	assert_int_equal(got.voters, 3);
	expect(&got, 1, 4.0 / 3 - T2 / 3, 4.0 / 3 + T2 / 3, INTERVAL_STUDENT);
	expect_near(got.interval.spread, sqrt(1.0 / 3), 1e-12);
}

/* Who measured one side only is left out, and not counted: deltas 1 and 3. */
static void
some_pairs(void **state)
{
	struct run a[] = {run_of(1, 0, 11), run_of(2, 1, 900), run_of(3, 2, 23), run_of(4, 3, 800)};
	struct run b[] = {run_of(1, 4, 10), run_of(3, 5, 20), run_of(5, 6, 1e6)};
	struct paired got;

	(void)state;
	assert_true(compare_runs(a, 4, b, 3, false, &got));
	assert_true(got.paired);
	assert_int_equal(got.voters, 2);
	expect(&got, 2, 2 - T1, 2 + T1, INTERVAL_STUDENT);
}

/* Ratios 2 and 8: their middle on the log scale 4; of logarithms s = ln 4 / √2, so the factor is
 * exp(t(1) · ln 4 / 2) = 2^t(1). */
static void
two_ratios(void **state)
{
	struct run a[] = {run_of(1, 0, 20), run_of(2, 1, 0.8)};
	struct run b[] = {run_of(1, 2, 10), run_of(2, 3, 0.1)};
	struct paired got, turned;

	(void)state;
	assert_true(compare_runs(a, 2, b, 2, true, &got));
	assert_true(got.paired);
	expect(&got, 4, 4 / pow(2, T1), 4 * pow(2, T1), INTERVAL_STUDENT);
	assert_true(compare_runs(b, 2, a, 2, true, &turned));
	expect(&turned, 0.25, 0.25 / pow(2, T1), 0.25 * pow(2, T1), INTERVAL_STUDENT);
}

/* Deltas 1 to 6: with n = 6 the outermost cover 31/32, the next 25/32, so I = 0.1 and, after
 * Hettmansperger and Sheather, λ = 5 · 0.1 / (1 + 4 · 0.1) = 5/14. */
static void
six_pairs(void **state)
{
	struct run a[6], b[6];
	struct paired got;

	(void)state;
	for (uint8_t i = 0; i < 6; i++) {
		a[i] = run_of(i, i, 10 * i + 1 + i);
		b[i] = run_of(i, 10 + i, 10 * i);
	}
	assert_true(compare_runs(a, 6, b, 6, false, &got));
	assert_int_equal(got.voters, 6);
	expect(&got, 3.5, 1 + 5.0 / 14, 6 - 5.0 / 14, INTERVAL_HETTMANSPERGER_SHEATHER);
}

/* A thousand runs are one vote: voter 1's latest five stand (median 14 against 10), so the deltas
 * are 4 and 6. Linked submitters are one voter too: 4 and 5 speak for 2 (median 26 against 20). */
static void
one_voice(void **state)
{
	static struct run a[1003], b[2];
	struct paired got;

	(void)state;
	for (int i = 0; i < 1000; i++)
		a[i] = run_of(1, i, i < 995 ? 500 : 12 + i - 995);
	for (uint8_t i = 0; i < 3; i++) {
		a[1000 + i] = run_of(2, 2000 + i, 25 + i);
		a[1000 + i].submitter[0] = (uint8_t)(3 + i);
	}
	b[0] = run_of(1, 3000, 10);
	b[1] = run_of(2, 3001, 20);
	assert_true(compare_runs(a, 1003, b, 2, false, &got));
	assert_true(got.paired);
	assert_int_equal(got.voters, 2);
	expect(&got, 5, 5 - T1, 5 + T1, INTERVAL_STUDENT);
}

static void
all_equal(void **state)
{
	struct run a[] = {run_of(1, 0, 7), run_of(2, 1, 7), run_of(3, 2, 7)};
	struct run b[] = {run_of(1, 3, 7), run_of(2, 4, 7), run_of(3, 5, 7)};
	struct paired got;

	(void)state;
	assert_true(compare_runs(a, 3, b, 3, false, &got));
	expect(&got, 0, 0, 0, INTERVAL_STUDENT);
	assert_true(compare_runs(a, 3, b, 3, true, &got));
	expect(&got, 1, 1, 1, INTERVAL_STUDENT);
}

/* One who measured both is not enough: 11 ± t(1) (votes 10, 12) against 6 ± 2 t(1) (votes 4, 8), by
 * MOVER 5 ± √5 t(1). voters: the side that has fewer. */
static void
one_pair(void **state)
{
	struct run a[] = {run_of(1, 0, 10), run_of(2, 1, 12), run_of(9, 4, 11)};
	struct run b[] = {run_of(2, 2, 4), run_of(3, 3, 8)};
	struct paired got;

	(void)state;
	assert_true(compare_runs(a, 2, b, 2, false, &got));
	assert_false(got.paired);
	assert_int_equal(got.voters, 2);
	expect(&got, 5, 5 - sqrt(5) * T1, 5 + sqrt(5) * T1, INTERVAL_UNPAIRED);
	assert_true(compare_runs(a, 3, b, 1, false, &got));
	assert_int_equal(got.voters, 1);
	assert_true(compare_runs(b, 1, a, 3, false, &got));
	assert_int_equal(got.voters, 1);
}

/* Single runs with standard errors 3 and 4, from different people and from the same: 4 ± 5 z. */
static void
single_runs(void **state)
{
	struct run a = run_of(1, 0, 10), b = run_of(2, 1, 6);
	struct paired got;

	(void)state;
	a.within = (struct within_run){WITHIN_SE, 3, 1};
	b.within = (struct within_run){WITHIN_SE, 4, 1};
	for (uint8_t who = 1; who <= 2; who++) {
		b.voter[0] = b.submitter[0] = who;
		assert_true(compare_runs(&a, 1, &b, 1, false, &got));
		assert_false(got.paired);
		assert_int_equal(got.voters, 1);
		expect(&got, 4, 4 - 5 * Z, 4 + 5 * Z, INTERVAL_UNPAIRED_SINGLE);
	}
	a.within.what = WITHIN_NOTHING;
	assert_true(compare_runs(&a, 1, &b, 1, false, &got));
	expect(&got, 4, 4, 4, INTERVAL_NONE);
}

static void
refused(void **state)
{
	struct run a[] = {run_of(1, 0, 1), run_of(2, 1, 2)},
		   b[] = {run_of(1, 2, 3), run_of(2, 3, 4)};
	static const double values[] = {NAN, INFINITY, -INFINITY, 1e151};
	struct paired got;

	(void)state;
	memset(&got, 0xff, sizeof(got));
	assert_false(compare_runs(NULL, 0, b, 2, false, &got));
	assert_false(got.paired);
	assert_int_equal(got.voters, 0);
	assert_false(compare_runs(a, 2, NULL, 0, false, &got));
	assert_false(compare_runs(NULL, 0, NULL, 0, true, &got));
	for (size_t i = 0; i < COUNT(values); i++) {
		struct run bad[] = {run_of(1, 0, 1), run_of(2, 1, values[i])};

		assert_false(compare_runs(bad, 2, b, 2, false, &got));
		assert_false(compare_runs(a, 2, bad, 2, false, &got));
	}
	/* nothing and less have no logarithm, but differences */
	a[0].value = 0;
	a[1].value = -2;
	assert_false(compare_runs(a, 2, b, 2, true, &got));
	assert_false(compare_runs(b, 2, a, 2, true, &got));
	assert_true(compare_runs(a, 2, b, 2, false, &got));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(three_pairs),
	    cmocka_unit_test(some_pairs),
	    cmocka_unit_test(two_ratios),
	    cmocka_unit_test(six_pairs),
	    cmocka_unit_test(one_voice),
	    cmocka_unit_test(all_equal),
	    cmocka_unit_test(one_pair),
	    cmocka_unit_test(single_runs),
	    cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests_name("paired", tests, NULL, NULL);
}
