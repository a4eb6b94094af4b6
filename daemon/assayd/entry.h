/* entry.h — what a statement must pass before the database is asked anything.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_ENTRY_H
#define ASSAYD_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"
#include "statement.h"
#include "suite.h"

struct signer;
struct worker;

/* An envelope that came in. All borrowed. */
struct candidate {
	struct worker *worker;
	const char *peer; /* the client's address */
	const uint8_t
	    *proven; /* a key that signed a line before this one in its batch; NULL: none */
	const void *data;
	size_t n;
};

/* Open the envelope, measuring its signature's verification, and check it against the rules in
 * force and the present time. *suite is set for a submission. statement_clear(out) in any case; out
 * must be zero before. Fails with the faults of rules_open_door(), statement_open(), door_check(),
 * history_check(), and, before the signature of a key that neither this worker knows nor the batch
 * has proven, admit_unknown_key(). */
bool entry_check(const struct candidate *c, struct statement *out, const struct suite **suite,
    struct fault *f) __attribute__((warn_unused_result));

/* Tell whether the database named the key a submitter's to this worker a short while ago. */
bool entry_knows(const struct worker *w, const uint8_t key[KEY_SIZE]);

/* Check what the database knows of the signer against the rules in force: door_check_signer(); from
 * then on a sound submitter's key is known. */
bool entry_check_signer(struct worker *w, const struct statement *st, const struct signer *who,
    struct fault *f) __attribute__((warn_unused_result));

#endif
