/* delta.c — one thing against another.
 * SPDX-License-Identifier: Apache-2.0 */
#include "delta.h"

#include <math.h>
#include <string.h>

#include "elementary.h"
#include "scale.h"

size_t
delta_pairs(const struct vote *a, size_t a_n, const struct vote *b, size_t b_n, bool log_scale,
    double *deltas)
{
	size_t i = 0, j = 0, n = 0;

	while (i < a_n && j < b_n) {
		int order = memcmp(a[i].run->voter, b[j].run->voter, SHA256_SIZE);

		if (order == 0)
			deltas[n++] = scale_compare(a[i].value, b[j].value, log_scale);
		i += order <= 0;
		j += order >= 0;
	}
	return n;
}

bool
delta_items(
    const double *a, const double *b, size_t n, bool log_scale, double *differences, double *delta)
{
	double sum = 0, mean;
	size_t common = 0;

	for (size_t i = 0; i < n; i++) {
		bool both = scale_takes(a[i], false) && scale_takes(b[i], false);

		differences[i] = both ? a[i] - b[i] : NAN;
		sum += both ? differences[i] : 0;
		common += both;
	}
	mean = common > 0 ? sum / (double)common : 0;
	*delta = log_scale ? scale_shift(1, mean, true) : mean;
	return common > 0;
}

static enum interval_kind
kind_of(const struct interval *a, const struct interval *b)
{
	if (a->kind == INTERVAL_NONE || b->kind == INTERVAL_NONE)
		return INTERVAL_NONE;
	if (interval_decides(a->kind) && interval_decides(b->kind))
		return INTERVAL_UNPAIRED;
	return INTERVAL_UNPAIRED_SINGLE;
}

void
delta_unpaired(
    const struct interval *a, const struct interval *b, bool log_scale, struct interval *out)
{
	double below = elementary_hypot(
	    scale_offset(a->low, a->point, log_scale), scale_offset(b->high, b->point, log_scale));
	double above = elementary_hypot(
	    scale_offset(a->high, a->point, log_scale), scale_offset(b->low, b->point, log_scale));

	out->point = scale_compare(a->point, b->point, log_scale);
	out->spread = elementary_hypot(a->spread, b->spread);
	out->kind = kind_of(a, b);
	if (out->kind == INTERVAL_NONE)
		below = above = 0;
	out->low = scale_shift(out->point, -below, log_scale);
	out->high = scale_shift(out->point, above, log_scale);
}
