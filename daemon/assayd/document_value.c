/* document_value.c — quality against price: models on machines of one's own, and where they are
 * sold. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "costs.h"
#include "document.h"
#include "facts.h"
#include "json.h"
#include "levels.h"
#include "place.h"
#include "speeds.h"
#include "value.h"

/* ---- one machine ---- */

static void
put_cost(json_t *entry, const json_t *rate, double hourly, double devices)
{
	double low = json_get_real(rate, "low"), high = json_get_real(rate, "high");
	json_t *cost =
	    json_pack("{s:f}", "point", value_cost(hourly, devices, json_get_real(rate, "point")));

	if (low > 0 && high > 0) {
		json_object_set_new(cost, "low", json_real(value_cost(hourly, devices, high)));
		json_object_set_new(cost, "high", json_real(value_cost(hourly, devices, low)));
	}
	json_object_set_new(entry, "usd_per_million_tokens", cost);
}

/* Against the cheapest that sells the same model. */
static void
put_break_even(
    json_t *entry, const struct level *levels, size_t n, const json_t *sold, double cost_per_hour)
{
	struct value_level rates[LEVELS_MAX];
	size_t i;
	const json_t *seller, *best = NULL;
	double price = 0, needed;
	long streams;
	json_t *made;

	json_array_foreach (sold, i, seller) {
		double p = json_get_real(json_object_get(seller, "output"), "amount");

		if (p > 0 && (best == NULL || p < price)) {
			best = seller;
			price = p;
		}
	}
	if (best == NULL || n == 0)
		return;
	for (i = 0; i < n; i++)
		rates[i] = (struct value_level){
		    (long)levels[i].streams, json_get_real(levels[i].rate, "point")};
	needed = value_rate_needed(cost_per_hour, 1, price);
	streams = value_break_even(rates, n, needed);
	made = json_pack("{s:f, s:f, s:o, s:O}", "output_usd_per_million_tokens", price,
	    "tokens_per_s", needed, "streams", streams > 0 ? json_integer(streams) : json_null(),
	    "from", json_object_get(best, "from"));
	if (json_object_get(best, "provider") != NULL)
		json_object_set(made, "provider", json_object_get(best, "provider"));
	json_object_set_new(entry, "break_even", made);
}

static void
put_price(json_t *entry, const struct costs *costs, const json_t *machine)
{
	json_t *price = hourly_price(costs, json_get_text(machine, "hardware"));

	json_object_set_new(entry, "price_per_hour", price != NULL ? price : json_null());
}

static json_t *
machine_json(const struct costs *costs, const json_t *machine, const json_t *sold)
{
	static const char *const members[] = {"subject", "quantization", "hardware",
	    "accelerator_count", "offload", "backend", "engine"};
	struct level levels[LEVELS_MAX];
	size_t n = levels_of(machine, levels);
	const struct level *busiest = levels_busiest(levels, n);
	double devices = strtod(json_get_text(machine, "accelerator_count"), NULL), hourly;
	json_t *entry;

	if (busiest == NULL)
		return NULL;
	if (devices < 1)
		devices = 1; /* nothing is offloaded: the machine itself */
	entry = json_object();
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (json_object_get(machine, members[i]) != NULL)
			json_object_set(entry, members[i], json_object_get(machine, members[i]));
	json_object_set(entry, "rate", (json_t *)busiest->rate);
	json_object_set_new(entry, "streams", json_integer(busiest->streams));
	json_object_set_new(entry, "levels", levels_json(levels, n));
	put_price(entry, costs, machine);
	hourly = json_get_real(json_object_get(entry, "price_per_hour"), "amount");
	if (hourly > 0) {
		put_cost(entry, busiest->rate, hourly, devices);
		put_break_even(entry, levels, n, sold, hourly * devices);
	}
	return entry;
}

/* ---- one model ---- */

/* Each quality suite's first metric, of each cell. */
static json_t *
quality_json(const struct rows_of_cells *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->cells.n; i++) {
		const struct shown *s = r->cells.list[i];
		const char *metric = s->suite->metrics[0].name;
		json_t *estimate = NULL;

		if (s->hardware == NULL && strcmp(s->suite->name, "quantization") != 0)
			estimate = estimate_short(r->rows[i], metric);
		if (estimate == NULL)
			continue;
		json_object_set_new(estimate, "subject", json_string(s->subject));
		json_object_set_new(estimate, "suite",
		    json_pack("{s:s, s:I}", "name", s->suite->name, "version",
			(json_int_t)s->suite->version));
		json_object_set_new(estimate, "metric", json_string(metric));
		json_object_set_new(estimate, "judge", json_string(row_field(r->rows[i], "judge")));
		json_array_append_new(list, estimate);
	}
	return list;
}

static json_t *
self_hosted_json(const struct costs *costs, const struct rows_of_cells *r, const json_t *sold)
{
	json_t *machines = speeds_json(r, NULL), *machine, *list = json_array();
	size_t i;

	json_array_foreach (machines, i, machine) {
		json_t *entry = machine_json(costs, machine, sold);

		if (entry != NULL)
			json_array_append_new(list, entry);
	}
	json_decref(machines);
	return list;
}

static json_t *
model_value(const struct view *v, const char *name, const struct db_rows *prices,
    const struct rows_of_cells *r)
{
	const struct costs costs = {.prices = prices, .catalogue = v->catalogue};
	json_t *facts = model_facts(v->catalogue, name), *sold = token_prices(&costs, name);
	json_t *self = self_hosted_json(&costs, r, sold), *quality = quality_json(r), *made = NULL;
	struct text path = {0};

	model_path(name, &path);
	if (json_array_size(self) > 0 || json_array_size(quality) > 0)
		made = json_pack("{s:s, s:s, s:O, s:O, s:o, s:O?}", "name", name, "document",
		    path.data, "self_hosted", self, "quality", quality, "reported",
		    facts != NULL ? reported_scores(v->catalogue, json_get_text(facts, "hf_repo"))
				  : json_array(),
		    "facts", facts);
	text_clear(&path);
	json_decref(self);
	json_decref(quality);
	json_decref(sold);
	json_decref(facts);
	return made;
}

/* Kept printed, by name: a round makes only those that it touched. */
bool
make_value_part(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	const struct cells cells = cells_of_model(v, w->name);
	struct db_rows *prices = dbsync_ask(v->db, QUERY_PRICES, NULL, f);
	struct rows_of_cells rows = {0};
	json_t *made = NULL;
	struct text text = {0};

	(void)out;
	if (prices != NULL && rows_parse(&cells, &rows)) {
		made = model_value(v, w->name, prices, &rows);
		if (made != NULL)
			json_print(made, &text);
		json_object_del(v->value_parts, w->name);
		if (made != NULL)
			json_object_set_new(v->value_parts, w->name,
			    json_pack("{s:s, s:I}", "text", text.data, "log_size",
				(json_int_t)cells_log_size(&cells, NULL)));
		text_clear(&text);
	}
	rows_clear(&rows);
	json_decref(made);
	dbsync_free(prices);
	return prices != NULL;
}

/* ---- the document ---- */

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
add_models(const json_t *parts, struct text *out)
{
	size_t n = 0;
	const char **names = calloc(json_object_size(parts) + 1, sizeof(*names)), *name;
	json_t *part;

	out->failed = out->failed || names == NULL;
	json_object_foreach ((json_t *)parts, name, part)
		if (names != NULL)
			names[n++] = name;
	if (names != NULL)
		qsort(names, n, sizeof(*names), by_name);
	document_begin_list(out, "models");
	for (size_t i = 0; i < n; i++) {
		const char *text = json_get_text(json_object_get(parts, names[i]), "text");

		document_list_add(out, text, strlen(text));
	}
	document_end_list(out);
	free(names);
}

static int64_t
size_of_all(const struct view *v, const struct db_rows *prices)
{
	int64_t size = v->config_size;
	const char *name;
	json_t *part;

	json_object_foreach (v->value_parts, name, part)
		if (json_get_whole(part, "log_size") > size)
			size = json_get_whole(part, "log_size");
	for (size_t i = 0; i < db_rows_n(prices); i++)
		if (db_whole(prices, i, PRICE_CHANGED) >= size)
			size = db_whole(prices, i, PRICE_CHANGED) + 1;
	return size;
}

bool
make_value(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	struct db_rows *prices = dbsync_ask(v->db, QUERY_PRICES, NULL, f);
	const struct costs costs = {.prices = prices, .catalogue = v->catalogue};

	(void)w;
	text_add_str(&out->path, "value.json");
	if (prices != NULL) {
		document_begin(&out->text, "assay-value-v1", size_of_all(v, prices));
		document_add(&out->text, "formulas",
		    json_pack("{s:s, s:s}", "usd_per_million_tokens", value_cost_text, "break_even",
			value_break_even_text));
		add_models(v->value_parts, &out->text);
		document_add_list(&out->text, "sold", token_prices(&costs, NULL));
		document_end(&out->text);
	}
	dbsync_free(prices);
	return prices != NULL && document_made(out, f);
}

/* ---- reported scores ---- */

static void
add_table(const struct view *v, enum catalogue_table table, const char *name_member, json_t *list)
{
	json_t *row;
	size_t i;

	json_array_foreach (v->catalogue->rows[table], i, row) {
		json_t *entry = json_pack("{s:O, s:s}", "model", json_object_get(row, name_member),
		    "standing", "reported");

		json_object_update(entry, row);
		json_object_del(entry, "name");
		json_array_append_new(list, entry);
	}
}

bool
make_reported(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	static const struct {
		enum catalogue_table table;
		const char *name, *model;
	} tables[] = {{CATALOGUE_MT_BENCH, "mt_bench", "model"},
	    {CATALOGUE_ALPACA_EVAL, "alpaca_eval", "name"},
	    {CATALOGUE_PERPLEXITY, "perplexity", "model"},
	    {CATALOGUE_THROUGHPUT, "throughput", "model"}};

	(void)w;
	text_add_str(&out->path, "reported.json");
	document_begin(&out->text, "assay-reported-v1", v->config_size);
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		json_t *list = json_array();

		if (v->catalogue != NULL)
			add_table(v, tables[i].table, tables[i].model, list);
		document_add_list(&out->text, tables[i].name, list);
	}
	document_end(&out->text);
	return document_made(out, f);
}
