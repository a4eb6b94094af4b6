/* estimate.c — from votes to a cell's value.
 * SPDX-License-Identifier: Apache-2.0 */
#include "estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
median_of(double *values, size_t n, bool log_scale)
{
	double low, high;

	qsort(values, n, sizeof(*values), by_value);
	if (n % 2 == 1)
		return values[n / 2];
	low = values[n / 2 - 1];
	high = values[n / 2];
	if (low == high)
		return low; /* exactly, whatever the scale rounds to */
	if (log_scale && low > 0)
		return sqrt(low) * sqrt(high);
	return low + (high - low) / 2;
}

/* Submitters together, each one's runs newest first. */
static int
by_submitter_newest_first(const void *a, const void *b)
{
	const struct run *x = a, *y = b;
	int order = memcmp(x->submitter, y->submitter, SHA256_SIZE);

	return order ? order : (x->index < y->index) - (x->index > y->index);
}

static size_t
votes_of(const struct run *runs, size_t n, bool log_scale, double *votes)
{
	double latest[VOTE_RUNS_MAX];
	size_t voters = 0;

	for (size_t i = 0; i < n;) {
		size_t end = i, kept = 0;

		while (
		    end < n && memcmp(runs[end].submitter, runs[i].submitter, SHA256_SIZE) == 0) {
			if (kept < VOTE_RUNS_MAX)
				latest[kept++] = runs[end].value;
			end++;
		}
		votes[voters++] = median_of(latest, kept, log_scale);
		i = end;
	}
	return voters;
}

bool
estimate_cell(struct run *runs, size_t n, bool log_scale, struct estimate *out)
{
	double *votes;

	memset(out, 0, sizeof(*out));
	if (n == 0)
		return false;
	votes = calloc(n, sizeof(*votes));
	if (votes == NULL)
		return false;
	qsort(runs, n, sizeof(*runs), by_submitter_newest_first);
	out->runs = n;
	out->voters = votes_of(runs, n, log_scale, votes);
	out->point = median_of(votes, out->voters, log_scale);
	out->lowest_vote = votes[0];
	out->highest_vote = votes[out->voters - 1];
	free(votes);
	return true;
}
