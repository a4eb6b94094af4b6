/* test_items.c — medians of items and their clustered standard error.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "items.h"
#include "quantile.h"
#include "table.h"
#include "unit.h"

#define ITEMS_MAX 1000

/* Sums over all pairs of items that share a cluster, by tests/tables/make_statistics.py. */
static void
as_tabled(void **state)
{
	static uint32_t keys[ITEMS_MAX];
	static double scores[ITEMS_MAX], scratch[ITEMS_MAX];
	struct table t;

	(void)state;
	table_open(&t, "clustered.txt");
	while (table_next(&t)) {
		double mean = table_number(&t), se = table_number(&t);
		size_t items = table_count(&t), clusters = table_count(&t), n = table_count(&t);
		struct clusters by = {keys, ITEMS_MAX};
		struct items_error got;

		assert_true(n <= ITEMS_MAX);
		for (size_t i = 0; i < n; i++)
			keys[i] = (uint32_t)table_count(&t);
		for (size_t i = 0; i < n; i++)
			scores[i] = table_number(&t);
		assert_true(items_mean_error(scores, n, &by, scratch, &got));
		expect_near(got.mean, mean, 1e-13);
		assert_true(fabs(got.se - se) <= 1e-12 * fmax(se, 1e-3));
		assert_int_equal(got.items, items);
		assert_int_equal(got.clusters, clusters);
	}
	assert_true(t.rows > 8);
}

/* By hand: clusters {1, 1}, {0, 1}, {0, 0}; mean 1/2, sums 1, 0, −1; se² = 3/2 · 2/36 = 1/12. */
static void
three_by_hand(void **state)
{
	static const double scores[] = {1, 0, 0, 1, 1, 0};
	static const uint32_t keys[] = {0, 1, 2, 0, 1, 2};
	struct clusters by = {keys, 3};
	struct items_error got;
	double scratch[3];

	(void)state;
	assert_true(items_mean_error(scores, 6, &by, scratch, &got));
	expect_near(got.mean, 0.5, 1e-15);
	expect_near(got.se, sqrt(1. / 12), 1e-14);
	assert_int_equal(got.clusters, 3);
}

/* With each item by itself it is s/√n; of 2, 4, 4, 4, 5, 5, 7, 9 the variance is 32/7. */
static void
by_itself(void **state)
{
	static const double scores[] = {2, 4, 4, 4, 5, 5, 7, 9, NAN, INFINITY};
	static const uint32_t keys[] = {7, 6, 5, 4, 3, 2, 1, 0, 8, 9};
	struct clusters by = {keys, 10};
	struct items_error got, clustered;
	double scratch[10];

	(void)state;
	assert_true(items_mean_error(scores, 10, NULL, NULL, &got));
	expect_near(got.mean, 5, 1e-15);
	expect_near(got.se, sqrt(32. / 7 / 8), 1e-14);
	assert_int_equal(got.items, 8);
	assert_true(items_mean_error(scores, 10, &by, scratch, &clustered));
	expect_near(clustered.se, got.se, 1e-14);
	assert_int_equal(clustered.clusters, 8);
}

static void
too_few(void **state)
{
	static const double scores[] = {0.5, NAN, 1};
	static const uint32_t keys[] = {1, 0, 1};
	struct clusters by = {keys, 2};
	struct items_error got;
	double scratch[2];

	(void)state;
	assert_false(items_mean_error(scores, 3, &by, scratch, &got));
	assert_true(got.mean == 0.75 && got.se == 0);
	assert_int_equal(got.clusters, 1);
	assert_false(items_mean_error(scores + 1, 1, NULL, NULL, &got));
	assert_true(got.mean == 0 && got.se == 0);
	assert_false(items_mean_error(scores, 0, NULL, NULL, &got));
	assert_false(items_mean_error(scores, 1, NULL, NULL, &got));
}

static void
medians(void **state)
{
	static const double a[] = {1, 0, NAN, NAN}, b[] = {0, 0, 1, NAN}, c[] = {1, NAN, 0, NAN};
	const double *const rows[] = {a, b, c}, *const turned[] = {c, a, b};
	double medians[4], again[4], scratch[3];

	(void)state;
	items_medians(rows, 3, 4, medians, scratch);
	assert_true(medians[0] == 1 && medians[1] == 0 && medians[2] == 0.5);
	assert_true(isnan(medians[3]));
	items_medians(turned, 3, 4, again, scratch);
	assert_memory_equal(medians, again, 3 * sizeof(*medians));
	items_medians(rows, 0, 4, medians, scratch);
	assert_true(isnan(medians[0]));
}

/* Each side apart: h' = √(h² + (t · se)²). */
static void
joined(void **state)
{
	struct items_error error = {.mean = 0.6, .se = 0.01, .items = 100, .clusters = 41};
	struct interval e = {0.6, 0.58, 0.65, 0.02, INTERVAL_STUDENT}, ratio = e, single = e;
	double noise = quantile_t(0.95, 40) * 0.01;

	(void)state;
	items_join(&error, 0.95, false, &e);
	expect_near(e.low, 0.6 - sqrt(0.02 * 0.02 + noise * noise), 1e-14);
	expect_near(e.high, 0.6 + sqrt(0.05 * 0.05 + noise * noise), 1e-14);
	assert_true(e.point == 0.6);
	items_join(&error, 0.95, true, &ratio);
	expect_near(ratio.low, 0.6 / exp(hypot(log(0.6 / 0.58), noise)), 1e-14);
	expect_near(ratio.high, 0.6 * exp(hypot(log(0.65 / 0.6), noise)), 1e-14);
	single.kind = INTERVAL_WITHIN_RUN;
	items_join(&error, 0.95, false, &single);
	assert_true(single.low == 0.58 && single.high == 0.65);
	single.kind = INTERVAL_STUDENT;
	error.clusters = 1;
	items_join(&error, 0.95, false, &single);
	assert_true(single.low == 0.58 && single.high == 0.65);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_tabled),
	    cmocka_unit_test(three_by_hand),
	    cmocka_unit_test(by_itself),
	    cmocka_unit_test(too_few),
	    cmocka_unit_test(medians),
	    cmocka_unit_test(joined),
	};

	return cmocka_run_group_tests_name("items", tests, NULL, NULL);
}
