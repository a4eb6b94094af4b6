/* estimate.h — from votes to a cell's value. Pure and deterministic.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ESTIMATE_H
#define ASSAY_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"

#define VOTE_RUNS_MAX 5 /* a vote is the median of the latest five counted runs */

/* One counted run in a cell, for one metric. */
struct run {
	uint8_t voter[SHA256_SIZE]; /* who stands for all submitters linked with this one */
	uint8_t submitter[SHA256_SIZE];
	int64_t index; /* in the log */
	double value;
};

struct estimate {
	double point;
	size_t voters; /* submitters, linked ones as one */
	size_t runs;   /* counted runs of all of them */
	double lowest_vote, highest_vote;
};

/* Estimate a cell: each submitter's vote is the median of its latest VOTE_RUNS_MAX runs by log
 * index; linked submitters are one voter with the median of their votes; the point is the median of
 * the votes. On a log scale an even median is the geometric mean of the middle two, else the
 * arithmetic one (DESIGN §8.1–2). Sorts runs in place. False without runs. */
bool estimate_cell(struct run *runs, size_t n, bool log_scale, struct estimate *out)
    __attribute__((warn_unused_result));

/* Return the median of n ≥ 1 values on the scale; sorts them. On the log scale all must be > 0,
 * else the arithmetic mean of the middle two is taken. */
double median_of(double *values, size_t n, bool log_scale);

#endif
