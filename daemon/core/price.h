/* price.h — what a price is of, and per what; amounts.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_PRICE_H
#define ASSAY_PRICE_H

#include <stdbool.h>
#include <stddef.h>

/* A unit in which the price of something is given. */
struct price_unit {
	const char *of; /* "model" or "hardware" */
	const char *unit;
	const char *about; /* for people */
};

/* All of them; a row with NULL ends. */
extern const struct price_unit price_units[];

/* Find the unit with which such a thing is priced; NULL: there is none of that name. */
const struct price_unit *price_unit_named(const char *of, const char *unit);

/* Tell whether text is an amount: 1 to 9 digits without a leading zero, and at most 9 behind a
 * point. Amounts are text throughout, so that no rounding enters the log. */
bool price_amount_valid(const char *text);

#endif
