/* leading.h — what a leader keeps from batch to batch.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LEADING_H
#define ASSAYD_LEADING_H

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
};

void leading_forget(struct leading *l);

#endif
