/* estimate.h — from votes to a cell's value. Pure and deterministic.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ESTIMATE_H
#define ASSAY_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>

#include "votes.h"

struct estimate {
	double point;
	size_t voters; /* submitters, linked ones as one */
	size_t runs;   /* counted runs of all of them */
	double lowest_vote, highest_vote;
};

/* Estimate a cell: the point is the median of the votes that votes_form() makes of the runs, on the
 * metric's scale. Sorts runs in place. False without runs. */
bool estimate_cell(struct run *runs, size_t n, bool log_scale, struct estimate *out)
    __attribute__((warn_unused_result));

#endif
