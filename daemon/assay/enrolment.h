/* enrolment.h — introduce a key to a server: terms, proof of work, one signed statement.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ENROLMENT_H
#define ASSAY_ENROLMENT_H

#include <jansson.h>
#include <stdbool.h>

#include "crypto.h"
#include "encode.h"

struct home;
struct net;
struct policy;
struct problem;
struct task;

enum enrolment_outcome {
	ENROLMENT_ACCEPTED,
	ENROLMENT_NOT_NEEDED, /* the key belongs to a submitter already */
	ENROLMENT_REFUSED     /* explained already */
};

/* The task's options are --name, --link, --accept-terms, --invitation. All borrowed; id and name
 * are filled. */
struct enrolment {
	struct task *task;
	const struct home *home;
	const struct keypair *key;
	struct net *net;
	const struct policy *policy;
	json_t *invitation;  /* instead of work; read from --invitation, freed again */
	char id[HEX32_SIZE]; /* of the statement that was sent */
	char name[96];       /* as it says */
};

/* Send the enrolment of this key that waits since an earlier call. Where there is none, make one:
 * check name and links, show the terms and ask, search the proof of work, sign, spool; it takes
 * the place of one that was refused.
 * Fails with FAULT_OPTION (--name is missing, nobody to ask about the terms), FAULT_SERVER_ANSWER
 * (terms of another digest), as statement_sign(), spool_take(), deliver_one(); and with no fault
 * but the task's exit code where the user did not agree. */
bool enrolment_send(struct enrolment *e, enum enrolment_outcome *outcome, struct problem *p)
    __attribute__((warn_unused_result));

/* Fill p with a fault and return false unless the option was given. */
bool enrolment_needs(const struct task *t, const char *option, struct problem *p)
    __attribute__((warn_unused_result));

#endif
