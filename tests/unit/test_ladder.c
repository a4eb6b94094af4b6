/* test_ladder.c — which quantization is good enough, and which is the smallest.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ladder.h"
#include "unit.h"

static struct rung
rung_of(double size, double low, double high)
{
	return (struct rung){.size = size,
	    .has_loss = true,
	    .loss = {
		.point = (low + high) / 2, .low = low, .high = high, .kind = INTERVAL_STUDENT}};
}

/* Yes needs the whole interval at or below the limit, no the whole of it above. */
static void
whole_intervals(void **state)
{
	static const struct {
		double low, high;
		enum good good;
	} rows[] = {
	    {1.001, 1.019, GOOD_YES},
	    {1.001, 1.02, GOOD_YES},         /* at the limit is within it */
	    {1.02, 1.02, GOOD_YES},          /* all submitters said the limit itself */
	    {1.001, 1.0201, GOOD_UNDECIDED}, /* the point 1.0105 is below, the interval is not */
	    {1.02, 1.03, GOOD_UNDECIDED},    /* low at the limit is not above it */
	    {1.0201, 1.03, GOOD_NO},
	    {0.9, 0.99, GOOD_YES}, /* better than its base */
	    {NAN, NAN, GOOD_UNDECIDED},
	    {-INFINITY, INFINITY, GOOD_UNDECIDED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rung rung = rung_of(1, rows[i].low, rows[i].high);

		assert_int_equal(rung_judge(&rung, 1.02), rows[i].good);
	}
}

static void
what_says_nothing(void **state)
{
	static const bool decides[INTERVAL__MAX] = {
	    [INTERVAL_STUDENT] = true,
	    [INTERVAL_HETTMANSPERGER_SHEATHER] = true,
	    [INTERVAL_UNPAIRED] = true,
	};
	struct rung good = rung_of(1, 1, 1.001), bad = rung_of(1, 2, 3);

	(void)state;
	for (int kind = 0; kind < INTERVAL__MAX; kind++) {
		good.loss.kind = bad.loss.kind = (enum interval_kind)kind;
		assert_int_equal(
		    rung_judge(&good, 1.02), decides[kind] ? GOOD_YES : GOOD_UNDECIDED);
		assert_int_equal(rung_judge(&bad, 1.02), decides[kind] ? GOOD_NO : GOOD_UNDECIDED);
	}
	good = rung_of(1, 1, 1.001);
	good.contested = true;
	assert_int_equal(rung_judge(&good, 1.02), GOOD_UNDECIDED);
	good = rung_of(1, 0, 0);
	good.has_loss = false;
	assert_int_equal(rung_judge(&good, 1.02), GOOD_UNDECIDED);
}

static void
smallest(void **state)
{
	/* a size that nobody said; too bad; undecided at 1.02; good from 1.02 on; from 1.005 on */
	struct rung rungs[] = {rung_of(-1, 1, 1.001), rung_of(3e9, 1.1, 1.2),
	    rung_of(4e9, 1.01, 1.04), rung_of(5e9, 1.011, 1.013), rung_of(8e9, 1, 1.002)};

	(void)state;
	assert_int_equal(rungs_smallest(rungs, 5, 1.005), 4);
	assert_int_equal(rungs_smallest(rungs, 5, 1.01), 4);
	assert_int_equal(rungs_smallest(rungs, 5, LADDER_LIMIT), 3);
	assert_int_equal(rungs_smallest(rungs, 5, 1.05), 2);
	assert_int_equal(rungs_smallest(rungs, 5, 1.2), 1);
	assert_int_equal(rungs_smallest(rungs, 5, 1.0001), 5);
	assert_int_equal(rungs_smallest(rungs, 1, 1.02), 1);
	assert_int_equal(rungs_smallest(rungs + 4, 1, 1.02), 0);
	assert_int_equal(rungs_smallest(rungs, 0, 1.02), 0);
	assert_int_equal(rungs_smallest(NULL, 0, 1.02), 0);
	rungs[3].contested = true;
	assert_int_equal(rungs_smallest(rungs, 5, LADDER_LIMIT), 4);
	rungs[4].size = 0;
	assert_int_equal(rungs_smallest(rungs, 5, LADDER_LIMIT), 4);
}

/* Documents name these, so they stay. */
static void
names(void **state)
{
	static const double limits[] = {1.005, 1.01, 1.02, 1.05, 0};

	(void)state;
	for (size_t i = 0; i < COUNT(limits); i++)
		assert_true(ladder_limits[i] == limits[i]);
	assert_string_equal(good_name(GOOD_UNDECIDED), "undecided");
	assert_string_equal(good_name(GOOD_YES), "yes");
	assert_string_equal(good_name(GOOD_NO), "no");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_intervals),
	    cmocka_unit_test(what_says_nothing),
	    cmocka_unit_test(smallest),
	    cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
