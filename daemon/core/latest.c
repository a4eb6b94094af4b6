/* latest.c — each submitter's latest runs of a metric in a cell, and the vote they make.
 * SPDX-License-Identifier: Apache-2.0 */
#include "latest.h"

#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "list.h"
#include "scale.h"

void
latest_clear(struct latest_list *l)
{
	free(l->list);
	memset(l, 0, sizeof(*l));
}

/* Where a submitter's are, or would be. */
static size_t
place_of(const struct latest_list *l, const struct person *by)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(l->list[middle].by->id, by->id, SHA256_SIZE) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_at(const struct latest_list *l, size_t at, const struct person *by)
{
	return at < l->n && l->list[at].by == by;
}

static struct latest *
insert(struct latest_list *l, size_t at, struct person *by)
{
	struct latest *list = list_room(l->list, l->n, &l->room, sizeof(*list));

	if (list == NULL)
		return NULL;
	l->list = list;
	memmove(&list[at + 1], &list[at], (l->n++ - at) * sizeof(*list));
	list[at] = (struct latest){.by = by};
	return &list[at];
}

/* Among the latest, newest first; false: it is older than all of them. */
static bool
take_run(struct latest *one, const struct latest_run *run)
{
	size_t at = one->runs_n;

	while (at > 0 && one->runs[at - 1].index < run->index)
		at--;
	if (at == VOTE_RUNS_MAX)
		return false;
	if (one->runs_n < VOTE_RUNS_MAX)
		one->runs_n++;
	memmove(&one->runs[at + 1], &one->runs[at], (one->runs_n - 1 - at) * sizeof(*run));
	one->runs[at] = *run;
	return true;
}

static void
form_vote(struct latest *one, bool log_scale)
{
	struct run runs[VOTE_RUNS_MAX] = {0};
	struct vote vote;

	for (size_t i = 0; i < one->runs_n; i++) {
		runs[i].index = one->runs[i].index;
		runs[i].value = one->runs[i].value;
	}
	(void)votes_form(runs, one->runs_n, log_scale, &vote);
	one->vote = (struct latest_run){.index = vote.run->index, .value = vote.value};
}

bool
latest_add(struct latest_list *l, struct person *by, const struct latest_run *run, bool log_scale)
{
	size_t at = place_of(l, by);
	struct latest *one = is_at(l, at, by) ? &l->list[at] : insert(l, at, by);

	l->odd = l->odd || !scale_takes(run->value, log_scale);
	if (one != NULL && take_run(one, run))
		form_vote(one, log_scale);
	return one != NULL;
}

void
latest_forget(struct latest_list *l, const struct person *by)
{
	size_t at = place_of(l, by);

	if (is_at(l, at, by))
		memmove(&l->list[at], &l->list[at + 1], (--l->n - at) * sizeof(*l->list));
}
