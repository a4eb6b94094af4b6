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

/* Voters together, in them submitters, each one's runs newest first. */
static int
by_voter_newest_first(const void *a, const void *b)
{
	const struct run *x = a, *y = b;
	int order = memcmp(x->voter, y->voter, SHA256_SIZE);

	if (order == 0)
		order = memcmp(x->submitter, y->submitter, SHA256_SIZE);
	return order ? order : (x->index < y->index) - (x->index > y->index);
}

/* The vote of the submitter whose runs begin at *at; moves *at behind them. */
static double
submitter_vote(const struct run *runs, size_t n, size_t *at, bool log_scale)
{
	const struct run *first = &runs[*at];
	double latest[VOTE_RUNS_MAX];
	size_t kept = 0;

	for (; *at < n && memcmp(runs[*at].submitter, first->submitter, SHA256_SIZE) == 0; ++*at)
		if (kept < VOTE_RUNS_MAX)
			latest[kept++] = runs[*at].value;
	return median_of(latest, kept, log_scale);
}

/* votes has room for n: those of one voter are gathered where its own will stand. */
static size_t
votes_of(const struct run *runs, size_t n, bool log_scale, double *votes)
{
	size_t voters = 0, at = 0;

	while (at < n) {
		const struct run *first = &runs[at];
		size_t own = 0;

		while (at < n && memcmp(runs[at].voter, first->voter, SHA256_SIZE) == 0)
			votes[voters + own++] = submitter_vote(runs, n, &at, log_scale);
		votes[voters] = median_of(votes + voters, own, log_scale);
		voters++;
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
	qsort(runs, n, sizeof(*runs), by_voter_newest_first);
	out->runs = n;
	out->voters = votes_of(runs, n, log_scale, votes);
	out->point = median_of(votes, out->voters, log_scale);
	out->lowest_vote = votes[0];
	out->highest_vote = votes[out->voters - 1];
	free(votes);
	return true;
}
