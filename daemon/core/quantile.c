/* quantile.c — quantiles of the normal and of Student's distribution.
 * SPDX-License-Identifier: Apache-2.0 */
#include "quantile.h"

#include <math.h>

#include "elementary.h"

/* C11 has no name for it. */
#define SQRT_2 1.4142135623730950488

#define SERIES_FROM 30     /* where the first term left out is below 3e-16 */
#define EXPANSION_FROM 1e5 /* degrees of freedom */

/* A step of Newton's is the square of the one before: after one this small nothing is left. */
#define LAST_STEP 1e-8
#define STEPS_MAX 100

#define CLOSE 4e-16 /* two units in the last place of 1 */

/* Up to here 1 − erf keeps 13 digits; above it so many terms of the fraction give all. */
#define SERIES_TO_Z 3.5
#define FRACTION_TERMS 40

/* A two-sided tail of a distribution at t, and its slope in logarithms. */
struct tail {
	double p;
	double slope; /* d ln p / d ln t */
};

/* ln p is concave in ln t, so the iteration converges from any start. */
static double
solve(double p, double start, struct tail (*tail_at)(double t, double df), double df)
{
	double t = start, step = 1;

	for (int i = 0; i < STEPS_MAX && fabs(step) > LAST_STEP; i++) {
		struct tail tail = tail_at(t, df);

		step = elementary_log(p / tail.p) / tail.slope;
		t *= elementary_exp(step);
	}
	return t;
}

/* z within 4.5e-4 for a two-sided tail of up to 1/2 (Abramowitz & Stegun 26.2.23). */
static double
near_z(double p)
{
	double t = sqrt(-2 * elementary_log(p / 2));

	return t - (2.515517 + t * (0.802853 + t * 0.010328)) /
		       (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

/* The density is SQRT_2 / SQRT_PI · e^(−z²/2) on either side together. */
static struct tail
normal_tail(double z, double df)
{
	double density = SQRT_2 / SQRT_PI * elementary_exp(-z * z / 2), sum = 0, term = z, p;

	(void)df;
	if (z < SERIES_TO_Z) {
		for (int k = 1; term > CLOSE * sum; k++) {
			sum += term;
			term *= z * z / (2 * k + 1);
		}
		p = 1 - density * sum;
	} else {
		for (int k = FRACTION_TERMS; k > 0; k--)
			sum = k / (z + sum);
		p = density / (z + sum);
	}
	return (struct tail){p, -z * density / p};
}

double
quantile_z(double level)
{
	return solve(1 - level, near_z(1 - level), normal_tail, 0);
}

double
gamma_half_ratio(double a)
{
	static const double c[] = {1, -1. / 8, 1. / 128, 5. / 1024, -21. / 32768, -399. / 262144,
	    869. / 4194304, 39325. / 33554432};
	double at = a == floor(a) ? 1 : 0.5, ratio = at == 1 ? SQRT_PI / 2 : 1 / SQRT_PI;

	if (a >= SERIES_FROM) {
		ratio = 0;
		for (int k = sizeof(c) / sizeof(*c) - 1; k >= 0; k--)
			ratio = ratio / a + c[k];
		return sqrt(a) * ratio;
	}
	for (; at < a; at++)
		ratio *= (at + 0.5) / at;
	return ratio;
}

/* 1 / (1 + d1 / (1 + d2 / …)) of I_x(a, b), from the front (Lentz's method, DLMF §3.10(iii)). */
static double
beta_fraction(double a, double b, double x)
{
	double value = 1, c = 1, d = 0, factor = 0;

	for (int k = 1; fabs(factor - 1) > CLOSE; k++) {
		double m = k / 2;
		double numerator = k % 2 ? -(a + m) * (a + b + m) : m * (b - m);

		numerator *= x / ((a + k - 1) * (a + k));
		d = 1 / (1 + numerator * d);
		c = 1 + numerator / c;
		factor = c * d;
		value *= factor;
	}
	return 1 / value;
}

static struct tail
student_tail(double t, double df)
{
	double a = df / 2, b = 0.5, x = df / (df + t * t), y = t * t / (df + t * t);
	/* x^a · y^b / B(a, b) */
	double front = elementary_exp(-a * elementary_log1p(t * t / df)) * sqrt(y) *
		       gamma_half_ratio(a) / SQRT_PI;
	double p;

	/* Either way the fraction converges within a few terms. */
	if (x < (a + 1) / (a + b + 2))
		p = front / a * beta_fraction(a, b, x);
	else
		p = 1 - front / b * beta_fraction(b, a, y);
	return (struct tail){p, -2 * front / p};
}

/* What most cells ask for: 95 %, 2 to 5 voters. */
static const double t95[] = {
    12.706204736174694, 4.302652729749462, 3.1824463052837086, 2.7764451051977934};

double
quantile_t(double level, int64_t degrees)
{
	double df = (double)degrees, z, z2, bent;

	if (level == 0.95 && degrees <= (int64_t)(sizeof(t95) / sizeof(*t95)))
		return t95[degrees - 1];
	if (df >= EXPANSION_FROM) { /* Abramowitz & Stegun 26.7.5 */
		z = quantile_z(level);
		z2 = z * z;
		return z * (1 + (z2 + 1) / (4 * df) + ((5 * z2 + 16) * z2 + 3) / (96 * df * df));
	}
	bent = near_z(1 - level) * (8 * df + 3) / (8 * df + 1);
	return solve(
	    1 - level, sqrt(df * (elementary_exp(bent * bent / df) - 1)), student_tail, df);
}
