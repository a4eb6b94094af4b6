/* book_keep.h — what of a book is good for the leaves behind those it has settled.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_BOOK_KEEP_H
#define ASSAY_BOOK_KEEP_H

#include "book.h"

/* Begin the book anew behind what it has settled: nothing counts as changed any more. Persons,
 * keys, links and cells stay, with the runs that make their votes; statements and invitations go.
 * Of cells, those that were not touched since the leaf at `from` go too if all together hold more
 * than runs_max runs. */
void book_go_on(struct book *b, int64_t from, size_t runs_max);

void book_forget_statements(struct book *b);

#endif
