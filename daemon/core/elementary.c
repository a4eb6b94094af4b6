/* elementary.c — logarithm and exponential with the same bits everywhere.
 * SPDX-License-Identifier: Apache-2.0 */
#include "elementary.h"

#include <float.h>
#include <math.h>

/* ln 2 in two: the first has so few bits that its product with an exponent is exact. */
#define LN2_HIGH 0x1.62e42feep-1
#define LN2_LOW 0x1.a39ef35793c76p-33
#define SQRT_HALF 0.70710678118654752440

#define ARTANH_TERMS 11 /* 0.1716^23 / 23 < 1e-18 */
#define EXP_TERMS 14    /* 0.3466^15 / 15! < 1e-19 */
#define EXP_MAX 710     /* beyond it, ∞ */
#define EXP_MIN (-746)  /* below it, 0 */

/* 2 artanh(s), |s| ≤ 3 − √8 = 0.1716. */
static double
twice_artanh(double s)
{
	double square = s * s, sum = 0;

	for (int k = ARTANH_TERMS; k > 0; k--)
		sum = (sum + 1. / (2 * k + 1)) * square;
	return 2 * s + 2 * s * sum;
}

double
elementary_log(double x)
{
	double m;
	int e;

	if (x == 0 || x > DBL_MAX)
		return x == 0 ? -INFINITY : x;
	m = frexp(x, &e);
	if (m < SQRT_HALF) {
		m *= 2;
		e--;
	}
	return e * LN2_HIGH + (twice_artanh((m - 1) / (m + 1)) + e * LN2_LOW);
}

double
elementary_log1p(double x)
{
	return x < 0.25 ? twice_artanh(x / (2 + x)) : elementary_log(1 + x);
}

double
elementary_exp(double x)
{
	double k, rest, sum = 1;

	if (x > EXP_MAX)
		return INFINITY;
	if (x < EXP_MIN)
		return 0;
	k = floor(x / (LN2_HIGH + LN2_LOW) + 0.5);
	rest = x - k * LN2_HIGH - k * LN2_LOW;
	for (int i = EXP_TERMS; i > 0; i--)
		sum = 1 + sum * rest / i;
	return ldexp(sum, (int)k);
}

double
elementary_hypot(double x, double y)
{
	double most = fmax(fabs(x), fabs(y)), share = fmin(fabs(x), fabs(y));

	if (most == 0 || most > DBL_MAX)
		return most;
	share /= most;
	return most * sqrt(1 + share * share);
}
