/* kind_alias.c — staff say which name a raw name stands for, or that it stands for itself again.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "json.h"
#include "kinds.h"
#include "names.h"

static const struct shape alias_shape[] = {
    SHAPE_COMMON,
    {.name = "of", .type = SHAPE_NAME, .low = 1, .high = 20},
    {.name = "raw", .type = SHAPE_NAME, .low = 1, .high = ALIAS_NAME_MAX_BYTES},
    {.name = "canonical",
	.type = SHAPE_NAME,
	.nullable = true,
	.low = 1,
	.high = ALIAS_NAME_MAX_BYTES},
    {.name = "reason", .type = SHAPE_TEXT, .low = 1, .high = 500},
    {.name = NULL},
};

static bool
alias_check(const json_t *body, struct fault *f)
{
	const char *of = json_get_text(body, "of"), *raw = json_get_text(body, "raw");
	enum name_of found;

	if (!name_of_named(of, &found))
		return fault_set(f, FAULT_WRONG_FORM, "/of",
		    "hardware, model, engine or quantization", "\"%s\"", of);
	return strcmp(raw, json_get_text(body, "canonical")) != 0 ||
	       fault_set(f, FAULT_CONFLICTING_MEMBERS, "/canonical", "another name than \"raw\"",
		   "the same");
}

const struct kind_info kind_alias = {
    .name = "alias",
    .type = "application/vnd.assay.alias.v1+json",
    .shape = alias_shape,
    .check = alias_check,
};
