/* elementary.h — logarithm and exponential with the same bits everywhere.
 * SPDX-License-Identifier: Apache-2.0
 *
 * libm's last digits differ between libraries, and within one between processors (with and without
 * fused multiplication). Documents are the same bytes on every node, so these use only what IEEE
 * 754 fixes to the bit: + − × ÷ √ and scaling by powers of two. Within 2 units in the last place.
 */
#ifndef ASSAY_ELEMENTARY_H
#define ASSAY_ELEMENTARY_H

/* ln x, x ≥ 0; of 0 it is −∞. By 2 artanh((m − 1) / (m + 1)), x = m · 2^e (DLMF 4.6.4). */
double elementary_log(double x);

/* ln(1 + x), x ≥ 0, without loss for small x. */
double elementary_log1p(double x);

/* e^x, from 0 to ∞. By its series for |x| ≤ ln(2)/2 (DLMF 4.2.19). */
double elementary_exp(double x);

/* √(x² + y²) without overflow on the way. */
double elementary_hypot(double x, double y);

#endif
