/* llama_bench_record.c — one record of llama-bench: its keys, their types, what was measured.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "llama_bench.h"
#include "number.h"

#define CONTRADICTION 1e-3
#define PRINTED_STEP 1e-6 /* avg_ts has six decimals */

const struct bench_key bench_keys[] = {
    {.name = "n_prompt", .type = BENCH_WHOLE, .use = BENCH_POINT, .needed = true},
    {.name = "n_gen", .type = BENCH_WHOLE, .use = BENCH_POINT, .needed = true},
    {.name = "n_depth", .type = BENCH_WHOLE, .use = BENCH_POINT},
    {.name = "type_k", .type = BENCH_TEXT, .use = BENCH_POINT},
    {.name = "type_v", .type = BENCH_TEXT, .use = BENCH_POINT},
    {.name = "build_commit", .type = BENCH_TEXT, .use = BENCH_OWN, .needed = true},
    {.name = "build_number", .type = BENCH_WHOLE, .use = BENCH_OWN, .needed = true},
    {.name = "cpu_info", .type = BENCH_TEXT, .use = BENCH_OWN, .needed = true},
    {.name = "gpu_info", .type = BENCH_TEXT, .use = BENCH_OWN, .needed = true},
    {.name = "backends", .type = BENCH_TEXT, .use = BENCH_OWN, .needed = true},
    {.name = "model_filename", .type = BENCH_TEXT, .use = BENCH_OWN, .needed = true},
    {.name = "model_type", .type = BENCH_TEXT, .use = BENCH_OWN, .needed = true},
    {.name = "model_size", .type = BENCH_WHOLE, .use = BENCH_OWN, .needed = true},
    {.name = "model_n_params", .type = BENCH_WHOLE, .use = BENCH_OWN, .needed = true},
    {.name = "n_batch", .type = BENCH_WHOLE, .use = BENCH_CONDITION},
    {.name = "n_ubatch", .type = BENCH_WHOLE, .use = BENCH_CONDITION},
    {.name = "n_threads", .type = BENCH_WHOLE, .use = BENCH_CONDITION},
    {.name = "cpu_mask", .type = BENCH_TEXT, .use = BENCH_FLAG, .mute = "0x0"},
    {.name = "cpu_strict", .type = BENCH_BOOL, .use = BENCH_FLAG, .mute = "false"},
    {.name = "poll", .type = BENCH_WHOLE, .use = BENCH_FLAG, .mute = "50"},
    {.name = "n_gpu_layers", .type = BENCH_WHOLE, .use = BENCH_CONDITION},
    {.name = "n_cpu_moe", .type = BENCH_WHOLE, .use = BENCH_CONDITION},
    {.name = "split_mode", .type = BENCH_TEXT, .use = BENCH_CONDITION, .mute = "layer"},
    {.name = "main_gpu", .type = BENCH_WHOLE, .use = BENCH_CONDITION, .mute = "0"},
    {.name = "no_kv_offload", .type = BENCH_BOOL, .use = BENCH_CONDITION, .mute = "false"},
    {.name = "flash_attn", .type = BENCH_SWITCH, .use = BENCH_CONDITION},
    {.name = "devices", .type = BENCH_TEXT, .use = BENCH_CONDITION, .mute = "auto"},
    {.name = "tensor_split", .type = BENCH_TEXT, .use = BENCH_CONDITION, .mute = "0.00"},
    {.name = "tensor_buft_overrides", .type = BENCH_TEXT, .use = BENCH_CONDITION, .mute = "none"},
    {.name = "defrag_thold", .type = BENCH_SIGNED, .use = BENCH_FLAG, .mute = "-1"}, /* 2025 */
    {.name = "use_mmap", .type = BENCH_BOOL, .use = BENCH_FLAG, .mute = "true"},
    {.name = "load_mode", .type = BENCH_TEXT, .use = BENCH_FLAG, .mute = "auto"},
    {.name = "embeddings", .type = BENCH_BOOL, .use = BENCH_CONDITION, .mute = "false"},
    {.name = "no_op_offload", .type = BENCH_BOOL, .use = BENCH_FLAG, .mute = "false"},
    {.name = "no_host", .type = BENCH_BOOL, .use = BENCH_CONDITION, .mute = "false"},
    {.name = "fit_target", .type = BENCH_WHOLE, .use = BENCH_FLAG, .mute = "0"},
    {.name = "fit_min_ctx", .type = BENCH_WHOLE, .use = BENCH_FLAG, .mute = "0"},
    {.name = "test_time", .type = BENCH_TEXT, .use = BENCH_OWN, .measured = true},
    {.name = "avg_ns", .type = BENCH_WHOLE, .use = BENCH_OWN, .measured = true},
    {.name = "stddev_ns", .type = BENCH_WHOLE, .use = BENCH_OWN, .measured = true},
    {.name = "avg_ts", .type = BENCH_REAL, .use = BENCH_OWN, .needed = true, .measured = true},
    {.name = "stddev_ts", .type = BENCH_REAL, .use = BENCH_OWN, .measured = true},
    {.name = "samples_ns", .type = BENCH_LIST, .use = BENCH_OWN, .measured = true},
    {.name = "samples_ts", .type = BENCH_LIST, .use = BENCH_OWN, .measured = true},
    {.name = NULL},
};

static const struct bench_key *
key_named(const char *name)
{
	for (const struct bench_key *key = bench_keys; key->name != NULL; key++)
		if (strcmp(key->name, name) == 0)
			return key;
	return NULL;
}

static bool
is_bit(const json_t *value)
{
	return json_is_boolean(value) ||
	       (json_is_integer(value) && (json_integer_value(value) | 1) == 1);
}

static bool
fits(enum bench_type type, const json_t *value)
{
	switch (type) {
	case BENCH_TEXT:
		return json_is_string(value);
	case BENCH_WHOLE:
		return json_is_integer(value) && json_integer_value(value) < INTEGER_MAX &&
		       json_integer_value(value) > -INTEGER_MAX;
	case BENCH_REAL:
		return json_is_number(value) && json_number_value(value) >= 0;
	case BENCH_SIGNED:
		return json_is_number(value);
	case BENCH_BOOL:
		return is_bit(value);
	case BENCH_SWITCH:
		return is_bit(value) || json_is_string(value) || json_integer_value(value) == -1;
	case BENCH_LIST:
		return json_is_array(value) && json_array_size(value) > 0;
	}
	return false;
}

/* Quote what is there, shortly. */
static bool
wrong(const struct record *r, const char *key, const char *expected, struct fault *f)
{
	const json_t *value = json_object_get(r->json, key);
	struct text got = {0};

	if (value != NULL)
		json_print(value, &got);
	record_fault(f, r, key, expected, "%.60s", got.data ? got.data : "nothing");
	text_clear(&got);
	return false;
}

static bool
check_type(const struct record *r, const struct bench_key *key, struct fault *f)
{
	static const char *const words[] = {
	    [BENCH_TEXT] = "a string",
	    [BENCH_WHOLE] = "a whole number below 2^53",
	    [BENCH_REAL] = "a finite number, not negative",
	    [BENCH_SIGNED] = "a finite number",
	    [BENCH_BOOL] = "true or false",
	    [BENCH_SWITCH] = "true, false, or -1, 0, 1",
	    [BENCH_LIST] = "an array with one number for each repetition",
	};
	const json_t *value = json_object_get(r->json, key->name);

	if (value == NULL ? !key->needed : fits(key->type, value))
		return true;
	return wrong(r, key->name, words[key->type], f);
}

/* Whoever names the wrong file is best told what it holds instead. */
static bool
check_identity(const struct record *r, struct fault *f)
{
	char path[80], got[200] = "an object with";
	const char *name;
	json_t *value;
	int shown = 0;

	if (json_object_get(r->json, "build_commit") && json_object_get(r->json, "avg_ts") &&
	    json_object_get(r->json, "n_prompt"))
		return true;
	json_object_foreach (r->json, name, value) {
		size_t used = strlen(got);

		if (shown++ < 5)
			snprintf(got + used, sizeof(got) - used, " %.24s", name);
	}
	snprintf(path, sizeof(path), "%zu: record %zu", r->line, r->number);
	return fault_set(f, FAULT_FILE_FORMAT, path,
	    "a record of `llama-bench -o json` or `-o jsonl`, with build_commit, n_prompt, avg_ts",
	    "%s", shown ? got : "an empty object");
}

static bool
check_test(const struct record *r, struct fault *f)
{
	static const char *const counts[] = {"n_prompt", "n_gen", "n_depth"};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (json_get_whole(r->json, counts[i]) < 0)
			return wrong(r, counts[i], "a number of tokens", f);
	if (json_get_whole(r->json, "n_prompt") == 0 && json_get_whole(r->json, "n_gen") == 0)
		return wrong(
		    r, "n_gen", "tokens that were processed: n_prompt or n_gen above 0", f);
	return true;
}

bool
bench_check(const struct record *r, struct fault *f)
{
	if (!check_identity(r, f))
		return false;
	for (const struct bench_key *key = bench_keys; key->name != NULL; key++)
		if (!check_type(r, key, f))
			return false;
	return check_test(r, f);
}

static bool
mean_of_samples(
    const struct record *r, const json_t *samples, double tokens, double *mean, struct fault *f)
{
	const json_t *sample;
	double sum = 0;
	size_t i;

	json_array_foreach (samples, i, sample) {
		if (!json_is_integer(sample) || json_integer_value(sample) <= 0)
			return record_fault(f, r, "samples_ns", "whole nanoseconds above 0",
			    "another value as number %zu", i + 1);
		sum += 1e9 * tokens / (double)json_integer_value(sample);
	}
	*mean = sum / (double)json_array_size(samples);
	return true;
}

static bool
take_value(const struct record *r, struct measurement *out, struct fault *f)
{
	const json_t *samples = json_object_get(r->json, "samples_ns");
	double tokens =
	    (double)(json_get_whole(r->json, "n_prompt") + json_get_whole(r->json, "n_gen"));
	double printed = json_number_value(json_object_get(r->json, "avg_ts")), mean = printed;
	char expected[120], number[REAL_SIZE];

	if (samples != NULL && !mean_of_samples(r, samples, tokens, &mean, f))
		return false;
	if (fabs(printed - mean) > CONTRADICTION * mean) {
		real_print(mean, number);
		snprintf(expected, sizeof(expected),
		    "%s, the mean of 1e9·tokens/ns over samples_ns", number);
		return wrong(r, "avg_ts", expected, f);
	}
	if (printed <= 0)
		return wrong(r, "avg_ts", "tokens per second above 0", f);
	out->recomputed = fabs(printed - mean) > PRINTED_STEP + 1e-12 * mean;
	out->value = out->recomputed ? mean : printed;
	return true;
}

static bool
take_repetitions(const struct record *r, struct measurement *out, struct fault *f)
{
	size_t ns = json_array_size(json_object_get(r->json, "samples_ns"));
	size_t ts = json_array_size(json_object_get(r->json, "samples_ts"));

	if (ns == 0 && ts == 0)
		return record_fault(f, r, "samples_ns",
		    "one time for each repetition, or samples_ts", "neither of them");
	if (ns != 0 && ts != 0 && ns != ts)
		return record_fault(
		    f, r, "samples_ts", "as many as samples_ns has", "%zu and %zu", ts, ns);
	out->n = (int64_t)(ns ? ns : ts);
	return true;
}

bool
bench_measure(const struct record *r, struct measurement *out, struct fault *f)
{
	const json_t *sd = json_object_get(r->json, "stddev_ts");

	memset(out, 0, sizeof(*out));
	if (!take_value(r, out, f) || !take_repetitions(r, out, f))
		return false;
	out->metric = json_get_whole(r->json, "n_gen") == 0      ? "prefill"
		      : json_get_whole(r->json, "n_prompt") == 0 ? "decode"
								 : "prefill_decode";
	out->has_sd = sd != NULL && out->n > 1;
	out->sd = json_number_value(sd);
	return true;
}

void
bench_text(const json_t *value, struct text *out)
{
	char number[REAL_SIZE];

	if (json_is_string(value))
		text_add_str(out, json_string_value(value));
	else if (json_is_boolean(value))
		text_add_str(out, json_is_true(value) ? "true" : "false");
	else if (json_is_integer(value))
		text_addf(out, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value)) {
		real_print(json_real_value(value), number);
		text_add_str(out, number);
	}
}

static json_t *
switch_value(const json_t *value)
{
	if (json_is_string(value))
		return json_string(json_string_value(value));
	if (json_is_boolean(value))
		return json_string(json_is_true(value) ? "on" : "off");
	return json_string(json_integer_value(value) < 0 ? "auto"
			   : json_integer_value(value)   ? "on"
							 : "off");
}

/* The types changed over the years: 0 and false are the same, so are 1 and "on". */
static json_t *
plain_value(const struct bench_key *key, const json_t *value)
{
	if (key->type == BENCH_SWITCH)
		return switch_value(value);
	if (key->type == BENCH_BOOL)
		return json_boolean(json_is_true(value) || json_integer_value(value) == 1);
	return json_copy((json_t *)value);
}

json_t *
bench_value(const struct bench_key *key, const json_t *record)
{
	const json_t *value = json_object_get(record, key->name);
	struct text text = {0};
	json_t *plain;
	bool told;

	if (value == NULL)
		return NULL;
	plain = plain_value(key, value);
	bench_text(plain, &text);
	told = key->mute == NULL || text.data == NULL || strcmp(text.data, key->mute) != 0;
	text_clear(&text);
	if (told)
		return plain;
	json_decref(plain);
	return NULL;
}

/* A key of a newer build that holds a real number, a list or an object is taken for a measurement.
 */
static bool
tells_configuration(const char *name, const json_t *value)
{
	const struct bench_key *key = key_named(name);

	if (key != NULL)
		return key->use != BENCH_POINT && !key->measured;
	return json_is_string(value) || json_is_integer(value) || json_is_boolean(value);
}

void
bench_group(const json_t *record, struct text *out)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)record, name, value) {
		if (!tells_configuration(name, value))
			continue;
		text_addf(out, "%s=", name);
		bench_text(value, out);
		text_add_str(out, "\n");
	}
}

void
bench_point(const json_t *record, struct text *out)
{
	const char *k = json_get_text(record, "type_k"), *v = json_get_text(record, "type_v");

	text_addf(out, "%lld %lld %lld %s %s", (long long)json_get_whole(record, "n_prompt"),
	    (long long)json_get_whole(record, "n_gen"),
	    (long long)json_get_whole(record, "n_depth"), k[0] ? k : "f16", v[0] ? v : "f16");
}
