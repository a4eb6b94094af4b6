/* deliver_parts.h — what sending one statement and sending many have in common.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_DELIVER_PARTS_H
#define ASSAY_DELIVER_PARTS_H

#include <jansson.h>
#include <stdbool.h>

#include "explain.h"

struct round;
struct spool_entry;

/* Settle a statement that the server answered: answer is its receipt, or NULL and refusal says why
 * not. False with p filled if the round has to stop: as deliver_one(). */
bool settle(struct round *r, const struct spool_entry *e, const json_t *answer,
    const struct problem *refusal, json_t *out, struct problem *p)
    __attribute__((warn_unused_result));

/* Wait for a server that is there but busy, within the round's patience: as long as it asks, else a
 * second, then twice that, and so on. False: there is nothing to wait for, or no patience left. */
bool wait_for_server(struct round *r, const struct problem *p, long tries)
    __attribute__((warn_unused_result));

/* Statements of the spool on their way in one request. Zero-initialise; borrows them. */
#define DELIVER_BATCH_MAX_N 100
struct deliver_batch {
	const struct spool_entry *entries[DELIVER_BATCH_MAX_N];
	size_t n;
	size_t bytes; /* of the request's body */
};

/* Tell whether a statement may go together with others: the log may order those of one batch in any
 * way, so only submissions that correct no other; and the server has to take batches. */
bool deliver_batch_takes(const struct round *r, const struct spool_entry *e);

/* Add one; false if there is no room for it any more. */
bool deliver_batch_add(const struct round *r, struct deliver_batch *b, const struct spool_entry *e);

/* Send and settle them all, and empty the batch. What the server is too busy for is sent again; if
 * it does not take batches after all, they and all later ones go one by one. Fails as
 * deliver_one(); what is not settled then still waits. */
bool deliver_batch_send(struct round *r, struct deliver_batch *b, json_t *out, struct problem *p)
    __attribute__((warn_unused_result));

/* Send the raw files that statements name which the server has acknowledged; what is sent is
 * removed. Appends {sha256, bytes, outcome} to out: sent, refused (set aside), waiting (the server
 * cannot take it now, which is no failure of the round). Fails with FAULT_SPOOL, FAULT_FILE. */
bool deliver_evidence(struct round *r, json_t *out, struct problem *p)
    __attribute__((warn_unused_result));

#endif
