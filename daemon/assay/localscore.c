/* localscore.c — results of LocalScore, as its client prints and uploads them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft_parts.h"
#include "glance.h"
#include "importer.h"
#include "json.h"
#include "records.h"

#define MIB_PER_GB 1024.0

/* Metrics of one test; those of the whole run stand in results_summary. */
static const char *const measured[] = {"prompt_tps", "gen_tps", "ttft_ms", "avg_time_ms",
    "prompt_tps_watt", "gen_tps_watt", "power_watts"};

struct reading {
	const struct record *r;
	struct draft *d;
	struct fault *f;
	double prompt_sum, gen_sum, ttft_sum;
	size_t tests_n;
};

static json_t *
hardware_of(const json_t *record)
{
	const json_t *system = json_object_get(record, "system_info");
	const json_t *device = json_object_get(record, "accelerator_info");
	const char *type = json_get_text(device, "type"), *name = json_get_text(device, "name");
	double ram = json_number_value(json_object_get(system, "ram_gb"));
	double memory = json_number_value(json_object_get(device, "memory_gb"));
	json_t *hardware = json_pack("{s:[]}", "accelerators"), *gpu;

	if (json_get_text(system, "cpu_name")[0] != 0)
		json_object_set_new(
		    hardware, "cpu", json_pack("{s:s}", "name", json_get_text(system, "cpu_name")));
	if (strcmp(type, "CPU") != 0 && name[0] != 0) {
		gpu = json_pack("{s:s}", "name", name);
		if (memory > 0 && memory < 1e6)
			json_object_set_new(gpu, "memory_mib",
			    json_integer((json_int_t)round(memory * MIB_PER_GB)));
		json_array_append_new(json_object_get(hardware, "accelerators"), gpu);
	}
	if (ram > 0 && ram < 1e6)
		json_object_set_new(
		    hardware, "memory_mib", json_integer((json_int_t)round(ram * MIB_PER_GB)));
	set_text(hardware, "os", json_get_text(system, "kernel_type"));
	return hardware;
}

static void
read_head(struct reading *g, const json_t *first)
{
	const json_t *runtime = json_object_get(g->r->json, "runtime_info");
	json_t *engine = json_object_get(g->d->body, "engine");
	json_t *model = json_object_get(g->d->body, "model");
	const char *file = base_name(json_get_text(first, "model_filename"));
	int64_t parameters = json_get_whole(first, "model_n_params");
	int64_t size = json_get_whole(first, "model_size");

	set_text(engine, "name", json_get_text(runtime, "name"));
	set_text(engine, "version", json_get_text(runtime, "version"));
	set_text(engine, "commit", json_get_text(runtime, "commit"));
	json_object_set_new(g->d->body, "hardware", hardware_of(g->r->json));
	set_text(model, "file", file);
	set_text(model, "quantization", json_get_text(first, "model_quant_str"));
	if (parameters > 0)
		json_object_set_new(model, "parameters", json_integer(parameters));
	if (size > 0)
		json_object_set_new(model, "size_bytes", json_integer(size));
	draft_file_name(g->d, file[0] != 0 ? file : json_get_text(first, "model_name"));
}

static bool
test_fault(const struct reading *g, size_t i, const char *expected, const char *got)
{
	return record_fault(g->f, g->r, "results", expected, "%s, test %zu", got, i + 1);
}

/* Repetitions are only in what the client prints, not in what it uploads. */
static int64_t
repetitions(const json_t *test)
{
	size_t n = json_array_size(json_object_get(test, "samples_ns"));

	return n > 0 ? (int64_t)n : 1;
}

static void
add_spread(const json_t *test, const char *name, json_t *result)
{
	static const char *const pairs[][2] = {{"prompt_tps", "prompt_tps_stddev"},
	    {"gen_tps", "gen_tps_stddev"}, {"avg_time_ms", "stddev_time_ms"}};

	for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++) {
		const json_t *sd = json_object_get(test, pairs[k][1]);

		if (strcmp(pairs[k][0], name) == 0 && json_is_number(sd) &&
		    json_number_value(sd) >= 0 && repetitions(test) > 1)
			json_object_set_new(result, "sd", json_real(json_number_value(sd)));
	}
}

static bool
read_test(struct reading *g, size_t i, const json_t *test)
{
	json_t *conditions =
	    json_pack("{s:I, s:I}", "n_prompt", (json_int_t)json_get_whole(test, "n_prompt"),
		"n_gen", (json_int_t)json_get_whole(test, "n_gen"));
	bool done = json_is_integer(json_object_get(test, "n_prompt")) &&
		    json_is_integer(json_object_get(test, "n_gen"));

	for (size_t k = 0; done && k < sizeof(measured) / sizeof(measured[0]); k++) {
		const json_t *value = json_object_get(test, measured[k]);
		json_t *result;

		if (value == NULL && k > 2)
			continue;
		done = json_is_number(value);
		result = done ? draft_result(g->d, measured[k], conditions,
				    json_number_value(value), repetitions(test))
			      : NULL;
		if (result != NULL)
			add_spread(test, measured[k], result);
	}
	json_decref(conditions);
	g->prompt_sum += json_number_value(json_object_get(test, "prompt_tps"));
	g->gen_sum += json_number_value(json_object_get(test, "gen_tps"));
	g->ttft_sum += json_number_value(json_object_get(test, "ttft_ms"));
	g->tests_n++;
	return done || test_fault(g, i, "n_prompt, n_gen, prompt_tps, gen_tps, ttft_ms as numbers",
			   "a test without one of them");
}

/* Plain means over the tests, and 10 times the cube root of their product. What the file says of
 * it must be that; it says nothing where the client printed it. */
static bool
read_summary(struct reading *g)
{
	double n = (double)g->tests_n, prompt = g->prompt_sum / n, gen = g->gen_sum / n;
	double ttft = g->ttft_sum / n;
	const struct {
		const char *name;
		double value;
	} rows[] = {{"avg_prompt_tps", prompt}, {"avg_gen_tps", gen}, {"avg_ttft_ms", ttft},
	    {"performance_score", 10 * cbrt(prompt * gen * 1000 / ttft)}};
	const json_t *summary = json_object_get(g->r->json, "results_summary");

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		const json_t *told = json_object_get(summary, rows[k].name);
		double value = json_is_number(told) ? json_number_value(told) : rows[k].value;
		char key[64];

		snprintf(key, sizeof(key), "results_summary\n%s", rows[k].name);
		if (!(fabs(value - rows[k].value) <= 1e-6 * fabs(rows[k].value)))
			return record_fault(g->f, g->r, key, "the mean over the tests above it",
			    "%.10g instead of %.10g", value, rows[k].value);
		draft_result(g->d, rows[k].name, NULL, value, 1);
	}
	return true;
}

static bool
same_model(const json_t *a, const json_t *b)
{
	static const char *const names[] = {"model_name", "model_quant_str", "model_filename"};

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
		if (strcmp(json_get_text(a, names[k]), json_get_text(b, names[k])) != 0)
			return false;
	return true;
}

static bool
read_record(const struct source *in, const struct record *r, struct drafts *out, struct fault *f)
{
	const json_t *tests = json_object_get(r->json, "results"), *test;
	struct reading g = {.r = r, .f = f};
	size_t i;

	if (json_object_get(r->json, "runtime_info") == NULL || json_array_size(tests) == 0)
		return record_fault(f, r, "results",
		    "what `localscore -o json` prints: runtime_info, accelerator_info, results",
		    "an object without");
	g.d = draft_begin(in, out, "localscore", "LocalScore", f);
	if (g.d == NULL)
		return false;
	read_head(&g, json_array_get(tests, 0));
	json_array_foreach (tests, i, test) {
		if (!same_model(json_array_get(tests, 0), test))
			return test_fault(&g, i, "one model in all tests", "another");
		if (!read_test(&g, i, test))
			return false;
	}
	return read_summary(&g);
}

static bool
recognise(const struct glance *g)
{
	return glance_is_records(g) && glance_has(g, "runtime_info") &&
	       glance_has(g, "accelerator_info") && glance_begins(g, "results", '[');
}

const struct importer importer_localscore = {
    .name = "localscore",
    .summary = "LocalScore, as `localscore -o json` prints it or the site takes it",
    .recognise = recognise,
    .read_record = read_record,
    .media = "application/json",
};
