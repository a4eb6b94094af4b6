/* receipt.h — what a submitter is told of a statement that is stored.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_RECEIPT_H
#define ASSAYD_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "statement.h"
#include "suite.h"
#include "text.h"

struct intake;

#define RECEIPT_DRY_RUN (-1)

/* All borrowed. */
struct receipt {
	const struct statement *statement;
	struct server *server;     /* whose rules are in force */
	const struct suite *suite; /* the submission's; NULL for other kinds */
	int64_t accepted_at_ms;    /* RECEIPT_DRY_RUN: nothing was stored */
	bool seen;
	size_t line; /* in a batch, from 1; 0: it came alone */
};

/* Return what is to be said of one that is done; it came alone. */
struct receipt receipt_of(const struct intake *in);

/* Return the HTTP status: 201 if it is new, else 200. */
int receipt_status(const struct receipt *r);

/* Append {id, kind, seen, accepted_at, verdict, statement} and a line end; in a batch with status
 * and line in front. The verdict is the intrinsic one: what the statement alone shows. Of a dry run
 * dry_run stands there instead of accepted_at and statement. */
void receipt_print(const struct receipt *r, struct text *out);

/* Append the address of the statement on this server. */
void receipt_address(const struct statement *st, struct text *out);

#endif
