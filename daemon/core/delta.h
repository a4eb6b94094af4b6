/* delta.h — one thing against another: within submitters, else unpaired.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A delta is a − b; on the log scale the ratio a / b, so 1 is no difference. Votes made here go to
 * estimate_votes() as any others do.
 */
#ifndef ASSAY_DELTA_H
#define ASSAY_DELTA_H

#include <stdbool.h>
#include <stddef.h>

#include "interval.h"
#include "votes.h"

/* Pair the votes of those who measured both sides, and set deltas[] to each one's a − b or a / b.
 * Both lists are as votes_form() leaves them, in the voters' order, of values that scale_takes()
 * takes. deltas has room for the shorter. Returns how many voters stand on both sides. */
size_t delta_pairs(const struct vote *a, size_t a_n, const struct vote *b, size_t b_n,
    bool log_scale, double *deltas);

/* One submitter's delta where the metric has items: the mean of a[i] − b[i] over the items that
 * both have (NaN: missing), a and b being its per-item medians; on the log scale those are
 * logarithms, and *delta is the ratio. differences[i] becomes each item's, for items_medians() and
 * items_mean_error(); NaN where not common. False without a common item. */
bool delta_items(const double *a, const double *b, size_t n, bool log_scale, double *differences,
    double *delta) __attribute__((warn_unused_result));

/* Difference of two independent estimates by MOVER, the method of variance estimates recovery
 * (Zou & Donner, Stat. Med. 27, 2008, 1693–1702, doi:10.1002/sim.3095; before: Newcombe, Stat. Med.
 * 17, 1998, 873–890, method 10):
 *	low = d − √((a − a.low)² + (b.high − b)²), high = d + √((a.high − a)² + (b − b.low)²),
 * on logarithms where log_scale. Both intervals are of the same level, which is the result's.
 * Kind: unpaired; unpaired_single if either side rests on a single run; none if either has none.
 * spread: √(a.spread² + b.spread²). */
void delta_unpaired(
    const struct interval *a, const struct interval *b, bool log_scale, struct interval *out);

#endif
