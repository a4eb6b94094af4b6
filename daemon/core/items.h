/* items.h — the choice of questions as noise: items' medians and their clustered standard error.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A missing score is NaN; what else scale_takes() refuses is missing too. No result is NaN but a
 * median of nothing. Scores are taken as they are: for a metric on the log scale hand over their
 * logarithms.
 */
#ifndef ASSAY_ITEMS_H
#define ASSAY_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interval.h"

/* Which items belong together. */
struct clusters {
	const uint32_t *of_item; /* item i's cluster, below n */
	size_t n;
};

struct items_error {
	double mean;            /* over the items with a score */
	double se;              /* of that mean, clustered */
	size_t items, clusters; /* with a score */
};

/* Set medians[i] to the median of row[i] over the rows that have a score, NaN where none has.
 * A row is one submitter's scores (of several runs: made of those by this function too).
 * scratch has room for rows_n. */
void items_medians(
    const double *const *rows, size_t rows_n, size_t items_n, double *medians, double *scratch);

/* Mean over items and its standard error, clustered; `by` NULL: each item by itself.
 * With e_c the sum of (score − mean) over the items of cluster c, of C clusters and n items with a
 * score: se² = C/(C − 1) · Σ e_c² / n² (Liang & Zeger, Biometrika 73, 1986, 13–22,
 * doi:10.1093/biomet/73.1.13; the factor, and t with C − 1 degrees of freedom: Cameron & Miller,
 * J. Human Resources 50, 2015, 317–372, doi:10.3368/jhr.50.2.317; for evaluations: Miller 2024,
 * arXiv:2411.00640). With each item by itself it is s²/n. scratch has room for by->n.
 * False, with se 0, if fewer than two clusters have a score. */
bool items_mean_error(const double *scores, size_t n, const struct clusters *by, double *scratch,
    struct items_error *out) __attribute__((warn_unused_result));

/* Widen each side h of an interval by the items' error: h' = √(h² + (t · se)²), on the metric's
 * scale, t with clusters − 1 degrees of freedom. Leaves kinds that rest on a single run, and items
 * of fewer than two clusters, as they are. */
void items_join(
    const struct items_error *error, double level, bool log_scale, struct interval *interval);

#endif
