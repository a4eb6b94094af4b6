/* test_agree.c — outliers, standing, anchors.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "agree.h"
#include "unit.h"

static const struct tolerance five_percent = {.size = 0.05, .relative = true};
static const struct tolerance five_percent_log = {
    .size = 0.05, .relative = true, .log_scale = true};
static const struct tolerance a_tenth = {.size = 0.1};

static void
tolerances(void **state)
{
	static const struct {
		const struct tolerance *t;
		double value, reference;
		bool holds;
	} rows[] = {
	    {&five_percent, 105, 100, true},
	    {&five_percent, 95, 100, true},
	    {&five_percent, 94.9, 100, false},
	    {&five_percent, -105, -100, true},
	    {&five_percent, 0, 0, true},
	    {&five_percent, 0.001, 0, false},
	    {&five_percent_log, 105, 100, true},
	    {&five_percent_log, 100, 105, true},
	    {&five_percent_log, 95, 100, false},
	    {&five_percent_log, 95.3, 100, true},
	    {&a_tenth, 0.8, 0.7, true}, /* 0.10000000000000009 apart */
	    {&a_tenth, 0.3, 0.4, true},
	    {&a_tenth, 0.8001, 0.7, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
		    tolerance_holds(rows[i].t, rows[i].value, rows[i].reference), rows[i].holds);
}

static void
set_votes(struct vote *votes, const double *values, size_t n)
{
	memset(votes, 0, n * sizeof(*votes));
	for (size_t i = 0; i < n; i++)
		votes[i].value = values[i];
}

/* Deviations from 3 are 2, 1, 0, 1, 97: MAD 1, and 0.6745 · 97 is far beyond 3.5. At the edge,
 * 3.5 / 0.6745 = 5.19 times the MAD. */
static void
outliers(void **state)
{
	static const double values[] = {1, 2, 3, 4, 100}, edge[] = {1, 2, 3, 4, 8.1},
			    beyond[] = {1, 2, 3, 4, 8.3};
	struct vote votes[5];
	double scratch[5];

	(void)state;
	set_votes(votes, values, 5);
	assert_int_equal(outliers_mark(votes, 5, 3, &five_percent, scratch), 1);
	assert_true(votes[4].outlier && !votes[0].outlier);
	set_votes(votes, edge, 5);
	assert_int_equal(outliers_mark(votes, 5, 3, &five_percent, scratch), 0);
	set_votes(votes, beyond, 5);
	assert_int_equal(outliers_mark(votes, 5, 3, &five_percent, scratch), 1);
	/* Three are too few; a mark from before goes. */
	votes[2].outlier = true;
	assert_int_equal(outliers_mark(votes + 2, 3, 4, &five_percent, scratch), 0);
	assert_false(votes[2].outlier);
}

/* A tenth of the point is as far off as ten times. */
static void
outliers_on_log_scale(void **state)
{
	static const double values[] = {10, 90, 100, 110, 1000};
	struct tolerance t = {.size = 0.05, .relative = true, .log_scale = true};
	struct vote votes[5];
	double scratch[5];

	(void)state;
	set_votes(votes, values, 5);
	assert_int_equal(outliers_mark(votes, 5, 100, &t, scratch), 2);
	assert_true(votes[0].outlier && votes[4].outlier);
}

/* More than half are equal: the tolerance decides. */
static void
outliers_without_deviation(void **state)
{
	static const double values[] = {100, 100, 100, 104, 106};
	struct vote votes[5];
	double scratch[5];

	(void)state;
	set_votes(votes, values, 5);
	assert_int_equal(outliers_mark(votes, 5, 100, &five_percent, scratch), 1);
	assert_true(votes[4].outlier && !votes[3].outlier);
	set_votes(votes, values, 3);
	assert_int_equal(outliers_mark(votes, 3, 100, &five_percent, scratch), 0);
}

/* agreeing and established, agreeing, established and off, off → standing. */
static void
standings(void **state)
{
	static const struct {
		int solid, agreeing, wrong, off;
		enum standing standing;
	} rows[] = {
	    {0, 0, 0, 0, STANDING_SINGLE},
	    {0, 1, 0, 0, STANDING_SINGLE},
	    {1, 0, 0, 0, STANDING_SINGLE},
	    {0, 9, 0, 0, STANDING_SINGLE}, /* nobody established */
	    {1, 1, 0, 0, STANDING_CORROBORATED},
	    {2, 0, 0, 0, STANDING_CORROBORATED},
	    {1, 0, 0, 5, STANDING_SINGLE},
	    {0, 2, 1, 0, STANDING_SINGLE}, /* the established one is off */
	    {3, 0, 0, 0, STANDING_REPRODUCED},
	    {3, 0, 0, 9, STANDING_REPRODUCED}, /* who is not established cannot contest */
	    {2, 5, 0, 0, STANDING_CORROBORATED},
	    {2, 0, 1, 0, STANDING_CORROBORATED}, /* two thirds */
	    {4, 0, 2, 0, STANDING_REPRODUCED},
	    {3, 0, 2, 0, STANDING_CONTESTED},
	    {1, 5, 1, 0, STANDING_CONTESTED},
	    {0, 0, 2, 0, STANDING_CONTESTED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const int counts[] = {rows[i].solid, rows[i].agreeing, rows[i].wrong, rows[i].off};
		struct vote votes[20] = {0};
		struct agreement a;
		size_t n = 0;

		for (int group = 0; group < 4; group++)
			for (int k = 0; k < counts[group]; k++) {
				votes[n].value = group < 2 ? 100 : 200;
				votes[n++].established = group % 2 == 0;
			}
		standing_of(votes, n, 100, &five_percent, &a);
		assert_int_equal(a.standing, rows[i].standing);
		assert_int_equal(a.voters, n);
		assert_int_equal(a.agreeing, rows[i].solid + rows[i].agreeing);
		assert_int_equal(a.established, rows[i].solid + rows[i].wrong);
		assert_int_equal(a.established_agreeing, rows[i].solid);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(votes[k].agrees, votes[k].value == 100);
	}
}

static void
vouched(void **state)
{
	static const double values[] = {100, 101, 110, 96};
	struct vote votes[4];

	(void)state;
	set_votes(votes, values, 4);
	assert_false(vote_is_vouched(votes, 4, 0, 100, &five_percent));
	votes[0].established = true;
	assert_false(vote_is_vouched(votes, 4, 0, 100, &five_percent)); /* not by itself */
	assert_true(vote_is_vouched(votes, 4, 1, 100, &five_percent));
	assert_false(vote_is_vouched(votes, 4, 2, 100, &five_percent));
	assert_true(vote_is_vouched(votes, 4, 3, 100, &five_percent));
	votes[0].established = false;
	votes[1].established = true; /* within tolerance of the point, but not of it */
	assert_false(vote_is_vouched(votes, 4, 3, 99, &(struct tolerance){.size = 4}));
}

static void
anchors(void **state)
{
	static const double scores[] = {0.5, NAN, 0.75}, none[] = {NAN, NAN};
	static const double pool[] = {0.5, 0.6}, off[] = {0.4, 0.5};
	struct anchors_check check;

	(void)state;
	assert_true(anchors_hold(scores, 3, pool, 2, 0.1, &check));
	assert_true(check.mean == 0.625 && fabs(check.off - 0.075) < 1e-15);
	assert_false(anchors_hold(scores, 3, off, 2, 0.1, &check));
	assert_true(fabs(check.off - 0.175) < 1e-15);
	assert_true(anchors_hold(scores, 3, NULL, 0, 0.1, &check));
	assert_true(check.off == 0);
	assert_false(anchors_hold(none, 2, pool, 2, 0.1, &check));
	assert_true(check.mean == 0 && check.off == 0);
	assert_false(anchors_hold(none, 2, NULL, 0, 0.1, &check));
}

static void
names(void **state)
{
	(void)state;
	for (int s = 0; s < STANDING__MAX; s++)
		assert_non_null(standing_name((enum standing)s));
	assert_string_equal(standing_name(STANDING_CORROBORATED), "corroborated");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tolerances),
	    cmocka_unit_test(outliers),
	    cmocka_unit_test(outliers_on_log_scale),
	    cmocka_unit_test(outliers_without_deviation),
	    cmocka_unit_test(standings),
	    cmocka_unit_test(vouched),
	    cmocka_unit_test(anchors),
	    cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("agree", tests, NULL, NULL);
}
