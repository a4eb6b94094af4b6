/* plausible.c — what the checks say of a submission.
 * SPDX-License-Identifier: Apache-2.0 */
#include "plausible.h"

#include <stdio.h>
#include <string.h>

#include "json.h"
#include "number.h"
#include "roofline.h"

const char *
doubt_name(enum doubt doubt)
{
	static const char *const names[DOUBT__MAX] = {
	    [DOUBT_NONE] = "",
	    [DOUBT_BOUNDS] = "bounds",
	    [DOUBT_ROOFLINE] = "roofline",
	    [DOUBT_ANCHORS] = "anchors",
	    [DOUBT_NEIGHBOURS] = "neighbours",
	};

	return names[doubt];
}

static bool
is_in_bounds(const struct suite_metric *m, double v, size_t index, struct plausibility *out)
{
	char value[REAL_SIZE], low[REAL_SIZE], high[REAL_SIZE];

	if (v >= m->low && v <= m->high)
		return true;
	real_print(v, value);
	real_print(m->low, low);
	real_print(m->high, high);
	out->doubt = DOUBT_BOUNDS;
	out->number = v;
	out->bound = v < m->low ? m->low : m->high;
	snprintf(out->pointer, sizeof(out->pointer), "/results/%zu/value", index);
	snprintf(out->reason, sizeof(out->reason),
	    "%s %s is outside the suite's bounds %s to %s%s%s", m->name, value, low, high,
	    m->unit[0] ? " " : "", m->unit);
	return false;
}

static bool
is_possible(const json_t *body, const json_t *result, const struct suite *suite,
    const struct catalogue *catalogue, size_t index, struct plausibility *out)
{
	char value[REAL_SIZE], bound[REAL_SIZE];
	double v = json_get_real(result, "value");
	struct roofline roof;

	if (!roofline_find(body, result, suite, catalogue, &roof) || v <= roof.bound)
		return true;
	real_print(v, value);
	real_print(roof.bound, bound);
	out->doubt = DOUBT_ROOFLINE;
	out->number = v;
	out->bound = roof.bound;
	snprintf(out->pointer, sizeof(out->pointer), "/results/%zu/value", index);
	snprintf(out->reason, sizeof(out->reason),
	    "decode %s tokens/s is above %s: each token reads %.3g GB, and memory gives %.4g "
	    "GB/s%s, "
	    "with half as much again allowed",
	    value, bound, roof.gigabytes, roof.bandwidth_gbs,
	    roof.speculative ? ", 20 tokens a reading" : "");
	return false;
}

void
plausible_alone(const json_t *body, const struct suite *suite, const struct catalogue *catalogue,
    struct plausibility *out)
{
	const json_t *result;
	size_t i;

	memset(out, 0, sizeof(*out));
	json_array_foreach (json_object_get(body, "results"), i, result) {
		const struct suite_metric *m = suite_metric(suite, json_get_text(result, "metric"));

		if (m != NULL && (!is_in_bounds(m, json_get_real(result, "value"), i, out) ||
				     !is_possible(body, result, suite, catalogue, i, out)))
			return;
	}
}

json_t *
plausibility_json(const struct plausibility *p)
{
	if (p->doubt == DOUBT_NONE)
		return json_pack("{s:b}", "plausible", 1);
	return json_pack("{s:b, s:s, s:s, s:f, s:f, s:s}", "plausible", 0, "rule",
	    doubt_name(p->doubt), "pointer", p->pointer, "number", p->number, "bound", p->bound,
	    "reason", p->reason);
}
