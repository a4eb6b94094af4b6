/* book_names.h — bring the names in force from the rows into the book, and what an alias would
 * move. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_BOOK_NAMES_H
#define ASSAYD_BOOK_NAMES_H

#include <jansson.h>
#include <stdbool.h>

#include "book_load.h"
#include "names.h"

/* All aliases in force; before anything that has to know which cell a raw one leads to. Fails with
 * FAULT_DATABASE, FAULT_NO_MEMORY. */
bool names_load(struct names *n, struct dbsync *db, struct fault *f)
    __attribute__((warn_unused_result));

/* Bring in what settling an alias with these members, or its confirmation, asks for: the raw cells
 * that have its raw name, with their fields, the cells they stand in, and those they would move to,
 * each with what counts and what waits there, or with its standing alone where they
 * are more than ALIAS_SETTLED_MAX: no other leaf may be settled by this book behind it. */
bool book_load_alias(const struct loading *from, const json_t *body, struct fault *f)
    __attribute__((warn_unused_result));

#endif
