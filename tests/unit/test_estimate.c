/* test_estimate.c — votes and medians.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "estimate.h"
#include "scale.h"
#include "unit.h"

static const struct tolerance plain = {.size = 1},
			      ratio = {.size = 0.1, .relative = true, .log_scale = true};

static struct run
run_of(uint8_t submitter, int64_t index, double value)
{
	struct run r = {.index = index, .value = value};

	memset(r.submitter, submitter, SHA256_SIZE);
	memset(r.voter, submitter, SHA256_SIZE);
	return r;
}

static void
medians(void **state)
{
	double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2}, log_even[] = {1, 100},
	       negative[] = {-4, -2};
	double equal[] = {0.1, 0.1}, one[] = {7}, huge[] = {1e308, 1.5e308};

	(void)state;
	assert_true(median_of(odd, 3, false) == 2);
	assert_true(median_of(even, 4, false) == 2.5);
	assert_true(fabs(median_of(log_even, 2, true) - 10) < 1e-12);
	assert_true(median_of(negative, 2, true) == -3);
	assert_true(median_of(equal, 2, true) == 0.1);
	assert_true(median_of(one, 1, true) == 7);
	assert_true(median_of(huge, 2, false) == 1.25e308);
}

/* Orders that go badly with one pivot or another, and chance. */
static double
nth_value(int shape, uint32_t *chance, size_t i, size_t n)
{
	switch (shape) {
	case 0:
		return (double)i;
	case 1:
		return (double)(n - i);
	case 2:
		return (double)(i < n / 2 ? i : n - i);
	case 3:
		return (double)(i % 3);
	case 4:
		return 1;
	}
	*chance = *chance * 1664525 + 1013904223;
	return (double)(*chance >> 8) / 1000;
}

/* Picking the middle out gives what sorting gives. */
static void
medians_of_many(void **state)
{
	static double values[3000], sorted[3000];
	uint32_t chance = 1;

	(void)state;
	for (size_t n = 1; n <= COUNT(values); n += n < 140 ? 1 : 601)
		for (int shape = 0; shape < 6; shape++) {
			for (size_t i = 0; i < n; i++)
				sorted[i] = values[i] = nth_value(shape, &chance, i, n);
			sort_values(sorted, n);
			assert_true(median_of(values, n, false) ==
				    middle_of(sorted[(n - 1) / 2], sorted[n / 2], false));
			sort_values(values, n);
			assert_memory_equal(values, sorted, n * sizeof(*values));
		}
}

static void
nothing(void **state)
{
	struct estimate e;

	(void)state;
	assert_false(estimate_cell(NULL, 0, &plain, &e));
}

/* A thousand runs of one submitter weigh as one vote. */
static void
one_vote_each(void **state)
{
	struct run runs[1003];
	struct estimate e;

	(void)state;
	for (int i = 0; i < 1000; i++)
		runs[i] = run_of(1, i, 1000);
	runs[1000] = run_of(2, 1000, 10);
	runs[1001] = run_of(3, 1001, 11);
	runs[1002] = run_of(4, 1002, 12);
	assert_true(estimate_cell(runs, 1003, &plain, &e));
	assert_int_equal(e.agreement.voters, 4);
	assert_int_equal(e.runs, 1003);
	assert_true(e.interval.point == 11.5);
	assert_true(e.lowest_vote == 10);
	assert_true(e.highest_vote == 1000);
}

/* The vote is the median of the latest five in log order, whatever order they are read in. */
static void
latest_five(void **state)
{
	struct run runs[] = {run_of(9, 6, 5), run_of(9, 1, 100), run_of(9, 2, 1), run_of(9, 3, 2),
	    run_of(9, 4, 3), run_of(9, 0, 100), run_of(9, 5, 4)};
	struct estimate e;

	(void)state;
	assert_true(estimate_cell(runs, 7, &plain, &e));
	assert_int_equal(e.agreement.voters, 1);
	assert_int_equal(e.runs, 7);
	assert_true(e.interval.point == 3);
}

static void
order_does_not_matter(void **state)
{
	struct run runs[12], shuffled[12];
	struct estimate a, b;

	(void)state;
	for (int i = 0; i < 12; i++)
		runs[i] = run_of((uint8_t)(i % 5), i, 1.0 + i * i % 7);
	for (int turn = 1; turn < 12; turn++) {
		struct run copy[12];

		memcpy(copy, runs, sizeof(copy));
		for (int i = 0; i < 12; i++)
			shuffled[i] = runs[(i * 5 + turn) % 12];
		assert_true(estimate_cell(copy, 12, &ratio, &a));
		assert_true(estimate_cell(shuffled, 12, &ratio, &b));
		assert_memory_equal(&a, &b, sizeof(a));
	}
}

/* Linked submitters are one voter, with the median of their votes. */
static void
linked_vote_as_one(void **state)
{
	struct run runs[] = {run_of(1, 0, 10), run_of(1, 1, 12), run_of(2, 2, 100),
	    run_of(3, 3, 30), run_of(4, 4, 31)};
	struct estimate e;

	(void)state;
	memset(runs[2].voter, 1, SHA256_SIZE);
	assert_true(estimate_cell(runs, 5, &plain, &e));
	assert_int_equal(e.agreement.voters, 3);
	assert_true(e.interval.point == 31);
	assert_true(e.lowest_vote == 30);
	assert_true(e.highest_vote == 55.5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(medians),
	    cmocka_unit_test(medians_of_many),
	    cmocka_unit_test(nothing),
	    cmocka_unit_test(one_vote_each),
	    cmocka_unit_test(linked_vote_as_one),
	    cmocka_unit_test(latest_five),
	    cmocka_unit_test(order_does_not_matter),
	};

	return cmocka_run_group_tests_name("estimate", tests, NULL, NULL);
}
