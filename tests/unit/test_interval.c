/* test_interval.c — intervals: published examples, tables, and what must always hold.
 * SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "interval.h"
#include "scale.h"
#include "table.h"
#include "unit.h"

#define VOTES_MAX 2000

static struct interval
estimate(double *values, size_t n, bool log_scale, double level)
{
	struct votes votes = {.values = values, .n = n, .log_scale = log_scale};
	struct interval out;

	assert_true(estimate_votes(&votes, level, &out));
	return out;
}

/* Every vote table row: an interval that scipy's distributions and a formula typed anew gave. */
static void
as_tabled(void **state)
{
	static double values[VOTES_MAX];
	struct table t;

	(void)state;
	table_open(&t, "votes.txt");
	while (table_next(&t)) {
		bool log_scale = strcmp(table_word(&t), "log") == 0;
		double level = table_number(&t), point, low, high, spread;
		const char *kind = table_word(&t);
		struct interval got;
		size_t n;

		point = table_number(&t);
		low = table_number(&t);
		high = table_number(&t);
		spread = table_number(&t);
		n = table_count(&t);
		assert_true(n <= VOTES_MAX);
		for (size_t i = 0; i < n; i++)
			values[i] = table_number(&t);
		got = estimate(values, n, log_scale, level);
		assert_string_equal(interval_kind_name(got.kind), kind);
		expect_near(got.point, point, 1e-14);
		expect_near(got.low, low, 1e-10);
		expect_near(got.high, high, 1e-10);
		expect_near(got.spread, spread, 1e-11);
	}
	assert_true(t.rows > 150);
}

/* Minitab's documentation of the 1-sample sign test: 12 chromium values; third and fourth, ninth
 * and tenth are shown, (17.4263, 18.7632) is interpolated. */
static void
chromium(void **state)
{
	double values[] = {17.2, 17.3, 17.4, 17.5, 17.5, 17.6, 17.8, 18, 18.1, 19, 19.3, 19.4};
	struct interval got = estimate(values, COUNT(values), false, 0.95);

	(void)state;
	expect_near(got.point, 17.7, 1e-15);
	assert_true(fabs(got.low - 17.4263) < 0.00005);
	assert_true(fabs(got.high - 18.7632) < 0.0001);
}

/* By hand: of 10, [x2, x9] covers 1002/1024 and [x3, x8] 912/1024. */
static void
ten_by_hand(void **state)
{
	double values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
	double share = (1002 - 0.95 * 1024) / (1002 - 912), inward = 8 * share / (2 + 6 * share);
	struct interval got = estimate(values, 10, false, 0.95);

	(void)state;
	assert_int_equal(got.kind, INTERVAL_HETTMANSPERGER_SHEATHER);
	expect_near(got.low, 2 + inward, 1e-13);
	expect_near(got.high, 9 - inward, 1e-13);
}

/* Six voters cover 31/32 at most: beyond it their order says nothing, and Student's t is taken. */
static void
student_where_order_ends(void **state)
{
	double values[] = {1, 2, 3, 4, 5, 7};

	(void)state;
	assert_int_equal(estimate(values, 6, false, 0.95).kind, INTERVAL_HETTMANSPERGER_SHEATHER);
	assert_int_equal(
	    estimate(values, 6, false, 31. / 32).kind, INTERVAL_HETTMANSPERGER_SHEATHER);
	assert_true(estimate(values, 6, false, 31. / 32).low == 1);
	assert_true(estimate(values, 6, false, 31. / 32).high == 7);
	assert_int_equal(estimate(values, 6, false, 0.97).kind, INTERVAL_STUDENT);
	assert_int_equal(estimate(values, 5, false, 0.9).kind, INTERVAL_STUDENT);
}

/* NIST/SEMATECH e-Handbook §1.3.5.2: ZARR13.DAT, 195 values, mean 9.261460, sd 0.022789. */
static void
within_a_run_by_sd(void **state)
{
	struct within_run within = {WITHIN_SD, 0.022789, 195};
	struct interval out = {.point = 9.261460};

	(void)state;
	interval_within_run(&within, 0.95, false, &out);
	assert_int_equal(out.kind, INTERVAL_WITHIN_RUN);
	assert_true(fabs(out.low - 9.258242) < 1e-6);
	assert_true(fabs(out.high - 9.264679) < 1e-6);
}

static void
within_a_run(void **state)
{
	double values[] = {50};
	struct within_run se = {WITHIN_SE, 2, 0}, share = {WITHIN_PROPORTION, 100, 10},
			  once = {WITHIN_SD, 2, 1}, wrong = {WITHIN_SE, -1, 0},
			  beyond = {WITHIN_PROPORTION, 1, 10};
	struct votes votes = {.values = values, .n = 1, .within = &se};
	struct interval out;

	(void)state;
	assert_true(estimate_votes(&votes, 0.95, &out));
	assert_int_equal(out.kind, INTERVAL_WITHIN_RUN);
	assert_true(out.spread == 0);
	expect_near(out.low, 50 - 2 * 1.959963984540054, 1e-14);
	votes.log_scale = true;
	assert_true(estimate_votes(&votes, 0.95, &out));
	expect_near(out.low, 50 * exp(-1.959963984540054 / 25), 1e-14);
	expect_near(out.high, 50 * exp(1.959963984540054 / 25), 1e-14);
	votes.within = &share;
	assert_true(estimate_votes(&votes, 0.95, &out));
	assert_int_equal(out.kind, INTERVAL_WILSON);
	assert_true(fabs(out.low - 23.66) < 0.005 && fabs(out.high - 76.34) < 0.005);
	for (int i = 0; i < 4; i++) {
		votes.within = ((const struct within_run *[]){NULL, &once, &wrong, &beyond})[i];
		assert_true(estimate_votes(&votes, 0.95, &out));
		assert_int_equal(out.kind, INTERVAL_NONE);
		assert_true(out.low == 50 && out.point == 50 && out.high == 50);
	}
}

/* Newcombe, Stat. Med. 17, 1998, 857–872, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-
 * SIM777>3.0.CO;2-E, table I, method 3. */
static void
wilson_as_published(void **state)
{
	static const struct {
		int r, n;
		double low, high;
	} rows[] = {{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611},
	    {1, 29, 0.0061, 0.1718}};
	double low, high;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		wilson((double)rows[i].r / rows[i].n, rows[i].n, 0.95, &low, &high);
		assert_true(fabs(low - rows[i].low) <= 0.000051);
		assert_true(fabs(high - rows[i].high) <= 0.000051);
	}
}

static void
wilson_as_tabled(void **state)
{
	struct table t;

	(void)state;
	table_open(&t, "wilson.txt");
	while (table_next(&t)) {
		double p = table_number(&t), n = table_number(&t), level = table_number(&t), low,
		       high;
		double tabled_low = table_number(&t), tabled_high = table_number(&t);

		wilson(p, (int64_t)n, level, &low, &high);
		expect_near(low, tabled_low, 1e-10);
		expect_near(high, tabled_high, 1e-10);
	}
	assert_true(t.rows > 100);
}

static void
refused(void **state)
{
	static const double odd[] = {NAN, INFINITY, -INFINITY, 1e151};
	double values[] = {1, 2, 3};
	struct votes votes = {.values = values, .n = 3};
	struct interval out, zero = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(odd); i++) {
		values[1] = odd[i];
		out.kind = INTERVAL_STUDENT;
		assert_false(estimate_votes(&votes, 0.95, &out));
		assert_true(out.point == zero.point && out.kind == INTERVAL_NONE);
	}
	values[1] = 0;
	assert_true(estimate_votes(&votes, 0.95, &out));
	votes.log_scale = true;
	assert_false(estimate_votes(&votes, 0.95, &out));
	values[1] = -2;
	assert_false(estimate_votes(&votes, 0.95, &out));
	votes.n = 0;
	assert_false(estimate_votes(&votes, 0.95, &out));
}

/* xorshift64*: the same numbers each time. */
static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * UINT64_C(0x2545f4914f6cdd1d);
}

/* Magnitudes from one end of the range to the other, often repeated. */
static void
fill(double *values, size_t n, bool log_scale, uint64_t *seed)
{
	int most = (int)(next_random(seed) % 150);

	for (size_t i = 0; i < n; i++) {
		uint64_t r = next_random(seed);
		double value = (1 + (double)(r % 9)) * pow(10, (int)(r >> 8) % (most + 1));

		if (r >> 62 == 0 && i > 0)
			value = values[i - 1];
		values[i] = log_scale || r >> 63 ? value : -value;
		if (r >> 61 == 7)
			values[i] = 1 / value;
		values[i] = fmin(values[i], SCALE_MAGNITUDE_MAX);
		values[i] = log_scale ? fmax(values[i], 1e-150) : values[i];
	}
}

static void
check_interval(const struct interval *e, bool log_scale)
{
	assert_true(isfinite(e->point) && isfinite(e->low) && isfinite(e->high));
	assert_true(isfinite(e->spread) && e->spread >= 0);
	assert_true(e->low <= e->point && e->point <= e->high);
	assert_true(!log_scale || e->low > 0);
}

/* Whatever is taken: finite, in order, the same in any order of the votes. */
static void
always(void **state)
{
	static const double levels[] = {0.9, 0.95, 1 - 0.05 / 3, 1 - 0.05 / 1e6, 1 - 1e-13};
	uint64_t seed = 7;
	double values[64], turned[64];

	(void)state;
	for (int round = 0; round < 4000; round++) {
		size_t n = 1 + (size_t)(next_random(&seed) % 64);
		bool log_scale = round % 2;
		double level = levels[(size_t)round % COUNT(levels)];
		struct interval e, other;

		fill(values, n, log_scale, &seed);
		for (size_t i = 0; i < n; i++)
			turned[i] = values[n - 1 - i];
		e = estimate(values, n, log_scale, level);
		check_interval(&e, log_scale);
		other = estimate(turned, n, log_scale, level);
		assert_true(e.point == other.point && e.low == other.low && e.high == other.high &&
			    e.spread == other.spread && e.kind == other.kind);
	}
}

static void
all_equal(void **state)
{
	double values[40];

	(void)state;
	for (size_t n = 2; n <= COUNT(values); n++)
		for (int log_scale = 0; log_scale < 2; log_scale++) {
			struct interval e;

			for (size_t i = 0; i < n; i++)
				values[i] = 0.1;
			e = estimate(values, n, log_scale, 0.95);
			assert_true(e.low == 0.1 && e.point == 0.1 && e.high == 0.1);
			assert_true(e.spread == 0);
		}
}

/* On the log scale nothing depends on the unit. */
static void
unit_does_not_matter(void **state)
{
	double a[] = {3, 5, 7, 11, 13, 17, 19}, b[7];
	struct interval x, y;

	(void)state;
	for (size_t n = 2; n <= 7; n++) {
		for (size_t i = 0; i < n; i++)
			b[i] = a[i] * 1024;
		x = estimate(a, n, true, 0.95);
		y = estimate(b, n, true, 0.95);
		expect_near(y.low, 1024 * x.low, 1e-14);
		expect_near(y.high, 1024 * x.high, 1e-14);
		assert_true(x.spread == y.spread);
	}
}

/* A thousand voters and more: the middle is still summed without underflow. */
static void
many_voters(void **state)
{
	size_t n = 100001;
	double *values = malloc(n * sizeof(*values));
	struct interval e;

	(void)state;
	assert_non_null(values);
	for (size_t i = 0; i < n; i++)
		values[i] = (double)i;
	e = estimate(values, n, false, 0.95);
	free(values);
	assert_int_equal(e.kind, INTERVAL_HETTMANSPERGER_SHEATHER);
	assert_true(e.point == 50000);
	assert_true(fabs(e.high - 50000 - 1.96 * sqrt((double)n) / 2) < 1);
	assert_true(fabs(50000 - e.low - 1.96 * sqrt((double)n) / 2) < 1);
}

static void
names_and_weight(void **state)
{
	(void)state;
	for (int kind = 0; kind < INTERVAL__MAX; kind++)
		assert_non_null(interval_kind_name((enum interval_kind)kind));
	assert_false(interval_decides(INTERVAL_NONE));
	assert_false(interval_decides(INTERVAL_WITHIN_RUN));
	assert_false(interval_decides(INTERVAL_WILSON));
	assert_false(interval_decides(INTERVAL_UNPAIRED_SINGLE));
	assert_true(interval_decides(INTERVAL_STUDENT));
	assert_true(interval_decides(INTERVAL_HETTMANSPERGER_SHEATHER));
	assert_true(interval_decides(INTERVAL_UNPAIRED));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_tabled),
	    cmocka_unit_test(chromium),
	    cmocka_unit_test(ten_by_hand),
	    cmocka_unit_test(student_where_order_ends),
	    cmocka_unit_test(within_a_run_by_sd),
	    cmocka_unit_test(within_a_run),
	    cmocka_unit_test(wilson_as_published),
	    cmocka_unit_test(wilson_as_tabled),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(always),
	    cmocka_unit_test(all_equal),
	    cmocka_unit_test(unit_does_not_matter),
	    cmocka_unit_test(many_voters),
	    cmocka_unit_test(names_and_weight),
	};

	return cmocka_run_group_tests_name("interval", tests, NULL, NULL);
}
