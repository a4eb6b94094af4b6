/* kind_watch.c — a release policy to be judged again whenever its evidence changes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_policy.h"
#include "json.h"
#include "kinds.h"

static const struct shape watch_shape[] = {
    SHAPE_COMMON,
    {.name = "policy", .type = SHAPE_TEXT, .low = 1, .high = POLICY_MAX_BYTES},
    {.name = NULL},
};

/* Whether the suites have what it names depends on the config in force: see door_check(). */
static bool
watch_check(const json_t *body, struct fault *f)
{
	const json_t *text = json_object_get(body, "policy");
	struct gate_policy policy;
	struct fault inner = {0};
	bool done =
	    gate_policy_read(json_string_value(text), json_string_length(text), &policy, &inner) &&
	    gate_policy_watchable(&policy, &inner);

	if (!done)
		gate_policy_blame(&inner, f);
	gate_policy_clear(&policy);
	return done;
}

const struct kind_info kind_watch = {
    .name = "watch",
    .type = "application/vnd.assay.watch.v1+json",
    .shape = watch_shape,
    .check = watch_check,
};
