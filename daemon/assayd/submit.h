/* submit.h — POST /v1/statements: one statement.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SUBMIT_H
#define ASSAYD_SUBMIT_H

#include <stdbool.h>

#include "fault.h"

struct request;

/* Open and verify the envelope, check it against the rules in force. Keeps the statement in
 * r->state. */
bool submit_check(struct request *r, struct fault *f);

/* Ask the database who signed, store, and answer 201 (new) or 200 (seen) after the commit's result
 * has been read. */
void submit_proceed(struct request *r);

/* Read the query of this path: none, or dry_run=1. Fails with FAULT_BAD_REQUEST: a misspelt one
 * must not store what was meant for a try. */
bool submit_read_query(const struct request *r, bool *dry_run, struct fault *f)
    __attribute__((warn_unused_result));

#endif
