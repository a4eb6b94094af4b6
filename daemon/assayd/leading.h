/* leading.h — what a leader keeps from batch to batch.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LEADING_H
#define ASSAYD_LEADING_H

#include "book.h"
#include "derive.h"
#include "tree.h"
#include "watches.h"

/* As of the present size of the log, or of any other, then it is read again. Zero-initialise;
 * leading_forget() after a failure, for what was taken up may not have been committed, and at the
 * end. */
struct leading {
	struct tree tree;
	struct watches watches;
	int64_t take_n; /* how many pending statements to look at next; 0: as many as may be */
	bool brief;     /* the last batch ended for a watch, under the same rules: go on at once */
	struct book book;  /* persons, and cells that were touched lately, with what makes votes */
	int64_t book_size; /* of the log, behind which the book stands */
	bool keeps_book;   /* behind the batch on its way */
};

void leading_forget(struct leading *l);

/* Tell whether a statement changes nothing that stands already. */
bool leading_is_plain(const struct statement *st);

/* How many pending statements to look at. Plan for the next batch behind one that took n of those
 * that there were; same_rules: no config came between. */
int64_t leading_takes(const struct leading *l);
void leading_plan(struct leading *l, size_t n, size_t pending_n, bool same_rules);

/* Give a batch the book of those before it, if it is plain, so that what makes votes is all it
 * needs of a cell, and nobody else has added to the log since; else an empty one. */
void leading_take_book(struct leading *l, struct derivation *d, bool plain);

/* Take it back behind the commit, so that it says what the rows say, if the batch was plain. */
void leading_keep_book(struct leading *l, struct derivation *d);

#endif
