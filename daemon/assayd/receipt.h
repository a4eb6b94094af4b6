/* receipt.h — what a submitter is told of a statement that is stored.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_RECEIPT_H
#define ASSAYD_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "statement.h"
#include "suite.h"
#include "text.h"

#define RECEIPT_DRY_RUN (-1)

/* Append {id, kind, seen, accepted_at, verdict, statement} and a line end. suite: the submission's,
 * NULL for other kinds. The verdict is the intrinsic one: what the statement alone shows.
 * accepted_at_ms RECEIPT_DRY_RUN: nothing was stored; dry_run stands there instead of accepted_at
 * and statement. */
void receipt_print(const struct statement *st, const struct suite *suite, int64_t accepted_at_ms,
    bool seen, struct text *out);

/* Append the address of the statement on this server. */
void receipt_address(const struct statement *st, struct text *out);

#endif
