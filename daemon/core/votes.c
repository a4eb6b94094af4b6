/* votes.c — from counted runs to one vote a voter.
 * SPDX-License-Identifier: Apache-2.0 */
#include "votes.h"

#include <stdlib.h>
#include <string.h>

#include "scale.h"

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

static int
by_value_then_index(const void *a, const void *b)
{
	const struct vote *x = a, *y = b;

	if (x->value != y->value)
		return (x->value > y->value) - (x->value < y->value);
	return (x->run->index > y->run->index) - (x->run->index < y->run->index);
}

/* The median of n ≥ 1 votes as one. Sorts them. */
static struct vote
join_votes(struct vote *votes, size_t n, bool log_scale)
{
	struct vote joined;

	if (n == 1)
		return votes[0];
	qsort(votes, n, sizeof(*votes), by_value_then_index);
	joined = votes[n / 2];
	if (n % 2 == 0) {
		const struct vote *lower = &votes[n / 2 - 1];

		joined.value = middle_of(lower->value, joined.value, log_scale);
		if (lower->run->index > joined.run->index)
			joined.run = lower->run;
	}
	for (size_t i = 0; i < n; i++)
		joined.established |= votes[i].established;
	return joined;
}

/* The vote of the submitter whose runs begin at *at; moves *at behind them. */
static struct vote
submitter_vote(const struct run *runs, size_t n, size_t *at, bool log_scale)
{
	const struct run *first = &runs[*at];
	struct vote latest[VOTE_RUNS_MAX];
	size_t kept = 0;

	for (; *at < n && memcmp(runs[*at].submitter, first->submitter, SHA256_SIZE) == 0; ++*at)
		if (kept < VOTE_RUNS_MAX)
			latest[kept++] = (struct vote){.run = &runs[*at],
			    .value = runs[*at].value,
			    .established = runs[*at].established};
	return join_votes(latest, kept, log_scale);
}

/* Whoever keeps runs may keep them in this order. */
static bool
is_sorted(const struct run *runs, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (by_voter_newest_first(&runs[i - 1], &runs[i]) > 0)
			return false;
	return true;
}

size_t
votes_form(struct run *runs, size_t n, bool log_scale, struct vote *votes)
{
	size_t voters = 0, at = 0;

	if (!is_sorted(runs, n))
		qsort(runs, n, sizeof(*runs), by_voter_newest_first);
	while (at < n) {
		const struct run *first = &runs[at];
		size_t own = 0;

		/* A voter's submitters are gathered where its own vote will stand. */
		while (at < n && memcmp(runs[at].voter, first->voter, SHA256_SIZE) == 0)
			votes[voters + own++] = submitter_vote(runs, n, &at, log_scale);
		votes[voters] = join_votes(votes + voters, own, log_scale);
		voters++;
	}
	return voters;
}

void
votes_values(const struct vote *votes, size_t n, double *values)
{
	for (size_t i = 0; i < n; i++)
		values[i] = votes[i].value;
}
