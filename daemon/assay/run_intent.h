/* run_intent.h — say before measuring that one is about to, so that picking the best of many runs
 * shows. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_RUN_INTENT_H
#define ASSAY_RUN_INTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "encode.h"

struct task;

/* What is about to be measured. */
struct run_plan {
	const char *suite;  /* its newest version */
	const char *model;  /* as it is published */
	const char *engine; /* its name */
	int64_t count;      /* of submissions that will follow */
	const char *note;   /* file that remembers the id, for a session that goes on after a kill;
			     * NULL: none */
};

/* Sign an intent, send it alone, and return its id: "" where nothing was said, which is told unless
 * it was asked for: with --dry-run, with --offline, where the server takes no intents or cannot be
 * reached. It never stands in the way of measuring. */
void run_intend(struct task *t, const struct run_plan *plan, char id[HEX32_SIZE]);

#endif
