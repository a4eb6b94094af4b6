/* test_quantile.c — quantiles against tables.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "quantile.h"
#include "table.h"
#include "unit.h"

/* Roots found in 40 digits by tests/tables/make_statistics.py. */
static void
as_computed_in_40_digits(void **state)
{
	struct table t;

	(void)state;
	table_open(&t, "quantile.txt");
	while (table_next(&t)) {
		double level = table_number(&t), df = table_number(&t), expected = table_number(&t);
		double got = df > 0 ? quantile_t(level, (int64_t)df) : quantile_z(level);

		expect_near(got, expected, 1e-12);
	}
	assert_true(t.rows > 500);
}

/* The rows everyone has on paper: NIST/SEMATECH e-Handbook of Statistical Methods, §1.3.6.7.2. */
static void
as_printed(void **state)
{
	static const struct {
		int df;
		double t90, t95, t99;
	} rows[] = {{1, 6.314, 12.706, 63.657}, {2, 2.920, 4.303, 9.925}, {3, 2.353, 3.182, 5.841},
	    {4, 2.132, 2.776, 4.604}, {5, 2.015, 2.571, 4.032}, {10, 1.812, 2.228, 3.169},
	    {30, 1.697, 2.042, 2.750}, {100, 1.660, 1.984, 2.626}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(fabs(quantile_t(0.90, rows[i].df) - rows[i].t90) <= 0.00051);
		assert_true(fabs(quantile_t(0.95, rows[i].df) - rows[i].t95) <= 0.00051);
		assert_true(fabs(quantile_t(0.99, rows[i].df) - rows[i].t99) <= 0.00051);
	}
}

/* One degree of freedom is Cauchy's distribution, two have a closed form too. */
static void
closed_forms(void **state)
{
	(void)state;
	for (double level = 0.5; level < 1; level += (1 - level) / 3 + 1e-12) {
		double p = 1 - level;

		expect_near(quantile_t(level, 1), 1 / tan(acos(-1) * p / 2), 1e-12);
		expect_near(quantile_t(level, 2), sqrt(2 / (p * (2 - p)) - 2), 1e-11);
	}
}

/* Towards the normal distribution, without a step where the method changes. */
static void
falls_with_degrees(void **state)
{
	static const double levels[] = {0.9, 0.95, 0.999, 1 - 0.05 / 1e5};

	(void)state;
	for (size_t i = 0; i < COUNT(levels); i++) {
		double before = INFINITY;

		for (int64_t df = 1; df < INT64_C(1) << 40; df += 1 + df / 7) {
			double t = quantile_t(levels[i], df);

			assert_true(t < before || (df > 10000000 && t <= before));
			before = t;
		}
		expect_near(quantile_t(levels[i], 99999), quantile_t(levels[i], 100000), 1e-8);
		expect_near(before, quantile_z(levels[i]), 1e-11);
	}
}

static void
gamma_ratio(void **state)
{
	(void)state;
	expect_near(gamma_half_ratio(0.5), 1 / SQRT_PI, 1e-15);
	expect_near(gamma_half_ratio(1), SQRT_PI / 2, 1e-15);
	for (double a = 0.5; a < 200; a += 0.5) /* Γ(a+1)/Γ(a) = a */
		expect_near(gamma_half_ratio(a) * gamma_half_ratio(a + 0.5), a, 1e-14);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_computed_in_40_digits),
	    cmocka_unit_test(as_printed),
	    cmocka_unit_test(closed_forms),
	    cmocka_unit_test(falls_with_degrees),
	    cmocka_unit_test(gamma_ratio),
	};

	return cmocka_run_group_tests_name("quantile", tests, NULL, NULL);
}
