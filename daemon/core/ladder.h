/* ladder.h — which quantization of a model is the smallest that is still good enough. Pure.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Loss is the ratio of perplexities, a variant's to its base's, so 1 is none. A variant is good
 * enough for a limit if the whole 95 % interval over submitters of its loss lies at or below it,
 * and not if the whole of it lies above; else nobody knows yet. Intervals that rest on a single
 * run, and what is contested, say nothing. Each variant is judged by itself: the chance that one
 * that is worse than the limit passes is at most 2.5 %, for each of them.
 */
#ifndef ASSAY_LADDER_H
#define ASSAY_LADDER_H

#include <stdbool.h>
#include <stddef.h>

#include "interval.h"

/* The limits for which documents name the smallest variant, ending with 0; the usual one. */
extern const double ladder_limits[];
#define LADDER_LIMIT 1.02

enum good { GOOD_UNDECIDED, GOOD_YES, GOOD_NO };

/* "undecided", "yes", "no". */
const char *good_name(enum good good);

struct rung {
	double size;    /* bytes, else bits per weight; < 0: nobody said */
	bool has_loss;  /* somebody measured it */
	bool contested; /* and others something else */
	struct interval loss;
};

enum good rung_judge(const struct rung *rung, double limit);

/* Return the place of the smallest of the n rungs, in ascending order of size, that is good enough;
 * n if there is none. Of those that nobody knows the size of, none is. */
size_t rungs_smallest(const struct rung *rungs, size_t n, double limit);

#endif
