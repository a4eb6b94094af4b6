/* intake.h — one statement on its way in: checked, its signer asked for, stored; it ends once.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_INTAKE_H
#define ASSAYD_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "statement.h"

struct suite;
struct worker;

/* Zero but for worker, peer, proven, dry_run, done and arg, which who makes it sets; intake_clear()
 * frees. A request owns one, or one a line of its batch. */
struct intake {
	struct worker *worker;
	const char *peer;      /* the client's address */
	const uint8_t *proven; /* see entry.h; good while intake_check() runs */
	bool dry_run;          /* say what would happen, store nothing */
	void (*done)(struct intake *in, const struct fault *fault);
	void *arg;
	struct statement statement;
	const struct suite *suite; /* of a submission */
	/* the outcome, if done() hears of no fault */
	bool seen;              /* it was stored before */
	int64_t accepted_at_ms; /* or RECEIPT_DRY_RUN: nothing was stored */
};

/* Open and verify the envelope, check it against the rules in force: entry_check(). */
bool intake_check(struct intake *in, const void *envelope, size_t n, struct fault *f)
    __attribute__((warn_unused_result));

/* Ask the database who signed, store, and call done() exactly once, perhaps from inside this call,
 * after the result of the commit has been read. in must live until then, whether or not its client
 * does; done() may clear it. Fails as db_ask(), store_put(), entry_check_signer(). */
void intake_proceed(struct intake *in);

void intake_clear(struct intake *in);

#endif
