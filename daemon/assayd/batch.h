/* batch.h — POST /v1/statements: many statements, one a line (NDJSON).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_BATCH_H
#define ASSAYD_BATCH_H

#include <stdbool.h>

#include "fault.h"

struct request;

/* Cut the body into lines. Keeps them in r->state. Fails for the whole, and then nothing is stored,
 * as batch_lines_read() and submit_read_query(); with FAULT_BUSY without memory. */
bool batch_check(struct request *r, struct fault *f);

/* Take each line as submit_check() and submit_proceed() take a single statement, a few a turn of
 * the loop, and answer 200 with one line for each, in their order: its receipt or its problem. The
 * answer is sent after the results of all the commits that make it true have been read. */
void batch_proceed(struct request *r);

#endif
