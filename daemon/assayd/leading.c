/* leading.c — what a leader keeps from batch to batch.
 * SPDX-License-Identifier: Apache-2.0 */
#include "leading.h"

#include <string.h>

#include "book_keep.h"
#include "json.h"
#include "sequence.h"

#define TAKE_GROWTH 4       /* of what is looked at, from batch to batch */
#define KEPT_RUNS_N 2000000 /* in the book, some 80 bytes each */

void
leading_take_book(struct leading *l, struct derivation *d, bool plain)
{
	if (plain && l->book_size == d->first_index)
		d->book = l->book;
	else
		book_clear(&l->book);
	memset(&l->book, 0, sizeof(l->book));
	l->keeps_book = plain;
}

void
leading_keep_book(struct leading *l, struct derivation *d)
{
	if (!l->keeps_book)
		return;
	l->book = d->book;
	l->book_size = d->next_index;
	memset(&d->book, 0, sizeof(d->book));
	book_go_on(&l->book, d->first_index, KEPT_RUNS_N);
}

bool
leading_is_plain(const struct statement *st)
{
	switch (st->kind) {
	case KIND_SUBMISSION:
		return json_get_text(st->body, "replaces")[0] == 0;
	case KIND_ENROLMENT:
	case KIND_KEY:
	case KIND_INTENT:
	case KIND_PRICE:
	case KIND_DECISION:
	case KIND_WATCH:
		return true;
	case KIND_CONFIG:
	case KIND_RETRACTION:
	case KIND_ACT:
	case KIND_ALIAS:
	case KIND__MAX:
		break;
	}
	return false;
}

int64_t
leading_takes(const struct leading *l)
{
	return l->take_n > 0 ? l->take_n : SEQUENCE_BATCH_N;
}

/* Statements that each end a batch must not each make all that wait behind them be opened. */
void
leading_plan(struct leading *l, size_t n, size_t pending_n, bool same_rules)
{
	bool cut = n < pending_n && l->watches.cut;

	l->brief = l->watches.cut && same_rules;
	l->take_n = (cut ? (int64_t)n : leading_takes(l)) * TAKE_GROWTH;
	if (l->take_n > SEQUENCE_BATCH_N)
		l->take_n = SEQUENCE_BATCH_N;
}

void
leading_forget(struct leading *l)
{
	book_clear(&l->book);
	watches_clear(&l->watches);
	memset(l, 0, sizeof(*l));
}
