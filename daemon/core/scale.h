/* scale.h — values on a metric's scale: differences, or ratios by their logarithms.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_SCALE_H
#define ASSAY_SCALE_H

#include <stdbool.h>
#include <stddef.h>

/* Statistics take magnitudes up to this, and on the log scale down to its inverse: then nothing
 * below overflows, and NaN cannot arise. What lies beyond is refused by scale_takes(). */
#define SCALE_MAGNITUDE_MAX 1e150

/* Can statistics be made with the value? It must be finite and within SCALE_MAGNITUDE_MAX, on the
 * log scale also positive. */
bool scale_takes(double value, bool log_scale);

/* Return how far value lies from reference: value − reference, or ln(value / reference). */
double scale_offset(double value, double reference, bool log_scale);

/* Return the value that lies offset from reference: finite, on the log scale > 0. There an offset
 * may be infinite, and ends at the greatest or least double that is. */
double scale_shift(double reference, double offset, bool log_scale);

/* Return the comparison of two values on the scale: a − b, or a / b. */
double scale_compare(double a, double b, bool log_scale);

/* Sort values in ascending order. */
void sort_values(double *values, size_t n);

/* Return the mean of low ≤ high on the scale: on the log scale the geometric one if both are > 0,
 * else the arithmetic one. */
double middle_of(double low, double high, bool log_scale);

/* Return the median of n ≥ 1 values, of an even number middle_of() the two; moves
 * them about. */
double median_of(double *values, size_t n, bool log_scale);

#endif
