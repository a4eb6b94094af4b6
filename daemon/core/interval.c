/* interval.c — how sure: from votes to a point with its interval.
 * SPDX-License-Identifier: Apache-2.0 */
#include "interval.h"

#include <math.h>
#include <string.h>

#include "quantile.h"
#include "scale.h"

#define ORDER_STATISTICS_FROM 6 /* voters */

static const char *const kind_names[] = {
    [INTERVAL_NONE] = "none",
    [INTERVAL_WITHIN_RUN] = "within_run",
    [INTERVAL_WILSON] = "wilson",
    [INTERVAL_STUDENT] = "student",
    [INTERVAL_HETTMANSPERGER_SHEATHER] = "hettmansperger_sheather",
    [INTERVAL_UNPAIRED] = "unpaired",
    [INTERVAL_UNPAIRED_SINGLE] = "unpaired_single",
    [INTERVAL_LISTED] = "listed",
};

const char *
interval_kind_name(enum interval_kind kind)
{
	return kind_names[kind];
}

bool
interval_decides(enum interval_kind kind)
{
	return kind == INTERVAL_STUDENT || kind == INTERVAL_HETTMANSPERGER_SHEATHER ||
	       kind == INTERVAL_UNPAIRED;
}

/* Offsets from the point become bounds; the point never lies outside. */
static void
bound(struct interval *out, double below, double above, bool log_scale, enum interval_kind kind)
{
	out->low = scale_shift(out->point, fmin(below, 0), log_scale);
	out->high = scale_shift(out->point, fmax(above, 0), log_scale);
	out->kind = kind;
}

/* Mean and sample standard deviation of the votes' offsets from the point. The point is their
 * median, so the mean is at most one deviation away and the subtraction loses one bit at most. */
static void
moments(const struct votes *votes, double point, double *mean, double *sd)
{
	double sum = 0, squares = 0, n = (double)votes->n;

	for (size_t i = 0; i < votes->n; i++) {
		double offset = scale_offset(votes->values[i], point, votes->log_scale);

		sum += offset;
		squares += offset * offset;
	}
	*mean = sum / n;
	*sd = votes->n > 1 ? sqrt(fmax(squares - sum * *mean, 0) / (n - 1)) : 0;
}

static void
student(const struct votes *votes, double level, double mean, struct interval *out)
{
	double h = quantile_t(level, (int64_t)votes->n - 1) * out->spread / sqrt((double)votes->n);

	bound(out, mean - h, mean + h, votes->log_scale, INTERVAL_STUDENT);
}

void
interval_of_mean(const struct votes *votes, double level, struct interval *out)
{
	double mean;

	moments(votes, out->point, &mean, &out->spread);
	student(votes, level, mean, out);
}

/* Where the interval ends: between the d-th and the next order statistic from either end. */
struct order_cut {
	size_t d;      /* 1 ≤ d: [x_d, x_(n−d+1)] still covers the level */
	double inward; /* weight of the next, 0 ≤ inward < 1 */
};

/* Coverage of [x_d, x_(n−d+1)] is P(d ≤ B ≤ n − d), B binomial with n and 1/2: summed from the
 * middle outwards, where nothing underflows, until it reaches the level. */
static struct order_cut
find_cut(size_t n, double level)
{
	size_t d = n / 2;
	double term = gamma_half_ratio((double)d) / ((double)d * SQRT_PI), covered, excess, left;

	if (n % 2 == 1)
		term *= (double)n / (double)(n + 1);
	covered = n % 2 == 1 ? 2 * term : term;
	for (; covered < level && d > 1; d--) {
		term *= (double)d / (double)(n - d + 1);
		covered += 2 * term;
	}
	excess = fmax(covered - level, 0) / (2 * term);
	left = (double)(n - d);
	return (struct order_cut){d, left * excess / ((double)d + (left - (double)d) * excess)};
}

void
interval_of_median(const struct votes *votes, double level, struct interval *out)
{
	struct order_cut cut = find_cut(votes->n, level);
	const double *low = &votes->values[cut.d - 1], *high = &votes->values[votes->n - cut.d];
	bool log_scale = votes->log_scale;
	double below = (1 - cut.inward) * scale_offset(low[0], out->point, log_scale) +
		       cut.inward * scale_offset(low[1], out->point, log_scale);
	double above = (1 - cut.inward) * scale_offset(high[0], out->point, log_scale) +
		       cut.inward * scale_offset(high[-1], out->point, log_scale);

	bound(out, below, above, log_scale, INTERVAL_HETTMANSPERGER_SHEATHER);
}

void
wilson(double p, int64_t n, double level, double *low, double *high)
{
	double z = quantile_z(level), share = z * z / (double)n;
	double root = z * sqrt(p * (1 - p) / (double)n + share / (double)(4 * n));

	*high = fmin(fmax((p + share / 2 + root) / (1 + share), p), 1);
	/* The other root by their product, so that a small p loses no digits. */
	*low = fmin(p * p / ((1 + share) * *high), p);
}

static void
proportion(const struct within_run *within, double level, struct interval *out)
{
	double p = out->point / within->size;

	if (!(p >= 0 && p <= 1) || within->n < 1)
		return;
	wilson(p, within->n, level, &out->low, &out->high);
	out->low = fmin(out->low * within->size, out->point);
	out->high = fmax(out->high * within->size, out->point);
	out->kind = INTERVAL_WILSON;
}

void
interval_within_run(
    const struct within_run *within, double level, bool log_scale, struct interval *out)
{
	double h = 0;

	out->low = out->high = out->point;
	out->kind = INTERVAL_NONE;
	if (within->size < 0 || !scale_takes(within->size, false))
		return;
	switch (within->what) {
	case WITHIN_NOTHING:
		return;
	case WITHIN_PROPORTION:
		proportion(within, level, out);
		return;
	case WITHIN_SD:
		if (within->n < 2)
			return;
		h = quantile_t(level, within->n - 1) * within->size / sqrt((double)within->n);
		break;
	case WITHIN_SE:
		h = quantile_z(level) * within->size;
		break;
	}
	h = log_scale ? h / out->point : h;
	bound(out, -h, h, log_scale, INTERVAL_WITHIN_RUN);
}

static bool
all_taken(const struct votes *votes)
{
	for (size_t i = 0; i < votes->n; i++)
		if (!scale_takes(votes->values[i], votes->log_scale))
			return false;
	return votes->n > 0;
}

bool
estimate_votes(const struct votes *votes, double level, struct interval *out)
{
	static const struct within_run nothing = {.what = WITHIN_NOTHING};
	double mean;

	memset(out, 0, sizeof(*out));
	if (!all_taken(votes))
		return false;
	sort_values(votes->values, votes->n);
	out->point = median_of(votes->values, votes->n, votes->log_scale);
	moments(votes, out->point, &mean, &out->spread);
	if (votes->n == 1)
		interval_within_run(
		    votes->within ? votes->within : &nothing, level, votes->log_scale, out);
	else if (votes->n >= ORDER_STATISTICS_FROM && ldexp(1, 1 - (int)votes->n) <= 1 - level)
		interval_of_median(votes, level, out);
	else
		student(votes, level, mean, out);
	return true;
}
