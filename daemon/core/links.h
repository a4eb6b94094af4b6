/* links.h — submitters that staff say are one.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_LINKS_H
#define ASSAY_LINKS_H

#include <stdbool.h>
#include <stdint.h>

#include "book.h"

/* Two that are one; cut: no more. */
struct link {
	const struct person *a, *b;
	bool cut;
	bool changed;
};

/* Find the link of two submitters, in either order; with add, make it. NULL: none, or no memory. */
struct link *book_link(struct book *b, struct person *x, struct person *y, bool add);

/* Note that the leaf at index stirred a submitter and all who are linked with it. */
void book_stir_circle(struct book *b, const struct person *p, int64_t index);

/* Tell whether two submitters count as one: the same, or joined by links over any others. */
bool book_same(const struct book *b, const struct person *x, const struct person *y);

/* Return the one that stands for all submitters linked with p: the one with the lowest id. */
const struct person *book_voter(const struct book *b, const struct person *p);

#endif
