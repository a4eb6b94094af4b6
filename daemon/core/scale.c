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

static double
middle_value(double a, double b, double c)
{
	if (a > b)
		return middle_value(b, a, c);
	return b <= c ? b : a > c ? a : c;
}

/* Put what is less than the pivot before what is greater, between *low and *high; leaves there the
 * part in which the kth lies. */
static void
split(double *values, size_t k, size_t *low, size_t *high)
{
	double pivot = middle_value(values[*low], values[*low + (*high - *low) / 2], values[*high]);
	size_t i = *low, j = *high;

	while (i <= j) {
		double held;

		while (values[i] < pivot)
			i++;
		while (values[j] > pivot)
			j--;
		if (i > j)
			break;
		held = values[i];
		values[i++] = values[j];
		values[j] = held;
		if (j == 0)
			break;
		j--;
	}
	*high = k <= j ? j : *high;
	*low = k >= i ? i : *low;
	if (k > j && k < i)
		*low = *high = k;
}

/* Put the kth of all values at its place, none greater before it and none less behind it (Hoare,
 * Algorithm 65: FIND, CACM 4, 1961). Values on which that goes badly are sorted instead. */
static void
select_value(double *values, size_t n, size_t k)
{
	size_t low = 0, high = n - 1, left = n;

	for (; low + FEW < high && left > 0; left /= 2)
		split(values, k, &low, &high);
	sort_values(values + low, high - low + 1);
}

static double
greatest_of(const double *values, size_t n)
{
	double greatest = values[0];

	for (size_t i = 1; i < n; i++)
		if (values[i] > greatest)
			greatest = values[i];
	return greatest;
}

double
median_of(double *values, size_t n, bool log_scale)
{
	select_value(values, n, n / 2);
	if (n % 2 == 1)
		return values[n / 2];
	return middle_of(greatest_of(values, n / 2), values[n / 2], log_scale);
}
