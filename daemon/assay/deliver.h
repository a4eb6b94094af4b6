/* deliver.h — bring what is in the spool to the server.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_DELIVER_H
#define ASSAY_DELIVER_H

#include <jansson.h>
#include <stdbool.h>

#include "explain.h"
#include "verb.h"

struct home;
struct net;
struct policy;
struct progress;
struct pin;
struct spool_entry;

/* One round of sending. Everything is borrowed. */
struct round {
	struct task *task;
	const struct home *home;
	struct net *net;
	const struct policy *policy;
	bool one_by_one;      /* the server takes no batches after all */
	bool retry_refused;   /* also what the server refused before */
	long wait_s;          /* as long as this may be waited in all for a busy server */
	long receipt_s;       /* as long as this the receipts of what was sent are waited for */
	struct progress *bar; /* wiped before anything else is said; NULL: none */
	struct problem last;  /* the refusal explained last; a row of the same is told once */
};

/* Send one statement and settle it: acknowledged → sent; refused → marked, explained, and the
 * round goes on; an enrolment of a key that is enrolled already → dropped. Appends
 * {id, kind, outcome, verdict?, accepted_at?, url?, problem?} to out (deliver_all() adds index,
 * receipt and page); outcome is accepted, known,
 * not_needed, refused.
 * False with p filled if the round has to stop: server not reachable, busy, or no server of ours,
 * or the spool cannot be written. The statement then still waits. */
bool deliver_one(struct round *r, const struct spool_entry *entry, json_t *out, struct problem *p)
    __attribute__((warn_unused_result));

/* Meet the pinned server (address: another one of it, or NULL) and send the whole spool in order.
 * Returns new *result {server, statements[], sent, refused, waiting}, on failure too.
 * Fails as pin_meet() and deliver_one(). */
bool deliver_all(struct round *r, const struct pin *pin, const char *address, json_t **result,
    struct problem *p) __attribute__((warn_unused_result));

/* The same behind other work, as `assay submit` does unless it is told otherwise; the result
 * becomes the member `submit` of the task's. */
#define DELIVER_WAIT_S 5
#define DELIVER_RECEIPT_S 10
bool deliver_after(struct task *t, const struct home *home, const struct pin *pin,
    struct problem *p) __attribute__((warn_unused_result));

/* Print such a result for people. */
void deliver_show(const json_t *result, FILE *out);

#endif
