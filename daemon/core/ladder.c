/* ladder.c — which quantization of a model is the smallest that is still good enough.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ladder.h"

const double ladder_limits[] = {1.005, 1.01, LADDER_LIMIT, 1.05, 0};

const char *
good_name(enum good good)
{
	static const char *const names[] = {
	    [GOOD_UNDECIDED] = "undecided", [GOOD_YES] = "yes", [GOOD_NO] = "no"};

	return names[good];
}

enum good
rung_judge(const struct rung *rung, double limit)
{
	if (!rung->has_loss || rung->contested || !interval_decides(rung->loss.kind))
		return GOOD_UNDECIDED;
	if (rung->loss.high <= limit)
		return GOOD_YES;
	return rung->loss.low > limit ? GOOD_NO : GOOD_UNDECIDED;
}

size_t
rungs_smallest(const struct rung *rungs, size_t n, double limit)
{
	for (size_t i = 0; i < n; i++)
		if (rungs[i].size >= 0 && rung_judge(&rungs[i], limit) == GOOD_YES)
			return i;
	return n;
}
