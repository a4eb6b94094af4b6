/* kind_price.c — what a model or a piece of hardware costs, from when on and by which source.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "json.h"
#include "kinds.h"
#include "price.h"

#define AMOUNT_DIGITS_MAX 9

static const struct shape price_shape[] = {
    SHAPE_COMMON,
    {.name = "of", .type = SHAPE_NAME, .low = 1, .high = 20},
    {.name = "name", .type = SHAPE_NAME, .low = 1, .high = 200},
    {.name = "amount", .type = SHAPE_NAME, .low = 1, .high = 2 * AMOUNT_DIGITS_MAX + 1},
    {.name = "currency", .type = SHAPE_NAME, .low = 3, .high = 3},
    {.name = "unit", .type = SHAPE_NAME, .low = 1, .high = 40},
    {.name = "valid_from", .type = SHAPE_TIME},
    {.name = "source", .type = SHAPE_TEXT, .low = 1, .high = 500},
    {.name = NULL},
};

const struct price_unit price_units[] = {
    {"model", "million_input_tokens", "a million tokens of prompt"},
    {"model", "million_output_tokens", "a million generated tokens"},
    {"hardware", "hour", "an hour of one rented device"},
    {"hardware", "device", "one device, bought"},
    {NULL, NULL, NULL},
};

const struct price_unit *
price_unit_named(const char *of, const char *unit)
{
	for (const struct price_unit *u = price_units; u->of != NULL; u++)
		if (strcmp(u->of, of) == 0 && strcmp(u->unit, unit) == 0)
			return u;
	return NULL;
}

bool
price_amount_valid(const char *text)
{
	size_t whole = strspn(text, "0123456789"), part;

	if (whole == 0 || whole > AMOUNT_DIGITS_MAX || (whole > 1 && text[0] == '0'))
		return false;
	if (text[whole] == 0)
		return true;
	part = strspn(text + whole + 1, "0123456789");
	return text[whole] == '.' && part > 0 && part <= AMOUNT_DIGITS_MAX &&
	       text[whole + 1 + part] == 0;
}

static bool
price_check(const json_t *body, struct fault *f)
{
	const char *of = json_get_text(body, "of"), *unit = json_get_text(body, "unit");
	const char *amount = json_get_text(body, "amount");
	const char *currency = json_get_text(body, "currency");

	if (strcmp(of, "model") != 0 && strcmp(of, "hardware") != 0)
		return fault_set(f, FAULT_WRONG_FORM, "/of", "model or hardware", "\"%s\"", of);
	if (price_unit_named(of, unit) == NULL)
		return fault_set(f, FAULT_WRONG_FORM, "/unit",
		    strcmp(of, "model") == 0 ? "million_input_tokens or million_output_tokens"
					     : "hour or device",
		    "\"%s\"", unit);
	if (!price_amount_valid(amount))
		return fault_set(f, FAULT_WRONG_FORM, "/amount",
		    "up to 9 digits and up to 9 behind a point, as text", "\"%s\"", amount);
	return strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3 ||
	       fault_set(f, FAULT_WRONG_FORM, "/currency",
		   "a currency's three letters, as ISO 4217 has them", "\"%s\"", currency);
}

const struct kind_info kind_price = {
    .name = "price",
    .type = "application/vnd.assay.price.v1+json",
    .shape = price_shape,
    .check = price_check,
};
