/* estimate.h — from counted runs to a cell's value: how sure, and how many say so. Pure and
 * deterministic.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ESTIMATE_H
#define ASSAY_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>

#include "agree.h"
#include "interval.h"
#include "items.h"
#include "votes.h"

#define ESTIMATE_LEVEL 0.95

/* Every estimator that a config may name is kept. 1: votes alone; 2: with the joint interval, which
 * the error over items widens. */
#define ESTIMATOR_NEWEST 2

struct estimate {
	struct interval interval;   /* point and interval at ESTIMATE_LEVEL */
	struct agreement agreement; /* voters, who of them agree, standing */
	size_t runs;                /* that make the votes */
	size_t outliers;            /* votes that outliers_mark() marks */
	double lowest_vote, highest_vote;
	struct items_error items; /* see estimate_items(); zero: none */
	struct interval joint;    /* the interval, widened by them */
};

/* Estimate one metric of a cell (DESIGN §8.1–2, 4–5). Sorts runs in place. False without runs,
 * without memory, or if scale_takes() refuses a vote. */
bool estimate_cell(struct run *runs, size_t n, const struct tolerance *tolerance,
    struct estimate *out) __attribute__((warn_unused_result));

/* Join the error over items (DESIGN §8.2) to what estimate_cell() made of these runs, which are as
 * it left them: items of the suite's clusters (by; NULL: each by itself), items_n of them. False
 * without memory. */
bool estimate_items(const struct run *runs, size_t n, size_t items_n, const struct clusters *by,
    bool log_scale, struct estimate *e) __attribute__((warn_unused_result));

#endif
