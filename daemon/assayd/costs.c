/* costs.c — what machines and models cost.
 * SPDX-License-Identifier: Apache-2.0 */
#include "costs.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "prices.h"
#include "scale.h"

#define CURRENCY "USD"
#define PROVIDERS_MAX 64

/* ---- hardware ---- */

/* What a row says, while the rows live. */
static struct said_price
said_price(const struct db_rows *rows, size_t i)
{
	return (struct said_price){.index = db_whole(rows, i, PRICE_INDEX),
	    .of = db_text(rows, i, PRICE_OF),
	    .name = db_text(rows, i, PRICE_CALLED),
	    .amount = db_text(rows, i, PRICE_AMOUNT),
	    .currency = db_text(rows, i, PRICE_CURRENCY),
	    .unit = db_text(rows, i, PRICE_UNIT),
	    .valid_from = db_text(rows, i, PRICE_VALID_FROM),
	    .source = db_text(rows, i, PRICE_SOURCE)};
}

static json_t *
said_json(const struct said_price *p)
{
	return json_pack("{s:f, s:s, s:s, s:s, s:s, s:I}", "amount", strtod(p->amount, NULL),
	    "currency", p->currency, "from", "log", "source", p->source, "date", p->valid_from,
	    "index", (json_int_t)p->index);
}

static json_t *
said_hourly(const struct costs *c, const struct price_query *q)
{
	struct said_price best = {0};

	for (size_t i = 0; i < db_rows_n(c->prices); i++) {
		const struct said_price p = said_price(c->prices, i);

		if (db_null(c->prices, i, PRICE_RETRACTED) && price_fits(&p, q) &&
		    price_holds_over(&p, best.of != NULL ? &best : NULL))
			best = p;
	}
	return best.of != NULL ? said_json(&best) : NULL;
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
	struct price_query q = {.of = "hardware",
	    .name = hardware,
	    .unit = "hour",
	    .currency = CURRENCY,
	    .catalogue = c->catalogue};
	json_t *price;

	if (hardware[0] == 0 || hardware_is_mixed(hardware))
		return NULL;
	price_query_begin(&q);
	price = said_hourly(c, &q);
	return price != NULL || q.slug[0] == 0 ? price : rented_hourly(c->catalogue, q.slug);
}

/* ---- tokens ---- */

static bool
is_said(const struct costs *c, size_t i, const char *unit)
{
	return db_null(c->prices, i, PRICE_RETRACTED) &&
	       strcmp(db_text(c->prices, i, PRICE_OF), "model") == 0 &&
	       strcmp(db_text(c->prices, i, PRICE_UNIT), unit) == 0 &&
	       strcmp(db_text(c->prices, i, PRICE_CURRENCY), CURRENCY) == 0;
}

static json_t *
entry_of(json_t *list, const char *model)
{
	json_t *entry = json_find_with(list, "model", model);

	if (entry != NULL)
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
			const struct said_price p = said_price(c->prices, i);
			json_t *entry, *price;

			if (!is_said(c, i, units[k][0]) ||
			    (name != NULL && strcmp(p.name, name) != 0))
				continue;
			entry = entry_of(list, p.name);
			price = json_object_get(entry, units[k][1]);
			if (price == NULL || strcmp(p.valid_from, json_get_text(price, "date")) > 0)
				json_object_set_new(entry, units[k][1], said_json(&p));
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
