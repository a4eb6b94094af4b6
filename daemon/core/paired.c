/* paired.c — two cells against each other.
 * SPDX-License-Identifier: Apache-2.0 */
#include "paired.h"

#include <stdlib.h>
#include <string.h>

#include "delta.h"
#include "estimate.h"

#define PAIRS_MIN 2 /* deltas that an interval can be made of */

/* One side's votes; values has room for them. */
struct votes_of {
	struct vote *votes;
	double *values;
	size_t n;
};

static bool
form(struct run *runs, size_t n, bool log_scale, struct votes_of *out)
{
	out->votes = calloc(n + 1, sizeof(*out->votes));
	out->values = calloc(n + 1, sizeof(*out->values));
	if (out->votes == NULL || out->values == NULL)
		return false;
	out->n = votes_form(runs, n, log_scale, out->votes);
	return true;
}

static void
clear(struct votes_of *side)
{
	free(side->votes);
	free(side->values);
}

static bool
estimate_side(const struct votes_of *side, bool log_scale, struct interval *out)
{
	const struct votes votes = {.values = side->values,
	    .n = side->n,
	    .within = side->n == 1 ? &side->votes[0].run->within : NULL,
	    .log_scale = log_scale};

	votes_values(side->votes, side->n, side->values);
	return estimate_votes(&votes, ESTIMATE_LEVEL, out);
}

static bool
compare(const struct votes_of *a, const struct votes_of *b, bool log_scale, struct paired *out)
{
	struct interval of_a, of_b;
	size_t pairs;

	if (!estimate_side(a, log_scale, &of_a) || !estimate_side(b, log_scale, &of_b))
		return false;
	pairs = delta_pairs(a->votes, a->n, b->votes, b->n, log_scale, a->values);
	out->paired = pairs >= PAIRS_MIN;
	out->voters = out->paired ? pairs : a->n < b->n ? a->n : b->n;
	if (!out->paired) {
		delta_unpaired(&of_a, &of_b, log_scale, &out->interval);
		return true;
	}
	return estimate_votes(
	    &(struct votes){.values = a->values, .n = pairs, .log_scale = log_scale},
	    ESTIMATE_LEVEL, &out->interval);
}

bool
compare_runs(
    struct run *a, size_t a_n, struct run *b, size_t b_n, bool log_scale, struct paired *out)
{
	struct votes_of of_a = {0}, of_b = {0};
	bool done;

	memset(out, 0, sizeof(*out));
	done = a_n > 0 && b_n > 0 && form(a, a_n, log_scale, &of_a) &&
	       form(b, b_n, log_scale, &of_b) && compare(&of_a, &of_b, log_scale, out);
	clear(&of_a);
	clear(&of_b);
	return done;
}
