/* paired.h — two cells against each other: by those who measured both, else as they stand. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_PAIRED_H
#define ASSAY_PAIRED_H

#include <stdbool.h>
#include <stddef.h>

#include "interval.h"
#include "votes.h"

/* a − b, or a / b on the log scale. */
struct paired {
	struct interval interval;
	size_t voters; /* who measured both; unpaired: of the side that has fewer */
	bool paired;
};

/* Compare a's counted runs with b's (DESIGN §8.3): from two voters on both sides on of their own
 * deltas, else of the two estimates, by delta_unpaired(). Sorts the runs. False if a side has none,
 * a value that scale_takes() refuses, or without memory. */
bool compare_runs(struct run *a, size_t a_n, struct run *b, size_t b_n, bool log_scale,
    struct paired *out) __attribute__((warn_unused_result));

#endif
