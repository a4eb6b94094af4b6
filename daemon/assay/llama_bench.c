/* llama_bench.c — importer of llama-bench: one draft for each engine configuration.
 * SPDX-License-Identifier: Apache-2.0 */
#include "llama_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "glance.h"
#include "importer.h"
#include "json.h"

/* llama-bench prints every byte from 0x80 on as \ufffff where char is signed: U+FFFF and an f. */
#define LOST_BYTE                                                                                  \
	"\xef\xbf\xbf"                                                                             \
	"f"
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

struct reading {
	const struct suite *suite;
	struct drafts *out;
	json_t *places; /* group and round → { "draft": index, "points": {…} } */
	struct fault *f;
};

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for an import", "none");
}

static bool
is_damaged(const char *s)
{
	return strstr(s, LOST_BYTE) != NULL;
}

/* Return s with one U+FFFD for each lost byte. Returns new. */
static char *
mend(const char *s)
{
	struct text out = {0};

	while (*s) {
		bool lost = strncmp(s, LOST_BYTE, strlen(LOST_BYTE)) == 0;

		text_add(&out, lost ? REPLACEMENT : s, lost ? strlen(REPLACEMENT) : 1);
		s += lost ? strlen(LOST_BYTE) : 1;
	}
	return text_take(&out);
}

static void
set_text(json_t *object, const char *name, const char *value)
{
	if (value[0] != 0)
		json_object_set_new(object, name, json_string(value));
}

/* model_type is "ARCHITECTURE SIZE FILETYPE"; the file type may hold blanks ("Q4_K - Medium"). */
static const char *
file_type(const char *model_type)
{
	for (int i = 0; i < 2; i++) {
		model_type += strcspn(model_type, " ");
		model_type += strspn(model_type, " ");
	}
	return model_type;
}

static json_t *
model_of(const json_t *record, struct draft *d)
{
	json_t *model = json_object();
	int64_t size = json_get_whole(record, "model_size");
	int64_t parameters = json_get_whole(record, "model_n_params");

	d->model_file = mend(base_name(json_get_text(record, "model_filename")));
	d->name_lost = is_damaged(base_name(json_get_text(record, "model_filename")));
	if (d->model_file != NULL && !d->name_lost)
		set_text(model, "file", d->model_file);
	set_text(model, "format", "gguf");
	set_text(model, "quantization", file_type(json_get_text(record, "model_type")));
	if (size > 0 && parameters > 0)
		json_object_set_new(
		    model, "bits_per_weight", json_real(8.0 * (double)size / (double)parameters));
	if (parameters > 0)
		json_object_set_new(model, "parameters", json_integer(parameters));
	if (size > 0)
		json_object_set_new(model, "size_bytes", json_integer(size));
	return model;
}

/* Builds outside git say number 0 and commit "unknown". */
static json_t *
engine_of(const json_t *record)
{
	json_t *engine = json_pack("{s:s}", "name", "llama.cpp");
	int64_t number = json_get_whole(record, "build_number");
	const char *commit = json_get_text(record, "build_commit");
	char version[32];

	snprintf(version, sizeof(version), "b%lld", (long long)number);
	if (number > 0)
		set_text(engine, "version", version);
	if (strcmp(commit, "unknown") != 0)
		set_text(engine, "commit", commit);
	set_text(engine, "backend", json_get_text(record, "backends"));
	return engine;
}

static json_t *
accelerators_of(const char *gpu_info)
{
	json_t *list = json_array();

	while (gpu_info[0] != 0) {
		const char *end = strstr(gpu_info, ", ");
		size_t n = end ? (size_t)(end - gpu_info) : strlen(gpu_info);

		if (n > 0)
			json_array_append_new(list, json_pack("{s:s%}", "name", gpu_info, n));
		gpu_info += n + (end ? 2 : 0);
	}
	return list;
}

static json_t *
hardware_of(const json_t *record)
{
	json_t *hardware = json_object(), *cpu = json_object();

	set_text(cpu, "name", json_get_text(record, "cpu_info"));
	if (json_object_size(cpu) > 0)
		json_object_set(hardware, "cpu", cpu);
	json_decref(cpu);
	json_object_set_new(
	    hardware, "accelerators", accelerators_of(json_get_text(record, "gpu_info")));
	return hardware;
}

/* gpu_info lists what the machine has. It is not what ran if one device or some were chosen. */
static bool
devices_unclear(const json_t *record, const json_t *hardware)
{
	const char *devices = json_get_text(record, "devices");
	bool some = devices[0] != 0 && strcmp(devices, "auto") != 0;
	bool one = strcmp(json_get_text(record, "split_mode"), "none") == 0;
	const json_t *layers = json_object_get(record, "n_gpu_layers");

	if (json_array_size(json_object_get(hardware, "accelerators")) < 2)
		return false;
	return (some || one) && !(layers != NULL && json_integer_value(layers) == 0);
}

/* Conditions the suite does not know are engine flags, as are the keys that are flags anyway. */
static bool
is_condition(const struct reading *g, const struct bench_key *key)
{
	return (key->use == BENCH_CONDITION || key->use == BENCH_POINT) &&
	       suite_condition(g->suite, key->name) != NULL;
}

static json_t *
flags_of(const struct reading *g, const json_t *record)
{
	json_t *flags = json_object();

	for (const struct bench_key *key = bench_keys; key->name != NULL; key++) {
		struct text text = {0};
		json_t *value;

		if (key->use == BENCH_OWN || is_condition(g, key))
			continue;
		value = bench_value(key, record);
		bench_text(value, &text);
		if (text.data != NULL)
			set_text(flags, key->name, text.data);
		text_clear(&text);
		json_decref(value);
	}
	return flags;
}

static json_t *
conditions_of(const struct reading *g, const json_t *record)
{
	static const enum bench_use order[] = {BENCH_POINT, BENCH_CONDITION};
	json_t *conditions = json_object();

	for (size_t i = 0; i < 2; i++)
		for (const struct bench_key *key = bench_keys; key->name != NULL; key++) {
			json_t *value;

			if (key->use != order[i] || !is_condition(g, key))
				continue;
			value = bench_value(key, record);
			if (value != NULL)
				json_object_set_new(conditions, key->name, value);
		}
	return conditions;
}

static bool
check_text(const struct record *r, struct fault *f)
{
	static const char *const asked[] = {"cpu_info", "gpu_info", "model_filename"};
	const char *name;
	json_t *value;

	json_object_foreach (r->json, name, value) {
		bool handled = false;

		for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
			handled = handled || strcmp(name, asked[i]) == 0;
		if (!handled && json_is_string(value) && is_damaged(json_string_value(value)))
			return record_fault(f, r, name, "text as it was",
			    "bytes that llama-bench lost while printing (U+FFFF)");
	}
	return true;
}

/* Names of hardware make the cell: a damaged one is as good as none, and is asked for. */
static void
drop_damaged(const json_t *record, struct draft *d, struct drafts *out)
{
	json_t *hardware = json_object_get(d->body, "hardware");

	if (is_damaged(json_get_text(record, "cpu_info"))) {
		json_object_del(hardware, "cpu");
		drafts_note(out, "cpu_info lost bytes while llama-bench printed it");
	}
	if (is_damaged(json_get_text(record, "gpu_info"))) {
		json_object_del(hardware, "accelerators");
		drafts_note(out, "gpu_info lost bytes while llama-bench printed it");
		d->devices_unclear = true;
	}
}

static bool
start_draft(struct reading *g, const json_t *record)
{
	struct draft *d = draft_add(g->out);
	json_t *hardware, *engine, *flags;

	if (d == NULL)
		return no_memory(g->f);
	engine = engine_of(record);
	flags = flags_of(g, record);
	if (json_object_size(flags) > 0)
		json_object_set(engine, "flags", flags);
	json_decref(flags);
	hardware = hardware_of(record);
	d->devices_unclear = devices_unclear(record, hardware);
	d->body = json_pack("{s:o, s:o, s:o, s:[]}", "model", model_of(record, d), "engine", engine,
	    "hardware", hardware, "results");
	if (d->body == NULL || d->model_file == NULL)
		return no_memory(g->f);
	drop_damaged(record, d, g->out);
	return true;
}

/* Return the place of one draft of a configuration, starting the draft where there is none yet. */
static json_t *
place_of(struct reading *g, const char *key, const json_t *record)
{
	json_t *place = json_object_get(g->places, key);

	if (place != NULL)
		return place;
	if (!start_draft(g, record))
		return NULL;
	place = json_pack("{s:I, s:{}}", "draft", (json_int_t)g->out->n - 1, "points");
	if (json_object_set_new(g->places, key, place) == 0)
		return place;
	no_memory(g->f);
	return NULL;
}

/* Find the draft of this configuration where this test point is still free, and take it there: a
 * file may hold the same test twice, and a submission has one result for each metric and cell. */
static bool
find_draft(struct reading *g, const json_t *record, size_t *index)
{
	struct text group = {0}, point = {0};
	json_t *place = NULL, *points = NULL;
	size_t round = 0, n;

	bench_point(record, &point);
	bench_group(record, &group);
	n = group.n;
	do {
		group.n = n;
		text_addf(&group, "round=%zu", round++);
		place = group.failed || point.failed ? NULL : place_of(g, group.data, record);
		points = json_object_get(place, "points");
	} while (place != NULL && json_object_get(points, point.data) != NULL);
	if (place != NULL && json_object_set_new(points, point.data, json_true()) != 0)
		place = NULL;
	*index = (size_t)json_get_whole(place, "draft");
	text_clear(&group);
	text_clear(&point);
	return place != NULL || no_memory(g->f);
}

static json_t *
result_of(const struct reading *g, const json_t *record, const struct measurement *m)
{
	json_t *result = json_pack("{s:s, s:o, s:f, s:I}", "metric", m->metric, "conditions",
	    conditions_of(g, record), "value", m->value, "n", (json_int_t)m->n);

	if (result != NULL && m->has_sd)
		json_object_set_new(result, "sd", json_real(m->sd));
	return result;
}

/* RFC 3339 in one exact form sorts as text. */
static bool
take_time(const struct record *r, struct draft *d, struct fault *f)
{
	const char *at = json_get_text(r->json, "test_time"), *before;
	int64_t seconds;

	if (at[0] == 0)
		return true;
	if (!time_parse(at, &seconds))
		return record_fault(
		    f, r, "test_time", "UTC time as YYYY-MM-DDTHH:MM:SSZ", "\"%.40s\"", at);
	before = json_get_text(d->body, "started_at");
	if (before[0] == 0 || strcmp(at, before) < 0)
		json_object_set_new(d->body, "started_at", json_string(at));
	return true;
}

static void
note_unknown(const json_t *record, struct drafts *out)
{
	const struct bench_key *key;
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)record, name, value) {
		for (key = bench_keys; key->name != NULL; key++)
			if (strcmp(key->name, name) == 0)
				break;
		if (key->name == NULL)
			drafts_note(
			    out, "key %.60s is not known to this assay and is left out", name);
	}
}

static bool
read_one(struct reading *g, const struct record *r)
{
	struct measurement m;
	struct draft *d;
	json_t *result;
	size_t index;

	if (!bench_check(r, g->f) || !check_text(r, g->f) || !bench_measure(r, &m, g->f) ||
	    !find_draft(g, r->json, &index))
		return false;
	d = &g->out->list[index];
	if (!take_time(r, d, g->f))
		return false;
	result = result_of(g, r->json, &m);
	if (json_array_append_new(json_object_get(d->body, "results"), result) != 0)
		return no_memory(g->f);
	note_unknown(r->json, g->out);
	if (m.recomputed)
		drafts_note(g->out, "record %zu: avg_ts was recomputed from samples_ns", r->number);
	return true;
}

/* The other forms of -o are refused with the way out, before the JSON reader calls them strange. */
static bool
check_form(const char *data, size_t n, struct fault *f)
{
	static const struct {
		const char *begin, *form;
	} forms[] = {
	    {"| model", "llama-bench's Markdown table, which lacks the repetitions"},
	    {"build_commit,", "llama-bench's CSV, which lacks the repetitions"},
	    {"\"build_commit\",", "llama-bench's CSV, which lacks the repetitions"},
	    {"CREATE TABLE", "llama-bench's SQL"},
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (n >= strlen(forms[i].begin) &&
		    memcmp(data, forms[i].begin, strlen(forms[i].begin)) == 0)
			return fault_set(f, FAULT_FILE_FORMAT, "1",
			    "the output of `llama-bench -o json` or `-o jsonl`", "%s",
			    forms[i].form);
	return true;
}

static bool
read_file(const struct source *in, struct drafts *out, struct fault *f)
{
	struct reading g = {.suite = in->suite, .out = out, .f = f};
	struct records records = {0};
	bool done;

	memset(out, 0, sizeof(*out));
	done = check_form(in->data, in->n, f) && records_read(in->data, in->n, &records, f);
	g.places = json_object();
	if (g.places == NULL)
		done = no_memory(f);
	for (size_t i = 0; done && i < records.n; i++)
		done = read_one(&g, &records.list[i]);
	json_decref(g.places);
	records_clear(&records);
	return done;
}

/* Its other forms too: read_file() then says what to do instead. */
static bool
recognise(const struct glance *g)
{
	struct fault f = {0};

	return (glance_is_records(g) && glance_has(g, "build_commit") && glance_has(g, "avg_ts") &&
		   glance_has(g, "n_prompt")) ||
	       !check_form(g->data, g->n, &f);
}

static const char *
media_type(const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (data[i] == '[' || data[i] == '{')
			return data[i] == '[' ? "application/json" : "application/jsonl";
	return "text/plain";
}

const struct importer importer_llama_bench = {
    .name = "llama-bench",
    .summary = "llama.cpp's llama-bench, written with -o json or -o jsonl",
    .suite = "throughput",
    .recognise = recognise,
    .read = read_file,
    .media_type = media_type,
};
