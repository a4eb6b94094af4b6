/* route.h — routes are rows: method, pattern, bounds, a check without side effects, the work.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_ROUTE_H
#define ASSAYD_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"
#include "http.h"
#include "request.h"

struct route {
	const char *name;        /* for logs and counters: "statement-post" */
	enum http_method method; /* a GET row serves HEAD too */
	const char *pattern; /* exact path, or one ending in '*' that matches one non-empty segment
			      * ("/v1/statements/" then '*'), or "**" at the end for any rest */
	size_t body_max_bytes;          /* 0: the route takes no body */
	const char *const *media_types; /* accepted Content-Types, NULL-ended; NULL if no body */
	bool large; /* its bodies share bodies_max_bytes of the worker's memory */
	bool (*check)(struct request *r, struct fault *f); /* may be NULL; no database, changes
							    * nothing but r->state */
	void (*proceed)(struct request *r); /* well-formed request; answers now or later */
};

/* Rows in order of matching, ended by a row without name (routes.c). Rows of the same method and
 * pattern take different media types. */
extern const struct route routes[];

/* Find the route for a decoded path and method, from the head alone, so that a refusal needs no
 * body. *argument is set inside path. Fails with FAULT_NOT_FOUND, FAULT_METHOD_NOT_ALLOWED
 * (expected: the methods that are), FAULT_LENGTH_REQUIRED, FAULT_MEDIA_TYPE (expected: the types
 * that are), FAULT_BODY_TOO_LARGE, FAULT_BAD_REQUEST (a body where none is taken). */
const struct route *route_find(
    const struct http_head *head, const char *path, const char **argument, struct fault *f);

#endif
