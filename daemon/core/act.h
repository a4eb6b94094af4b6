/* act.h — the acts of staff: what each needs, and what it does to the book.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ACT_H
#define ASSAY_ACT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

struct book;
struct settled;
struct person;

#define ACT_AGE_MAX_S (24 * 60 * 60)         /* of created_at when it is accepted */
#define CONFIRM_AGE_MAX_S (7 * 24 * 60 * 60) /* of the act when its confirmation is accepted */

/* One act, as it is about to be done. by: the staff submitter, NULL for a root key. body: its
 * members. index: of the leaf that does it. */
struct deed {
	struct book *book;
	const struct person *by;
	const json_t *body;
	int64_t index, accepted_at_ms;
};

struct act_info {
	const char *name;
	bool has_other, has_role;
	bool by_root;       /* done by a root key, not by staff */
	bool needs_confirm; /* always; see act_needs_confirm() */
	bool (*may)(
	    const struct deed *d, struct fault *f); /* is the target one it can be done to? */
	void (*apply)(const struct deed *d);        /* may() has said yes, just before */
};

/* Return the row of this name; NULL if there is none. */
const struct act_info *act_named(const char *name);

/* Tell whether the act waits for a confirmation by another staff submitter, within
 * CONFIRM_AGE_MAX_S: a withholding, and what touches a cell whose standing is `reproduced`. */
bool act_needs_confirm(const struct act_info *info, const struct deed *d);

/* Return the bit of a role's name ("staff", "release-manager"); 0 if there is none. */
unsigned int role_named(const char *name);

#endif
