/* test_rank.c — ranks as intervals.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "rank.h"
#include "unit.h"

#define MOST 60

static void
examples(void **state)
{
	struct ranked list[] = {{1, 2, 0, 0}, {5, 6, 0, 0}, {1.5, 5.5, 0, 0}, {6, 7, 0, 0}};
	double scratch[8];

	(void)state;
	rank_intervals(list, 4, true, scratch);
	assert_int_equal(list[0].best, 3);
	assert_int_equal(list[0].worst, 4);
	assert_int_equal(list[1].best, 1); /* it touches 6–7 */
	assert_int_equal(list[1].worst, 3);
	assert_int_equal(list[2].best, 2);
	assert_int_equal(list[2].worst, 4);
	assert_int_equal(list[3].best, 1);
	assert_int_equal(list[3].worst, 2);
	rank_intervals(list, 4, false, scratch);
	assert_int_equal(list[0].best, 1);
	assert_int_equal(list[0].worst, 2);
	assert_int_equal(list[3].best, 3);
	assert_int_equal(list[3].worst, 4);
}

static void
alone_and_equal(void **state)
{
	struct ranked one = {3, 3, 0, 0}, equal[] = {{2, 2, 0, 0}, {2, 2, 0, 0}, {2, 2, 0, 0}};
	double scratch[6];

	(void)state;
	rank_intervals(&one, 1, true, scratch);
	assert_int_equal(one.best, 1);
	assert_int_equal(one.worst, 1);
	rank_intervals(equal, 3, false, scratch);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(equal[i].best, 1);
		assert_int_equal(equal[i].worst, 3);
	}
}

/* The definition, pair by pair. */
static void
check_by_pairs(const struct ranked *list, size_t n, bool higher)
{
	for (size_t i = 0; i < n; i++) {
		size_t better = 0, worse = 0;

		for (size_t j = 0; j < n; j++) {
			bool above = list[j].low > list[i].high, below = list[j].high < list[i].low;

			better += higher ? above : below;
			worse += higher ? below : above;
		}
		assert_int_equal(list[i].best, 1 + better);
		assert_int_equal(list[i].worst, n - worse);
		assert_true(list[i].best <= list[i].worst);
	}
}

static void
as_defined(void **state)
{
	struct ranked list[MOST];
	double scratch[2 * MOST];
	uint32_t seed = 12345;

	(void)state;
	for (int round = 0; round < 500; round++) {
		size_t n = (size_t)(round % MOST) + 1;

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			list[i].low = (double)(seed >> 27);
			list[i].high = list[i].low + (double)(seed >> 8 & 7);
		}
		rank_intervals(list, n, round % 2 == 0, scratch);
		check_by_pairs(list, n, round % 2 == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(examples),
	    cmocka_unit_test(alone_and_equal),
	    cmocka_unit_test(as_defined),
	};

	return cmocka_run_group_tests_name("rank", tests, NULL, NULL);
}
