/* book_load.h — bring what a leaf names from the rows into the book.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_BOOK_LOAD_H
#define ASSAYD_BOOK_LOAD_H

#include <stdbool.h>

#include "book.h"
#include "dbsync.h"
#include "fault.h"
#include "statement.h"

/* Where what a statement names is brought from, and whither. All borrowed. */
struct loading {
	struct book *book;
	struct dbsync *db;
	const struct suite_set *suites;
};

/* The keys in a bytea column of rows, with their submitters: the signers of a whole batch at once.
 * Fails with FAULT_DATABASE, FAULT_NO_MEMORY. */
bool book_load_signers(struct book *b, struct dbsync *db, const struct db_rows *rows, int column,
    struct fault *f) __attribute__((warn_unused_result));

/* Everybody who is linked with somebody: who is one with whom may go over any number of links. */
bool book_load_links(struct book *b, struct dbsync *db, struct fault *f)
    __attribute__((warn_unused_result));

/* Return the person that columns from `first` on say, as QUERY_PERSON has them; what is in the book
 * already is newer and stays. NULL without memory, or without an id. */
struct person *book_take_person(struct book *b, const struct db_rows *rows, size_t row, int first);

/* Bring in the statement with this id, without results; *out stays NULL if there is none. *fresh:
 * it was not in the book before. */
bool book_load_statement(const struct loading *from, const char *hex, struct settled **out,
    bool *fresh, struct fault *f) __attribute__((warn_unused_result));

/* What one statement names beside its signer: a target, what it replaces (and the cells
 * of its results), a key, a submitter. What is in the book already is newer than the rows and
 * stays. What is nowhere stays unknown. */
bool book_load_named(struct book *b, struct dbsync *db, const struct suite_set *suites,
    const struct statement *st, struct fault *f) __attribute__((warn_unused_result));

#endif
