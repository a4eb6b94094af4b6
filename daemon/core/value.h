/* value.h — what a token costs: on a machine of one's own, and where others sell it. Pure.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Prices are per hour and device without tax, rates tokens a second of the whole machine, busy all
 * the time; who uses it for a share u of the time pays 1/u of it.
 */
#ifndef ASSAY_VALUE_H
#define ASSAY_VALUE_H

#include <stdbool.h>
#include <stddef.h>

/* Cost of a million tokens: hourly · devices · 10⁶ / (3600 · rate). All > 0. */
double value_cost(double hourly, double devices, double rate);

/* Rate from which on the machine is cheaper than buying at a price for a million tokens:
 * hourly · devices · 10⁶ / (3600 · per_million). All > 0. */
double value_rate_needed(double hourly, double devices, double per_million);

/* A machine's rate with so many streams at a time. */
struct value_level {
	long streams;
	double rate;
};

/* Return the fewest streams at which the machine reaches the rate: between two measured levels by
 * linear interpolation, rounded up; below the first as it would be in proportion to it. 0: it
 * reaches it at none that was measured. Levels in ascending order of streams. */
long value_break_even(const struct value_level *levels, size_t n, double rate_needed);

/* What the above says, for people who read the document. */
extern const char value_cost_text[], value_cost_used_text[], value_break_even_text[];

#endif
