/* explain.h — a fault in plain words: what, where, expected, got, what to do.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_EXPLAIN_H
#define ASSAY_EXPLAIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "fault.h"

/* A fault, and what a server said beside it. Zero: no problem. `fault` may be used alone; then its
 * row in the fault table speaks. A server's own words count where this build does not know its
 * code. */
struct problem {
	struct fault fault;
	int status;            /* HTTP status; 0: it did not come from a server */
	enum exit_code exit;   /* what the verb makes of it; 0: what the fault's row says */
	int64_t retry_after_s; /* 0: the server did not say */
	char code[64];         /* the server's code */
	char title[200], help[256];
	char request_id[80];
};

/* Return what the process exits with. */
enum exit_code problem_exit(const struct problem *p);

/* Tell whether the same request may well succeed later, unchanged. */
bool problem_is_passing(const struct problem *p);

/* Return the stable name of what is wrong. */
const char *problem_code(const struct problem *p);

/* Read application/problem+json (RFC 9457) as assayd writes it; false if doc is not one.
 * status: of the answer. */
bool problem_read(const json_t *doc, int status, struct problem *out)
    __attribute__((warn_unused_result));

/* Return the problem as a new object: code, title, pointer?, expected?, got?, help, status?,
 * request_id?, retry_after_s?, exit_code. */
json_t *problem_json(const struct problem *p);

/* Print one problem: lines in plain words, or with json one line of JSON. */
void explain(const struct problem *p, bool json, FILE *out);

#endif
