/* rank.c — ranks as intervals.
 * SPDX-License-Identifier: Apache-2.0 */
#include "rank.h"

#include "scale.h"

/* How many of the sorted values are below x, with `equal` also those equal to it. */
static size_t
count_below(const double *sorted, size_t n, double x, bool equal)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (sorted[middle] < x || (equal && sorted[middle] == x))
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

void
rank_intervals(struct ranked *list, size_t n, bool higher_is_better, double *scratch)
{
	double *lows = scratch, *highs = scratch + n;

	for (size_t i = 0; i < n; i++) {
		lows[i] = list[i].low;
		highs[i] = list[i].high;
	}
	sort_values(lows, n);
	sort_values(highs, n);
	for (size_t i = 0; i < n; i++) {
		size_t above = n - count_below(lows, n, list[i].high, true);
		size_t below = count_below(highs, n, list[i].low, false);

		list[i].best = 1 + (higher_is_better ? above : below);
		list[i].worst = n - (higher_is_better ? below : above);
	}
}
