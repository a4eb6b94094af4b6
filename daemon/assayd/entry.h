/* entry.h — what a statement must pass before the database is asked anything.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_ENTRY_H
#define ASSAYD_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"
#include "statement.h"
#include "suite.h"

struct request;
struct signer;
struct worker;

/* Open the envelope in r->body, measuring its signature's verification, and check it against the
 * rules in force and the present time. *suite is set for a submission. statement_clear(out) in any
 * case; out must be zero before. Fails with the faults of rules_open_door(), statement_open(),
 * door_check(), and, before the signature of a key that this worker does not know,
 * admit_unknown_key(). */
bool entry_check(struct request *r, struct statement *out, const struct suite **suite,
    struct fault *f) __attribute__((warn_unused_result));

/* Tell whether the database named the key a submitter's to this worker a short while ago. */
bool entry_knows(const struct worker *w, const uint8_t key[KEY_SIZE]);

/* Check what the database knows of the signer against the rules in force: door_check_signer(); from
 * then on a sound submitter's key is known. */
bool entry_check_signer(struct worker *w, const struct statement *st, const struct signer *who,
    struct fault *f) __attribute__((warn_unused_result));

#endif
