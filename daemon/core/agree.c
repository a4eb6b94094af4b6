/* agree.c — who agrees with whom.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agree.h"

#include <math.h>
#include <string.h>

#include "scale.h"

#define FORGIVEN 1e-12    /* of the greater magnitude */
#define NORMAL_MAD 0.6745 /* the median absolute deviation of a standard normal */

static const char *const standing_names[] = {
    [STANDING_NONE] = "none",
    [STANDING_REPORTED] = "reported",
    [STANDING_SINGLE] = "single",
    [STANDING_CORROBORATED] = "corroborated",
    [STANDING_REPRODUCED] = "reproduced",
    [STANDING_CONTESTED] = "contested",
};

const char *
standing_name(enum standing standing)
{
	return standing_names[standing];
}

bool
standing_named(const char *name, enum standing *out)
{
	for (int s = 0; s < STANDING__MAX; s++)
		if (strcmp(standing_names[s], name) == 0) {
			*out = (enum standing)s;
			return true;
		}
	return false;
}

bool
tolerance_holds(const struct tolerance *t, double value, double reference)
{
	double forgiven = FORGIVEN * fmax(fabs(value), fabs(reference));
	double size = t->size;

	if (t->relative && t->log_scale)
		size *= fmin(fabs(value), fabs(reference));
	else if (t->relative)
		size *= fabs(reference);
	return fabs(value - reference) <= size + forgiven;
}

/* The median absolute offset from the point. */
static double
find_mad(const struct vote *votes, size_t n, double point, bool log_scale, double *scratch)
{
	for (size_t i = 0; i < n; i++)
		scratch[i] = fabs(scale_offset(votes[i].value, point, log_scale));
	return median_of(scratch, n, false);
}

size_t
outliers_mark(
    struct vote *votes, size_t n, double point, const struct tolerance *tolerance, double *scratch)
{
	bool log_scale = tolerance->log_scale, enough = n >= OUTLIER_VOTERS_MIN;
	double mad = enough ? find_mad(votes, n, point, log_scale, scratch) : 0;
	size_t marked = 0;

	for (size_t i = 0; i < n; i++) {
		double offset = fabs(scale_offset(votes[i].value, point, log_scale));

		if (mad > 0)
			votes[i].outlier = NORMAL_MAD * offset > OUTLIER_SCORE * mad;
		else
			votes[i].outlier =
			    enough && !tolerance_holds(tolerance, votes[i].value, point);
		marked += votes[i].outlier;
	}
	return marked;
}

void
votes_reach(const struct vote *votes, size_t n, double point, const struct tolerance *t,
    double times, double *scratch, struct reach *out)
{
	double allowed = times * t->size;
	double mad = find_mad(votes, n, point, t->log_scale, scratch);
	double spread = mad * OUTLIER_SCORE / NORMAL_MAD;

	out->point = point;
	if (t->relative && t->log_scale) {
		out->low = point / (1 + allowed);
		out->high = point * (1 + allowed);
	} else {
		allowed *= t->relative ? fabs(point) : 1;
		out->low = point - allowed;
		out->high = point + allowed;
	}
	out->low = fmin(out->low, scale_shift(point, -spread, t->log_scale));
	out->high = fmax(out->high, scale_shift(point, spread, t->log_scale));
}

static enum standing
find_standing(const struct agreement *a)
{
	if (a->established >= 2 && 3 * a->established_agreeing < 2 * a->established)
		return STANDING_CONTESTED;
	if (a->established_agreeing >= 3)
		return STANDING_REPRODUCED;
	if (a->agreeing >= 2 && a->established_agreeing >= 1)
		return STANDING_CORROBORATED;
	return STANDING_SINGLE;
}

void
standing_of(struct vote *votes, size_t n, double point, const struct tolerance *tolerance,
    struct agreement *out)
{
	memset(out, 0, sizeof(*out));
	out->voters = n;
	for (size_t i = 0; i < n; i++) {
		votes[i].agrees = tolerance_holds(tolerance, votes[i].value, point);
		out->agreeing += votes[i].agrees;
		out->established += votes[i].established;
		out->established_agreeing += votes[i].established && votes[i].agrees;
	}
	out->standing = find_standing(out);
}

bool
vote_is_vouched(
    const struct vote *votes, size_t n, size_t i, double point, const struct tolerance *tolerance)
{
	if (!tolerance_holds(tolerance, votes[i].value, point))
		return false;
	for (size_t j = 0; j < n; j++)
		if (j != i && votes[j].established &&
		    tolerance_holds(tolerance, votes[i].value, votes[j].value))
			return true;
	return false;
}

/* The mean of the scores that are given; false without any. */
static bool
mean_given(const double *scores, size_t n, double *mean)
{
	double sum = 0;
	size_t given = 0;

	for (size_t i = 0; i < n; i++)
		if (scale_takes(scores[i], false)) {
			sum += scores[i];
			given++;
		}
	*mean = given > 0 ? sum / (double)given : 0;
	return given > 0;
}

bool
anchors_hold(const double *scores, size_t n, const double *pool, size_t pool_n, double bound,
    struct anchors_check *out)
{
	struct tolerance within = {.size = bound};
	bool judged = mean_given(scores, n, &out->mean);
	double pooled;

	out->off = 0;
	if (!mean_given(pool, pool_n, &pooled))
		return judged;
	if (!judged)
		return false;
	out->off = out->mean - pooled;
	return tolerance_holds(&within, out->mean, pooled);
}
