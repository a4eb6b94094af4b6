/* quantile.h — quantiles of the normal and of Student's distribution.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both are two-sided: the z or t with P(|X| ≤ t) = level, so t for 95 % is quantile_t(0.95, df).
 * 1/2 ≤ level < 1. Accuracy: 1e-12 relative (tests/tables/quantile.txt), of the level as it is
 * given: 1 − level is exact. The same bits everywhere (elementary.h).
 */
#ifndef ASSAY_QUANTILE_H
#define ASSAY_QUANTILE_H

#include <stdint.h>

#define SQRT_PI 1.7724538509055160273 /* C11 has no name for it */

/* Newton's iteration on ln P(|Z| > z), by the series of erf (DLMF 7.6.2) or, far out, the continued
 * fraction of Mills's ratio (Abramowitz & Stegun 26.2.14). */
double quantile_z(double level);

/* df ≥ 1. P(|T| > t) = I_x(df/2, 1/2) with x = df/(df + t²) (Abramowitz & Stegun 26.5.27, 26.7.1),
 * by the continued fraction of DLMF 8.17.22; Newton's iteration in ln t from Wallace's
 * transformation of z (Ann. Math. Stat. 30, 1959, 1121–1130, doi:10.1214/aoms/1177706095); from df
 * = 1e5 by Abramowitz & Stegun 26.7.5. */
double quantile_t(double level, int64_t df);

/* Return Γ(a + 1/2) / Γ(a) for a = 1/2, 1, 3/2, …: by recurrence, and from a = 30 by its series in
 * 1/a (DLMF 5.11.13). C(2m, m) / 4^m = gamma_half_ratio(m) / (m √π). */
double gamma_half_ratio(double a);

#endif
