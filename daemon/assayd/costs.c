/* costs.c — what machines and models cost.
 * SPDX-License-Identifier: Apache-2.0 */
#include "costs.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "scale.h"

#define PROVIDERS_MAX 64

/* ---- hardware ---- */

static bool
is_said(const struct costs *c, size_t i, const char *of, const char *unit)
{
	return db_null(c->prices, i, PRICE_RETRACTED) &&
	       strcmp(db_text(c->prices, i, PRICE_OF), of) == 0 &&
	       strcmp(db_text(c->prices, i, PRICE_UNIT), unit) == 0 &&
	       strcmp(db_text(c->prices, i, PRICE_CURRENCY), "USD") == 0;
}

/* The part's slug; "" if it is not one part that the catalogue knows. */
static void
slug_of(const struct catalogue *c, const char *raw, char out[CATALOGUE_SLUG_SIZE])
{
	const struct device_query q = {.raw = raw};
	struct catalogue_device device;

	out[0] = 0;
	if (c != NULL && catalogue_device(c, &q, &device) == MATCH_ONE)
		memcpy(out, device.slug, CATALOGUE_SLUG_SIZE);
}

static bool
same_part(const struct costs *c, const char *name, const char *hardware, const char *slug)
{
	char other[CATALOGUE_SLUG_SIZE];

	if (strcmp(name, hardware) == 0)
		return true;
	if (slug[0] == 0)
		return false;
	slug_of(c->catalogue, name, other);
	return strcmp(other, slug) == 0;
}

static json_t *
said_json(const struct db_rows *rows, size_t i)
{
	return json_pack("{s:f, s:s, s:s, s:s, s:s, s:I}", "amount",
	    strtod(db_text(rows, i, PRICE_AMOUNT), NULL), "currency", "USD", "from", "log",
	    "source", db_text(rows, i, PRICE_SOURCE), "date", db_text(rows, i, PRICE_VALID_FROM),
	    "index", (json_int_t)db_whole(rows, i, PRICE_INDEX));
}

/* Of equally dated prices the newest statement's: rows come newest first. */
static json_t *
said_hourly(const struct costs *c, const char *hardware, const char *slug)
{
	size_t best = db_rows_n(c->prices);

	for (size_t i = 0; i < db_rows_n(c->prices); i++)
		if (is_said(c, i, "hardware", "hour") &&
		    same_part(c, db_text(c->prices, i, PRICE_CALLED), hardware, slug) &&
		    (best == db_rows_n(c->prices) ||
			strcmp(db_text(c->prices, i, PRICE_VALID_FROM),
			    db_text(c->prices, best, PRICE_VALID_FROM)) > 0))
			best = i;
	return best < db_rows_n(c->prices) ? said_json(c->prices, best) : NULL;
}

/* Each provider's newest on-demand row. */
static size_t
newest_rentals(const struct catalogue_rows *rows, const json_t *out[PROVIDERS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++) {
		const json_t *row = catalogue_row(rows, i);
		size_t k = 0;

		if (strcmp(json_get_text(row, "rental_type"), "on-demand") != 0)
			continue;
		while (k < n && strcmp(json_get_text(out[k], "provider"),
				    json_get_text(row, "provider")) != 0)
			k++;
		if (k == n && n == PROVIDERS_MAX)
			continue;
		if (k == n)
			out[n++] = row;
		else if (strcmp(json_get_text(row, "date"), json_get_text(out[k], "date")) > 0)
			out[k] = row;
	}
	return n;
}

static json_t *
rented_hourly(const struct catalogue *c, const char *slug)
{
	struct catalogue_rows rows = catalogue_about_hardware(c, CATALOGUE_RENTALS, slug);
	const json_t *newest[PROVIDERS_MAX], *latest;
	double amounts[PROVIDERS_MAX];
	size_t n = newest_rentals(&rows, newest);
	json_t *made;

	if (n == 0)
		return NULL;
	latest = newest[0];
	for (size_t i = 0; i < n; i++) {
		amounts[i] = json_number_value(json_object_get(newest[i], "usd_per_gpu_hour"));
		if (strcmp(json_get_text(newest[i], "date"), json_get_text(latest, "date")) > 0)
			latest = newest[i];
	}
	made = json_pack("{s:f}", "amount", median_of(amounts, n, false));
	json_object_set_new(made, "currency", json_string("USD"));
	json_object_set_new(made, "from", json_string("catalogue"));
	json_object_set(made, "source", json_object_get(latest, "source"));
	json_object_set(made, "date", json_object_get(latest, "date"));
	json_object_set_new(made, "providers", json_integer((json_int_t)n));
	json_object_set_new(made, "lowest", json_real(amounts[0]));
	json_object_set_new(made, "highest", json_real(amounts[n - 1]));
	return made;
}

json_t *
hourly_price(const struct costs *c, const char *hardware)
{
	char slug[CATALOGUE_SLUG_SIZE];
	json_t *price;

	if (hardware[0] == 0 || strstr(hardware, " + ") != NULL)
		return NULL;
	slug_of(c->catalogue, hardware, slug);
	price = said_hourly(c, hardware, slug);
	return price != NULL || slug[0] == 0 ? price : rented_hourly(c->catalogue, slug);
}

/* ---- tokens ---- */

static json_t *
entry_of(json_t *list, const char *model)
{
	json_t *entry;
	size_t i;

	json_array_foreach (list, i, entry)
		if (strcmp(json_get_text(entry, "model"), model) == 0)
			return entry;
	entry = json_pack("{s:s, s:s, s:s}", "model", model, "kind", "said", "from", "log");
	json_array_append_new(list, entry);
	return entry;
}

/* Input and output are two statements; the later valid_from of a unit is what holds. */
static void
add_said(const struct costs *c, const char *name, json_t *list)
{
	static const char *const units[][2] = {
	    {"million_input_tokens", "input"}, {"million_output_tokens", "output"}};

	for (size_t i = 0; i < db_rows_n(c->prices); i++)
		for (size_t k = 0; k < 2; k++) {
			const char *model = db_text(c->prices, i, PRICE_CALLED);
			json_t *entry, *price;

			if (!is_said(c, i, "model", units[k][0]) ||
			    (name != NULL && strcmp(model, name) != 0))
				continue;
			entry = entry_of(list, model);
			price = json_object_get(entry, units[k][1]);
			if (price == NULL || strcmp(db_text(c->prices, i, PRICE_VALID_FROM),
						 json_get_text(price, "date")) > 0)
				json_object_set_new(entry, units[k][1], said_json(c->prices, i));
		}
}

static json_t *
sold_amount(const json_t *row, const char *member)
{
	json_t *price =
	    json_pack("{s:f, s:s, s:s}", "amount", json_number_value(json_object_get(row, member)),
		"currency", "USD", "from", "catalogue");

	json_object_set(price, "source", json_object_get(row, "source"));
	json_object_set(price, "date", json_object_get(row, "date"));
	return price;
}

static json_t *
sold_json(const json_t *row)
{
	static const char *const members[] = {"provider", "hf_repo", "tier", "effective_from"};
	json_t *entry = json_pack("{s:O, s:O, s:s, s:O}", "model", json_object_get(row, "model"),
	    "kind", json_object_get(row, "kind"), "from", "catalogue", "id",
	    json_object_get(row, "id"));

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (json_object_get(row, members[i]) != NULL)
			json_object_set(entry, members[i], json_object_get(row, members[i]));
	json_object_set_new(entry, "input", sold_amount(row, "input_usd_per_mtok"));
	json_object_set_new(entry, "output", sold_amount(row, "output_usd_per_mtok"));
	return entry;
}

/* What another price has taken the place of is history. */
static void
add_sold(const struct catalogue *c, const char *repo, json_t *list)
{
	const json_t *row;
	size_t i;

	json_array_foreach (c->rows[CATALOGUE_API_PRICES], i, row)
		if (json_object_get(row, "superseded_observed") == NULL &&
		    json_object_get(row, "effective_to") == NULL &&
		    (repo == NULL || strcmp(json_get_text(row, "hf_repo"), repo) == 0))
			json_array_append_new(list, sold_json(row));
}

json_t *
token_prices(const struct costs *c, const char *name)
{
	json_t *list = json_array();
	const json_t *model = NULL;

	add_said(c, name, list);
	if (c->catalogue != NULL && name == NULL)
		add_sold(c->catalogue, NULL, list);
	else if (c->catalogue != NULL && catalogue_model(c->catalogue, name, &model) == MATCH_ONE)
		add_sold(c->catalogue, json_get_text(model, "hf_repo"), list);
	return list;
}
