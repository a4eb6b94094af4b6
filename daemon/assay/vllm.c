/* vllm.c — result files of vLLM's benchmarks: serve, throughput and latency, by their own keys.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft_parts.h"
#include "glance.h"
#include "importer.h"
#include "json.h"
#include "mend.h"
#include "number.h"
#include "records.h"

/* The three benchmarks, each told apart by two keys that only it writes. */
static const struct benchmark {
	const char *suite;
	const char *mark, *mark_too;
	const char *n; /* key of how many requests came to an end */
	const char *duration;
} benchmarks[] = {
    {"vllm-serve", "request_throughput", "completed", "completed", "duration"},
    {"vllm-throughput", "requests_per_second", "elapsed_time", "num_requests", "elapsed_time"},
    {"vllm-latency", "avg_latency", "percentiles", NULL, NULL},
};

/* Keys that are looked at by name, or tell nothing that could be compared. */
static const char *const passed_over[] = {
    "date",
    "label",
    "model_id",
    "tokenizer_id",
    "duration",
    "elapsed_time",
    "percentiles",
    "rtfx",
    "input_lens",
    "output_lens",
    "ttfts",
    "itls",
    "start_times",
    "generated_texts",
    "errors",
    "latencies",
    "queue_times",
    "rps_change_events",
};

struct reading {
	const struct record *r;
	const struct benchmark *kind;
	struct drafts *out;
	struct draft *d;
	json_t *conditions;
	int64_t n;
	struct fault *f;
};

static const struct benchmark *
kind_of(const json_t *record)
{
	for (size_t k = 0; k < sizeof(benchmarks) / sizeof(benchmarks[0]); k++)
		if (json_object_get(record, benchmarks[k].mark) != NULL &&
		    json_object_get(record, benchmarks[k].mark_too) != NULL)
			return &benchmarks[k];
	return NULL;
}

/* ---- conditions ---- */

/* request_rate is a number or "inf"; as a condition it is text. What --metadata told is text. */
static json_t *
condition_of(const struct suite_condition *c, const json_t *value)
{
	char text[REAL_SIZE];
	double number = json_number_value(value);

	if (c->type == CONDITION_TEXT && json_is_string(value))
		return json_string(without_path(json_string_value(value)));
	if (!json_is_number(value) &&
	    !(json_is_string(value) && real_parse(json_string_value(value), &number)))
		return NULL;
	if (c->type == CONDITION_TEXT) {
		real_print(number, text);
		return json_string(text);
	}
	if (c->type == CONDITION_REAL)
		return json_real(number);
	return c->type == CONDITION_WHOLE && floor(number) == number &&
		       fabs(number) < (double)INTEGER_MAX
		   ? json_integer((json_int_t)number)
		   : NULL;
}

static bool
read_conditions(struct reading *g)
{
	const struct suite *suite = g->d->suite;

	for (size_t k = 0; k < suite->conditions_n; k++) {
		const struct suite_condition *c = &suite->conditions[k];
		const json_t *value = json_object_get(g->r->json, c->name);
		json_t *told;

		if (value == NULL || json_is_null(value))
			continue;
		told = condition_of(c, value);
		if (told == NULL)
			return record_fault(g->f, g->r, c->name,
			    "a number or text, as vLLM writes it", "another type");
		json_object_set_new(g->conditions, c->name, told);
	}
	return true;
}

/* ---- results ---- */

static bool
is_passed_over(const struct reading *g, const char *key)
{
	for (size_t k = 0; k < sizeof(passed_over) / sizeof(passed_over[0]); k++)
		if (strcmp(passed_over[k], key) == 0)
			return true;
	return suite_condition(g->d->suite, key) != NULL;
}

/* Files of 2024-10 to 2025-07 write "request_goodput:". */
static const char *
metric_of(const char *key, char room[64])
{
	snprintf(room, 64, "%s", key);
	room[strcspn(room, ":")] = 0;
	return room;
}

/* Requests that were counted are counted among all. */
static int64_t
of_how_many(const struct reading *g, const char *metric)
{
	int64_t asked = json_get_whole(g->r->json, "num_prompts");
	bool counts = strcmp(metric, "completed") == 0 || strcmp(metric, "failed") == 0;

	return counts && asked > 0 ? asked : g->n;
}

static bool
read_number(struct reading *g, const char *key, const json_t *value)
{
	char room[64];
	const char *name = metric_of(key, room);
	const struct suite_metric *m = suite_metric(g->d->suite, name);
	double number;

	if (json_is_null(value) || is_passed_over(g, key))
		return true;
	if (m == NULL) {
		drafts_note(
		    g->out, "key %.60s is not known to %s and is left out", key, g->d->suite->name);
		return true;
	}
	if (real_of(value, &number) == REAL_NOT_FINITE) {
		drafts_note(g->out, "%.60s is no finite number and is left out", key);
		return true;
	}
	if (real_of(value, &number) != REAL_FINITE)
		return record_fault(g->f, g->r, key, "a number", "another type");
	if (draft_result(g->d, name, g->conditions, number, of_how_many(g, name)) == NULL)
		drafts_note(g->out, "%.60s is 0, so it was not measured, and is left out", key);
	return true;
}

/* Before 2025-10 nobody wrote how many failed. */
static bool
read_failures(struct reading *g)
{
	const json_t *failed = json_object_get(g->r->json, "failed");
	int64_t asked = json_get_whole(g->r->json, "num_prompts");
	int64_t n = failed != NULL ? json_integer_value(failed) : asked > 0 ? asked - g->n : 0;

	if (strcmp(g->kind->suite, "vllm-serve") != 0)
		return true;
	if (failed == NULL && asked > 0 && n >= 0)
		draft_result(g->d, "failed", g->conditions, (double)n, asked);
	if (n > 0)
		drafts_note(g->out,
		    "record %zu: %lld of %lld requests failed; they count nowhere "
		    "but in `failed`",
		    g->r->number, (long long)n, (long long)asked);
	return true;
}

static bool
read_numbers(struct reading *g)
{
	const char *key;
	json_t *value;

	json_object_foreach (g->r->json, key, value)
		if (!read_number(g, key, value))
			return false;
	return read_failures(g);
}

/* ---- the latency of a batch: percentiles in an object, repetitions in a list ---- */

/* The mean; NaN if there is none, or one of them is no number. */
static double
mean_of(const json_t *list)
{
	const json_t *value;
	double sum = 0;
	size_t k;

	json_array_foreach (list, k, value) {
		if (!json_is_number(value))
			return NAN;
		sum += json_number_value(value);
	}
	return sum / (double)json_array_size(list);
}

static double
deviation(const json_t *list, double mean)
{
	size_t n = json_array_size(list), k;
	double squares = 0;
	const json_t *value;

	json_array_foreach (list, k, value) {
		double off = json_number_value(value) - mean;

		squares += off * off;
	}
	return n > 1 ? sqrt(squares / (double)(n - 1)) : -1;
}

static bool
read_latency(struct reading *g)
{
	const json_t *latencies = json_object_get(g->r->json, "latencies");
	double average = json_number_value(json_object_get(g->r->json, "avg_latency"));
	double mean = mean_of(latencies), sd = deviation(latencies, mean);
	json_t *result, *value;
	const char *key;

	g->n = (int64_t)json_array_size(latencies);
	if (!isfinite(mean))
		return record_fault(g->f, g->r, "latencies", "a list of repetitions, in seconds",
		    g->n < 1 ? "none" : "one that is no number");
	if (!(fabs(mean - average) <= 1e-6 * fabs(mean)))
		return record_fault(g->f, g->r, "avg_latency", "the mean of its latencies",
		    "%.10g, while they say %.10g", average, mean);
	result = draft_result(g->d, "avg_latency", g->conditions, average, g->n);
	if (result != NULL && sd >= 0)
		json_object_set_new(result, "sd", json_real(sd));
	json_object_foreach (json_object_get(g->r->json, "percentiles"), key, value) {
		char name[16];

		snprintf(name, sizeof(name), "p%.10s", key);
		if (draft_result(g->d, name, g->conditions, json_number_value(value), g->n) == NULL)
			drafts_note(g->out, "percentile %.10s is not known to %s and is left out",
			    key, g->d->suite->name);
	}
	return result != NULL ||
	       record_fault(g->f, g->r, "avg_latency", "seconds over 0", "%g", average);
}

/* ---- one object ---- */

/* How fast a request had to be to count for goodput stands nowhere in the file. */
static void
ask_for(struct reading *g)
{
	if (json_is_number(json_object_get(g->r->json, "request_goodput")) ||
	    json_is_number(json_object_get(g->r->json, "request_goodput:")))
		draft_asks(g->d, "goodput");
}

static bool
check_counts(struct reading *g)
{
	if (g->kind->n == NULL)
		return true;
	g->n = json_get_whole(g->r->json, g->kind->n);
	if (g->n >= 1)
		return true;
	return record_fault(g->f, g->r, g->kind->n, "requests that came to an end, at least one",
	    "%lld", (long long)g->n);
}

static bool
read_whole(struct reading *g, const struct source *in)
{
	const json_t *r = g->r->json, *duration;

	g->kind = kind_of(r);
	if (g->kind == NULL)
		return record_fault(g->f, g->r, "request_throughput",
		    "a result of `vllm bench serve`, `throughput` or `latency`",
		    "an object without its keys");
	if (!check_counts(g))
		return false;
	g->d = draft_begin(in, g->out, g->kind->suite, "vLLM's benchmark", g->f);
	if (g->d == NULL)
		return false;
	draft_model_name(g->d, json_get_text(r, "model_id"));
	draft_extra(g->d, "date", json_get_text(r, "date"));
	ask_for(g);
	duration = g->kind->duration != NULL ? json_object_get(r, g->kind->duration) : NULL;
	if (json_is_number(duration) && json_number_value(duration) >= 0)
		json_object_set(g->d->body, "duration_s", (json_t *)duration);
	if (!read_conditions(g))
		return false;
	return g->kind->n == NULL ? read_latency(g) : read_numbers(g);
}

static bool
read_record(const struct source *in, const struct record *r, struct drafts *out, struct fault *f)
{
	struct reading g = {.r = r, .out = out, .conditions = json_object(), .f = f};
	bool done = read_whole(&g, in);

	json_decref(g.conditions);
	return done;
}

static bool
recognise(const struct glance *g)
{
	return glance_is_records(g) &&
	       ((glance_has(g, "request_throughput") && glance_has(g, "completed")) ||
		   (glance_has(g, "requests_per_second") && glance_has(g, "elapsed_time")) ||
		   (glance_has(g, "avg_latency") && glance_has(g, "percentiles")));
}

const struct importer importer_vllm = {
    .name = "vllm",
    .summary = "vLLM's `bench serve`, `throughput` and `latency`",
    .recognise = recognise,
    .read_record = read_record,
    .media = "application/json",
};
