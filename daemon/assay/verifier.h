/* verifier.h — is a statement in the log: from a file alone, or asked of the pinned server by its
 * id. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_VERIFIER_H
#define ASSAY_VERIFIER_H

#include <jansson.h>
#include <stdbool.h>

#include "explain.h"
#include "home.h"
#include "log_receipt.h"
#include "pin.h"

struct args;

/* What is checked against, and where ids are looked up. Zero-initialise. */
struct verifier {
	struct home home;
	struct pin pin;
	struct log_name log;
	struct net *net; /* NULL until an id is asked for */
};

/* Take the log of --vkey, else that of the pinned server. verifier_close() in any case. Fails with
 * FAULT_USAGE, as home_find() and pin_need(). */
bool verifier_open(const struct args *a, struct verifier *out, struct fault *f)
    __attribute__((warn_unused_result));
void verifier_close(struct verifier *v);

/* Check one: 64 hex digits are an id, all else is a file. An id's checkpoint must also continue the
 * one seen before. Returns new {file, id, kind, index, checkpoint{}, continues_seen?}; NULL with p
 * filled. */
json_t *verifier_check(struct verifier *v, const char *word, struct problem *p);

#endif
