/* scale.c — values on a metric's scale.
 * SPDX-License-Identifier: Apache-2.0 */
#include "scale.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "elementary.h"

#define FEW 32 /* up to here insertion beats qsort() */

bool
scale_takes(double value, bool log_scale)
{
	if (!(fabs(value) <= SCALE_MAGNITUDE_MAX)) /* NaN too */
		return false;
	return !log_scale || value >= 1 / SCALE_MAGNITUDE_MAX;
}

double
scale_offset(double value, double reference, bool log_scale)
{
	return log_scale ? elementary_log(value / reference) : value - reference;
}

double
scale_shift(double reference, double offset, bool log_scale)
{
	if (!log_scale)
		return reference + offset;
	return fmin(fmax(reference * elementary_exp(offset), DBL_MIN), DBL_MAX);
}

double
scale_compare(double a, double b, bool log_scale)
{
	return log_scale ? a / b : a - b;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void
sort_values(double *values, size_t n)
{
	if (n > FEW) {
		qsort(values, n, sizeof(*values), by_value);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		double value = values[i];
		size_t at = i;

		for (; at > 0 && values[at - 1] > value; at--)
			values[at] = values[at - 1];
		values[at] = value;
	}
}

double
middle_of(double low, double high, bool log_scale)
{
	if (low == high)
		return low; /* exactly, whatever the scale rounds to */
	if (log_scale && low > 0)
		return sqrt(low) * sqrt(high);
	return low + (high - low) / 2;
}

double
median_of(double *values, size_t n, bool log_scale)
{
	sort_values(values, n);
	if (n % 2 == 1)
		return values[n / 2];
	return middle_of(values[n / 2 - 1], values[n / 2], log_scale);
}
