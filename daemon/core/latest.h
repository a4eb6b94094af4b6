/* latest.h — each submitter's latest runs of a metric in a cell, and the vote they make: kept as
 * runs come, so that no leaf forms all votes of its cells anew. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_LATEST_H
#define ASSAY_LATEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "votes.h"

struct person; /* see book.h */

struct latest_run {
	int64_t index; /* in the log */
	double value;
};

/* One submitter's, at least one. */
struct latest {
	struct person *by;
	size_t runs_n;
	struct latest_run runs[VOTE_RUNS_MAX]; /* newest first */
	struct latest_run vote;                /* value; index of the run in the middle */
};

/* Those of one metric in a cell, in the order of the submitters' ids. Zero-initialise;
 * latest_clear() frees. */
struct latest_list {
	struct latest *list;
	size_t n, room;
	bool odd; /* it was ever told a value that scale_takes() refuses: votes of some may be no
		     values */
};

void latest_clear(struct latest_list *l);

/* Take note of a counted run; older ones than the latest VOTE_RUNS_MAX change nothing. False
 * without memory. */
bool latest_add(struct latest_list *l, struct person *by, const struct latest_run *run,
    bool log_scale) __attribute__((warn_unused_result));

/* Forget all of a submitter's, who is to be told its runs anew. */
void latest_forget(struct latest_list *l, const struct person *by);

#endif
