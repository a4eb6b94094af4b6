/* move.h — a change of a statement's state, as the book notes it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_MOVE_H
#define ASSAY_MOVE_H

#include "book.h"

/* The leaf at index changed a submitter; cells: also what is shown of all its cells may have. */
struct stir {
	const struct person *of;
	int64_t index;
	bool cells;
};

/* The leaf at `by` changed the state of a statement. */
struct move {
	const struct settled *of;
	int64_t by;
	enum state from, to;
	bool withheld;
};

#endif
