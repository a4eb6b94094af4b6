/* receipts.h — fetch the proofs that what was sent is in the log, and keep them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_RECEIPTS_H
#define ASSAY_RECEIPTS_H

#include <jansson.h>
#include <stdbool.h>

#include "explain.h"

struct home;
struct net;
struct pin;
struct round;

/* Verify what the server said of our statement `id` (GET /v1/statements/ID) and that its checkpoint
 * continues the one seen before, keep it as sent/ID.receipt.json, and tell `index` and `receipt` in
 * told. Nothing happens while the document has no proof. Fails as receipt_verify(), seen_follow(),
 * with FAULT_SPOOL. */
bool receipt_take(const struct home *h, struct net *net, const struct pin *pin, const char *id,
    const json_t *doc, json_t *told, struct problem *p) __attribute__((warn_unused_result));

/* Take the receipts of a round's acknowledged statements, waiting up to r->receipt_s in all for
 * those that are not in the log yet; the others' come with a later call or with `assay status`. The
 * server being out of reach or busy is no failure: it has acknowledged. Fails as receipt_take(). */
bool receipts_gather(struct round *r, const struct pin *pin, json_t *statements, struct problem *p)
    __attribute__((warn_unused_result));

#endif
