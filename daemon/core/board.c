/* board.c — the published documents, from rows to JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#include "board.h"

#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "estimate.h"
#include "json.h"
#include "number.h"
#include "place.h"

static json_t *
texts(const char *const *list, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_string(list[i]));
	return array;
}

static json_t *
metric_head(const struct suite_metric *m)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:{s:f}}", "name", m->name, "unit", m->unit,
	    "direction", m->higher_is_better ? "higher" : "lower", "scale",
	    m->log_scale ? "log" : "linear", "tolerance",
	    m->tolerance_is_relative ? "relative" : "absolute", m->tolerance);
}

json_t *
suite_head(const struct suite *suite)
{
	json_t *metrics = json_array();
	char hex[HEX32_SIZE];

	hex_print(suite->digest, SHA256_SIZE, hex);
	for (size_t i = 0; i < suite->metrics_n; i++)
		json_array_append_new(metrics, metric_head(&suite->metrics[i]));
	return json_pack("{s:s, s:I, s:s, s:s, s:o, s:o, s:o}", "name", suite->name, "version",
	    (json_int_t)suite->version, "title", suite->title, "digest", hex, "cell",
	    texts(suite->cell, suite->cell_n), "rank_within",
	    texts(suite->rank_within, suite->rank_within_n), "metrics", metrics);
}

/* What the board says of a model, in this order, where the submission says it. */
static json_t *
model_head(const json_t *model)
{
	static const char *const members[] = {"revision", "file", "sha256", "format",
	    "quantization", "bits_per_weight", "parameters", "active_parameters", "size_bytes"};
	struct text path = {0};
	json_t *head = json_object();

	model_path(json_get_text(model, "name"), &path);
	json_object_set(head, "name", json_object_get(model, "name"));
	json_object_set_new(head, "document", json_string(path.data));
	text_clear(&path);
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		json_t *value = json_object_get(model, members[i]);

		if (value != NULL)
			json_object_set(head, members[i], value);
	}
	return head;
}

static size_t
runs_of(const struct cell_source *s, const char *metric, struct run *runs, int64_t *runs_n)
{
	size_t n = 0;

	for (size_t i = 0; i < s->runs_n; i++)
		if (strcmp(s->runs[i].metric, metric) == 0) {
			runs[n++] = s->runs[i].run;
			*runs_n = s->runs[i].runs_n;
		}
	return n;
}

static json_t *
estimate_json(const char *metric, const struct estimate *e, int64_t runs_n)
{
	const struct interval *in = &e->interval;
	const struct agreement *a = &e->agreement;

	return json_pack("{s:s, s:f, s:f, s:f, s:s, s:f, s:s, s:I, s:I, s:I, s:I, s:I, s:f, s:f}",
	    "metric", metric, "point", in->point, "low", in->low, "high", in->high, "interval",
	    interval_kind_name(in->kind), "spread", in->spread, "standing",
	    standing_name(a->standing), "voters", (json_int_t)a->voters, "agreeing",
	    (json_int_t)a->agreeing, "established", (json_int_t)a->established, "outliers",
	    (json_int_t)e->outliers, "runs", (json_int_t)runs_n, "lowest_vote", e->lowest_vote,
	    "highest_vote", e->highest_vote);
}

/* The error over items, and the interval it makes of several submitters' own. */
static void
add_items(const struct estimate *e, json_t *entry)
{
	if (e->items.clusters < 2)
		return;
	json_object_set_new(entry, "items",
	    json_pack("{s:I, s:I, s:f}", "n", (json_int_t)e->items.items, "clusters",
		(json_int_t)e->items.clusters, "se", e->items.se));
	if (!interval_decides(e->joint.kind))
		return;
	json_object_set_new(entry, "joint_low", json_real(e->joint.low));
	json_object_set_new(entry, "joint_high", json_real(e->joint.high));
}

json_t *
board_estimate(
    const struct suite *suite, size_t metric, const struct board_runs *r, int64_t estimator)
{
	const struct suite_metric *m = &suite->metrics[metric];
	const struct tolerance tolerance = metric_tolerance(m);
	struct estimate e;
	json_t *entry;

	if (r->n == 0 || !estimate_cell(r->runs, r->n, &tolerance, &e))
		return NULL;
	if (estimator >= 2 && m->has_items &&
	    !estimate_items(
		r->runs, r->n, (size_t)suite->items_n, suite_clusters(suite), m->log_scale, &e))
		return NULL;
	entry = estimate_json(m->name, &e, r->runs_n);
	add_items(&e, entry);
	return entry;
}

static json_t *
metric_estimate(const struct cell_source *s, size_t metric)
{
	struct board_runs r = {.runs = calloc(s->runs_n + 1, sizeof(*r.runs))};
	json_t *entry;

	if (r.runs != NULL)
		r.n = runs_of(s, s->suite->metrics[metric].name, r.runs, &r.runs_n);
	entry = board_estimate(s->suite, metric, &r, s->estimator);
	free(r.runs);
	return entry;
}

json_t *
board_row(const struct cell_source *s)
{
	json_t *estimates = json_array();
	char hex[HEX32_SIZE];

	hex_print(s->cell, SHA256_SIZE, hex);
	for (size_t i = 0; i < s->suite->metrics_n; i++) {
		json_t *entry = metric_estimate(s, i);

		if (entry != NULL)
			json_array_append_new(estimates, entry);
	}
	return json_pack("{s:s, s:I, s:O, s:o, s:{s:s, s:O}, s:I, s:o}", "cell", hex, "log_size",
	    (json_int_t)s->log_size, "fields", s->fields, "model", model_head(s->model), "engine",
	    "name", s->engine, "versions", s->versions, "held", (json_int_t)s->held_n, "estimates",
	    estimates);
}

/* A number as bytes that sort as the number does: the sign bit turned, all bits if it is negative.
 */
static void
add_number_order(double value, struct text *out)
{
	uint64_t bits;
	double plain = value + 0.0; /* no negative zero */

	memcpy(&bits, &plain, sizeof(bits));
	bits = bits >> 63 ? ~bits : bits | (UINT64_C(1) << 63);
	text_addf(out, "%016llx", (unsigned long long)bits);
}

void
row_order(const json_t *row, struct text *out)
{
	const json_t *model = json_object_get(row, "model");
	const char *name;
	json_t *value;
	double number;

	text_addf(
	    out, "%s\001%s", json_get_text(model, "name"), json_get_text(model, "quantization"));
	json_object_foreach (json_object_get(row, "fields"), name, value) {
		const char *s = json_string_value(value);

		text_add_str(out, "\001");
		if (real_parse(s, &number))
			add_number_order(number, out);
		text_addf(out, "\177%s", s);
	}
	text_addf(out, "\001%s", json_get_text(row, "cell"));
}
