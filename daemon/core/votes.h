/* votes.h — from counted runs to one vote a voter.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_VOTES_H
#define ASSAY_VOTES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"
#include "interval.h"

#define VOTE_RUNS_MAX 5 /* a vote is the median of the latest five counted runs */

/* One counted run in a cell, for one metric. */
struct run {
	uint8_t voter[SHA256_SIZE]; /* who stands for all submitters linked with this one */
	uint8_t submitter[SHA256_SIZE];
	int64_t index; /* in the log */
	double value;
	struct within_run within; /* the run's own noise; zero: not stated */
	bool established;         /* its submitter is */
	const json_t
	    *scores; /* of the metric's items, in the suite's order, null: missing; NULL: none */
};

/* What one voter says: of one submitter, or of linked ones together. */
struct vote {
	const struct run *run; /* borrowed: the run in the middle; of two the later in the log. Its
				  `within` is the voter's */
	double value;
	bool established;     /* any of its submitters is */
	bool agrees, outlier; /* as agree.h sets them */
};

/* Form the votes (DESIGN §2, §8.1): each submitter's is the median of its latest VOTE_RUNS_MAX runs
 * by log index; linked submitters are one voter with the median of their votes. Sorts runs by
 * voter, submitter, newest first. votes is lent and has room for n. Returns how many votes there
 * are; they stand in the voters' order and borrow runs. */
size_t votes_form(struct run *runs, size_t n, bool log_scale, struct vote *votes);

/* Copy the votes' values out, for estimate_votes(). */
void votes_values(const struct vote *votes, size_t n, double *values);

#endif
