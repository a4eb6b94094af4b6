/* bounds.c — what of a board's row competes for ranks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bounds.h"

#include <math.h>

#include "json.h"
#include "number.h"

/* The joint interval where there is one. */
static double
bound_by(const json_t *entry, const char *joint, const char *plain)
{
	const char *name = json_object_get(entry, joint) != NULL ? joint : plain;

	return real_rounded(json_get_real(entry, name), BOARD_DIGITS);
}

struct bounds
bounds_of_estimate(const json_t *entry)
{
	struct bounds b = {.measured = true, .low = -INFINITY, .high = INFINITY};

	if (json_get_whole(entry, "voters") < 2)
		return b;
	b.low = bound_by(entry, "joint_low", "low");
	b.high = bound_by(entry, "joint_high", "high");
	return b;
}

void
bounds_group(const struct suite *suite, const json_t *fields, struct text *out)
{
	for (size_t i = 0; i < suite->rank_within_n; i++)
		text_addf(out, "%s\n", json_get_text(fields, suite->rank_within[i]));
	text_add(out, "", 0);
}
