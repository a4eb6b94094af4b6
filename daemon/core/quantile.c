/* quantile.c — quantiles of the normal and of Student's distribution.
 * SPDX-License-Identifier: Apache-2.0 */
#include "quantile.h"

#include <math.h>

/* C11 has no name for it. */
#define SQRT_2 1.4142135623730950488

#define SERIES_FROM 30     /* where the first term left out is below 3e-16 */
#define EXPANSION_FROM 1e5 /* degrees of freedom */

/* A step of Newton's is the square of the one before: after one this small nothing is left. */
#define LAST_STEP 1e-8
#define STEPS_MAX 100

#define CLOSE 4e-16 /* two units in the last place of 1 */

/* A two-sided tail of a distribution at t, and its slope in logarithms. */
struct tail {
	double p;
	double slope; /* d ln p / d ln t */
};

/* ln p is concave in ln t, so the iteration converges from any start. df = 0: normal. */
static double
solve(double p, double start, struct tail (*tail_at)(double t, double df), double df)
{
	double t = start, step = 1;

	for (int i = 0; i < STEPS_MAX && fabs(step) > LAST_STEP; i++) {
		struct tail tail = tail_at(t, df);

		step = log(p / tail.p) / tail.slope;
		t *= exp(step);
	}
	return t;
}

static struct tail
normal_tail(double z, double df)
{
	double p = erfc(z / SQRT_2);

	(void)df;
	return (struct tail){p, -z * SQRT_2 / SQRT_PI * exp(-z * z / 2) / p};
}

double
quantile_z(double level)
{
	double p = 1 - level;

	/* erfc(z/√2) ≤ exp(−z²/2): the root lies below. */
	return solve(p, sqrt(-2 * log(p)), normal_tail, 0);
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
	double front = exp(-a * log1p(t * t / df)) * sqrt(y) * gamma_half_ratio(a) / SQRT_PI;
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
	z = quantile_z(level);
	z2 = z * z;
	if (df >= EXPANSION_FROM) /* Abramowitz & Stegun 26.7.5 */
		return z * (1 + (z2 + 1) / (4 * df) + ((5 * z2 + 16) * z2 + 3) / (96 * df * df));
	bent = z * (8 * df + 3) / (8 * df + 1);
	return solve(1 - level, sqrt(df * expm1(bent * bent / df)), student_tail, df);
}
