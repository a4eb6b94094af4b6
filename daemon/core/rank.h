/* rank.h — ranks as intervals: what cannot be told apart shares them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_RANK_H
#define ASSAY_RANK_H

#include <stdbool.h>
#include <stddef.h>

/* An interval that competes, and its ranks. */
struct ranked {
	double low, high;   /* in: the joint interval, low ≤ high */
	size_t best, worst; /* out: 1 ≤ best ≤ worst ≤ n */
};

/* Rank n intervals (DESIGN §8.8): best is 1 + how many are wholly better, worst n − how many are
 * wholly worse; intervals that touch are neither. O(n log n). scratch has room for 2 · n. */
void rank_intervals(struct ranked *list, size_t n, bool higher_is_better, double *scratch);

#endif
