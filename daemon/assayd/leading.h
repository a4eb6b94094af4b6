/* leading.h — what a leader keeps from batch to batch.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LEADING_H
#define ASSAYD_LEADING_H

#include "book.h"
#include "tree.h"
#include "watches.h"

/* As of the present size of the log, or of any other, then it is read again. Zero-initialise;
 * leading_forget() after a failure, for what was taken up may not have been committed, and at the
 * end. */
struct leading {
	struct tree tree;
	struct watches watches;
	struct book
	    book; /* persons, and the cells that were touched lately, with what makes votes there */
	int64_t book_size; /* of the log, behind which the book stands */
	bool keeps_book;   /* behind the batch on its way */
};

void leading_forget(struct leading *l);

#endif
