/* simulate.c — do the intervals cover what they promise, and what can liars move?
 * SPDX-License-Identifier: Apache-2.0
 *
 * Run by `tests/run long`. The seed is fixed: the same cells, the same figures each time.
 */
#include <math.h>
#include <stdio.h>

#include "draws.h"
#include "interval.h"
#include "items.h"
#include "scale.h"
#include "unit.h"

#define VOTERS_MAX 50
#define CELLS 20000 /* a size and distribution: one standard error of a coverage is 0.15 % */
#define LIED_TO 20000
#define LEVEL 0.95

struct setting {
	const char *name;
	double median, sd; /* of the votes; with exponential, of their logarithms */
	bool exponential;
	bool log_scale;
};

static double
draw(const struct setting *s, uint64_t *seed)
{
	double value = s->median + s->sd * normal(seed);

	return s->exponential ? exp(value) : value;
}

/* The share of cells whose interval holds the true median. */
static double
coverage(const struct setting *s, size_t n)
{
	double truth = s->exponential ? exp(s->median) : s->median, values[VOTERS_MAX];
	struct votes votes = {.values = values, .n = n, .log_scale = s->log_scale};
	uint64_t seed = 20261123 + n;
	int held = 0;

	for (int cell = 0; cell < CELLS; cell++) {
		struct interval e;

		for (size_t i = 0; i < n; i++)
			values[i] = draw(s, &seed);
		assert_true(estimate_votes(&votes, LEVEL, &e));
		held += e.low <= truth && truth <= e.high;
	}
	return (double)held / CELLS;
}

static void
cover(const struct setting *s, size_t from, size_t to)
{
	double least = 1, most = 0;

	for (size_t n = from; n <= to; n++) {
		double share = coverage(s, n);

		least = fmin(least, share);
		most = fmax(most, share);
		if (!(share >= 0.93 && share <= 0.97))
			fail_msg("%s, %zu voters: %.4f covered", s->name, n, share);
	}
	printf("%s, %zu to %zu voters: %.2f %% to %.2f %% covered\n", s->name, from, to,
	    100 * least, 100 * most);
}

static void
few_voters(void **state)
{
	(void)state;
	cover(&(struct setting){"normal", 10, 2, false, false}, 2, 5);
	cover(&(struct setting){"log-normal on the log scale", 3, 0.5, true, true}, 2, 5);
}

static void
many_voters(void **state)
{
	(void)state;
	cover(&(struct setting){"normal", 10, 2, false, false}, 6, 50);
	cover(&(struct setting){"log-normal on the log scale", 3, 0.5, true, true}, 6, 50);
	cover(&(struct setting){"log-normal on the linear scale", 3, 1, true, false}, 6, 50);
}

/* 30 % of 20 voters claim 3 σ too much, with the honest ones' spread or exactly. */
static double
moved_by_liars(double liars_sd)
{
	double values[20], moved = 0;
	struct votes votes = {.values = values, .n = COUNT(values)};
	uint64_t seed = 30;

	for (int cell = 0; cell < LIED_TO; cell++) {
		struct interval e;

		for (size_t i = 0; i < COUNT(values); i++)
			values[i] = i < 6 ? 3 + liars_sd * normal(&seed) : normal(&seed);
		assert_true(estimate_votes(&votes, LEVEL, &e));
		moved += e.point;
	}
	return moved / LIED_TO;
}

static void
liars(void **state)
{
	double spread = moved_by_liars(1), exact = moved_by_liars(0);

	(void)state;
	printf("6 liars of 20 at +3 sd move the median by %.3f sd on average, all at the same "
	       "number by %.3f\n",
	    spread, exact);
	assert_true(spread > 0 && spread < 0.6);
	assert_true(exact > 0 && exact < 0.6);
}

/* Questions in clusters of 1 to 8 that share half of what makes them hard: the mean over a sample
 * of them, by t with clusters − 1 degrees of freedom. */
static double
items_coverage(size_t clusters_n)
{
	static double scores[8 * VOTERS_MAX], scratch[VOTERS_MAX];
	static uint32_t keys[8 * VOTERS_MAX];
	struct clusters by = {keys, clusters_n};
	uint64_t seed = 77;
	int held = 0;

	for (int cell = 0; cell < CELLS; cell++) {
		struct interval e = {.kind = INTERVAL_STUDENT};
		struct items_error error;
		size_t n = 0;

		for (size_t c = 0; c < clusters_n; c++) {
			double shared = normal(&seed);
			size_t own = 1 + (size_t)(8 * uniform(&seed));

			for (size_t i = 0; i < own; i++) {
				keys[n] = (uint32_t)c;
				scores[n++] = shared + normal(&seed);
			}
		}
		assert_true(items_mean_error(scores, n, &by, scratch, &error));
		e.point = e.low = e.high = error.mean;
		items_join(&error, LEVEL, false, &e);
		held += e.low <= 0 && 0 <= e.high;
	}
	return (double)held / CELLS;
}

static void
items(void **state)
{
	double few = items_coverage(10), many = items_coverage(VOTERS_MAX);

	(void)state;
	printf("clustered items: 10 clusters %.2f %%, %d clusters %.2f %% covered\n", 100 * few,
	    VOTERS_MAX, 100 * many);
	assert_true(few >= 0.93 && few <= 0.97);
	assert_true(many >= 0.93 && many <= 0.97);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(few_voters),
	    cmocka_unit_test(many_voters),
	    cmocka_unit_test(liars),
	    cmocka_unit_test(items),
	};

	return cmocka_run_group_tests_name("simulate", tests, NULL, NULL);
}
