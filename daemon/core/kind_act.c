/* kind_act.c — what staff do, and what root keys grant; in the open, like everything else.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "act.h"
#include "json.h"
#include "kinds.h"

static const struct shape act_shape[] = {
    SHAPE_COMMON,
    {.name = "act", .type = SHAPE_NAME, .low = 1, .high = 20},
    {.name = "target", .type = SHAPE_DIGEST},
    {.name = "other", .type = SHAPE_DIGEST, .optional = true},
    {.name = "role", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 20},
    {.name = "reason_code", .type = SHAPE_NAME, .low = 1, .high = 40},
    {.name = "reason", .type = SHAPE_TEXT, .low = 1, .high = 1000},
    {.name = NULL},
};

static bool
check_presence(const json_t *body, const char *name, bool wanted, struct fault *f)
{
	bool there = json_object_get(body, name) != NULL;
	char pointer[16] = "";

	pointer_push(pointer, sizeof(pointer), name);
	if (there == wanted)
		return true;
	return fault_set(f, wanted ? FAULT_MISSING_MEMBER : FAULT_UNKNOWN_MEMBER, pointer,
	    wanted ? "this member with this act" : "no such member with this act", "%s",
	    there ? "one" : "nothing");
}

static bool
act_check(const json_t *body, struct fault *f)
{
	const struct act_info *info = act_named(json_get_text(body, "act"));

	if (info == NULL)
		return fault_set(f, FAULT_WRONG_FORM, "/act",
		    "hold, release, quarantine, withhold, trust, suspend, link, unlink, confirm, "
		    "grant "
		    "or revoke",
		    "\"%s\"", json_get_text(body, "act"));
	if (!check_presence(body, "other", info->has_other, f) ||
	    !check_presence(body, "role", info->has_role, f))
		return false;
	if (info->has_other &&
	    strcmp(json_get_text(body, "target"), json_get_text(body, "other")) == 0)
		return fault_set(f, FAULT_CONFLICTING_MEMBERS, "/other",
		    "another submitter than \"target\"", "the same");
	if (info->has_role && role_named(json_get_text(body, "role")) == 0)
		return fault_set(f, FAULT_WRONG_FORM, "/role", "staff or release-manager", "\"%s\"",
		    json_get_text(body, "role"));
	return true;
}

const struct kind_info kind_act = {
    .name = "act",
    .type = "application/vnd.assay.act.v1+json",
    .shape = act_shape,
    .check = act_check,
};
