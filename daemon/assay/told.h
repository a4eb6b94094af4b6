/* told.h — how a run was made, as far as only the user can tell: its base, its text, its context.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TOLD_H
#define ASSAY_TOLD_H

#include <jansson.h>
#include <stdbool.h>

#include "encode.h"
#include "fault.h"

struct args;
struct suite;

/* Empty or 0: not told. */
struct told {
	char base[401];               /* subject of the variant compared with */
	char text_sha256[HEX32_SIZE]; /* of the bytes of the text measured on */
	long n_ctx, chunks;
};

/* Read --base, --text or --text-sha256, --n-ctx and --chunks; weights and text are hashed. Fails
 * with FAULT_OPTION, FAULT_FILE, FAULT_FILE_FORMAT. */
bool told_read(const struct args *args, struct told *out, struct fault *f)
    __attribute__((warn_unused_result));

/* Return what --condition NAME=VALUE tells of a condition; NULL: nothing. Borrowed. */
const char *told_condition(const struct args *args, const char *name);

/* Set all that --condition tells, each in the type that the suite has it in. Fails with
 * FAULT_OPTION. */
bool told_conditions(const struct args *args, const struct suite *suite, json_t *conditions,
    struct fault *f) __attribute__((warn_unused_result));

#endif
