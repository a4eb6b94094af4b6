/* bounds.h — what of a board's row competes for ranks, and against which rows. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_BOUNDS_H
#define ASSAY_BOUNDS_H

#include <jansson.h>
#include <stdbool.h>

#include "suite.h"
#include "text.h"

/* Significant digits of a board's reals: off by at most 5e-10 of themselves, half of what an audit
 * allows (DESIGN §8). A model's document has all digits. */
#define BOARD_DIGITS 10

/* Where a metric's value lies as far as several submitters make sure; else anywhere. */
struct bounds {
	bool measured;
	double low, high;
};

/* The bounds that an entry of a row's `estimates` gives: the joint interval where there is one;
 * what fewer than two submitters measured is never told apart. In BOARD_DIGITS: whoever ranks what
 * a board prints comes to the same ranks. */
struct bounds bounds_of_estimate(const json_t *entry);

/* Append the values of the suite's rank_within among a row's fields: rows with the same compete. */
void bounds_group(const struct suite *suite, const json_t *fields, struct text *out);

#endif
