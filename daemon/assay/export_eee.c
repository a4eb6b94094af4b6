/* export_eee.c — submissions as files of Every Eval Ever, schema 0.3.0: one file a statement.
 * SPDX-License-Identifier: Apache-2.0 */
#include "export_eee.h"

#include <stdio.h>
#include <string.h>

#include "args.h"
#include "json.h"
#include "text.h"

static json_t *
text_json(struct text *text)
{
	json_t *value = text->failed ? NULL : json_stringn(text->data ? text->data : "", text->n);

	text_clear(text);
	return value;
}

/* Details are a map of strings to strings: whatever it is, it becomes text. */
static void
put_detail(json_t *details, const char *name, const json_t *value)
{
	struct text text = {0};

	if (value == NULL || json_is_null(value) ||
	    (json_is_string(value) && json_string_length(value) == 0))
		return;
	if (json_is_string(value)) {
		json_object_set(details, name, (json_t *)value);
		return;
	}
	json_print(value, &text);
	json_object_set_new(details, name, text_json(&text));
}

static json_t *
seconds_of(const char *time)
{
	char text[24];
	int64_t at;

	if (!time_parse(time, &at))
		return NULL;
	snprintf(text, sizeof(text), "%lld", (long long)at);
	return json_string(text);
}

/* A version 4 UUID whose other bits are those of the statement's id: the same statement always
 * makes the same file. */
static void
uuid_print(const char *id, char out[37])
{
	uint8_t b[SHA256_SIZE] = {0};
	char hex[33];

	(void)!hex_parse(id, b, SHA256_SIZE);
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	hex_print(b, 16, hex);
	snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

/* ---- who, with what ---- */

static json_t *
source_of(const struct export *e, const struct export_row *row)
{
	const char *relation = args_text(e->args, "relationship");
	json_t *details =
	    json_pack("{s:s, s:s}", "statement_id", row->id, "statement_state", row->state);

	put_detail(details, "log", json_object_get(row->body, "audience"));
	put_detail(details, "signing_key", json_object_get(row->body, "key"));
	if (row->submitter[0] != 0)
		json_object_set_new(details, "submitter_id", json_string(row->submitter));
	put_detail(details, "notes", json_object_get(row->body, "notes"));
	put_detail(details, "duration_s", json_object_get(row->body, "duration_s"));
	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "source_name", "Assay", "source_type",
	    "evaluation_run", "source_organization_name", row->name[0] ? row->name : "unknown",
	    "evaluator_relationship", relation != NULL ? relation : "other", "additional_details",
	    details);
}

static void
put_hardware(const json_t *hardware, json_t *details)
{
	struct text names = {0};
	const json_t *device;
	size_t k;

	put_detail(details, "cpu", json_object_get(json_object_get(hardware, "cpu"), "name"));
	json_array_foreach (json_object_get(hardware, "accelerators"), k, device)
		text_addf(&names, "%s%s", k > 0 ? " + " : "", json_get_text(device, "name"));
	if (names.n > 0)
		json_object_set_new(details, "accelerators", text_json(&names));
	put_detail(details, "memory_mib", json_object_get(hardware, "memory_mib"));
	put_detail(details, "os", json_object_get(hardware, "os"));
	put_detail(details, "power_limit_w", json_object_get(hardware, "power_limit_w"));
	text_clear(&names);
}

/* Who had the weights in hand deployed them. Whether they are open nobody said, unless by the
 * option. */
static json_t *
model_of(const struct export *e, const json_t *body, const char *id)
{
	const json_t *model = json_object_get(body, "model"),
		     *engine = json_object_get(body, "engine");
	const char *open = args_text(e->args, "availability"), *name = json_get_text(model, "name");
	bool in_hand = json_get_text(model, "sha256")[0] != 0;
	json_t *details = json_pack("{s:s, s:s}", "deployment_type",
	    in_hand ? "self_deployed" : "unknown", "model_availability", open ? open : "unknown");
	json_t *value;
	const char *key;
	json_t *out;

	json_object_foreach ((json_t *)model, key, value)
		if (strcmp(key, "name") != 0)
			put_detail(details, key, value);
	put_detail(details, "engine_commit", json_object_get(engine, "commit"));
	put_detail(details, "engine_backend", json_object_get(engine, "backend"));
	put_hardware(json_object_get(body, "hardware"), details);
	out = json_pack(
	    "{s:s, s:s, s:s%}", "name", name, "id", id, "developer", id, strcspn(id, "/"));
	if (json_get_text(engine, "name")[0] != 0)
		json_object_set_new(out, "inference_engine",
		    json_pack("{s:s, s:s}", "name", json_get_text(engine, "name"), "version",
			json_get_text(engine, "version")[0] ? json_get_text(engine, "version")
							    : "unknown"));
	json_object_set_new(out, "additional_details", details);
	return out;
}

/* ---- one result ---- */

static json_t *
source_data(const struct export *e, const struct export_row *row)
{
	const json_t *suite = json_object_get(row->body, "suite");
	json_t *details = json_object(), *source = export_suite_source(e, row->suite), *out;
	struct text name = {0};

	text_addf(&name, "%s/%lld", json_get_text(suite, "name"),
	    (long long)json_get_whole(suite, "version"));
	json_object_set_new(details, "suite", json_string(name.data ? name.data : ""));
	put_detail(details, "suite_digest", json_object_get(suite, "digest"));
	out = json_pack("{s:s}", "dataset_name",
	    json_get_text(source, "dataset_name")[0] ? json_get_text(source, "dataset_name")
						     : name.data);
	if (json_get_text(source, "hf_repo")[0] != 0) {
		json_object_set_new(out, "source_type", json_string("hf_dataset"));
		json_object_set(out, "hf_repo", json_object_get(source, "hf_repo"));
		if (json_get_text(source, "hf_split")[0] != 0)
			json_object_set(out, "hf_split", json_object_get(source, "hf_split"));
	} else if (json_get_text(source, "url")[0] != 0) {
		json_object_set_new(out, "source_type", json_string("url"));
		json_object_set_new(out, "url", json_pack("[O]", json_object_get(source, "url")));
	} else {
		json_object_set_new(out, "source_type", json_string("other"));
	}
	json_object_set_new(out, "additional_details", details);
	json_decref(source);
	text_clear(&name);
	return out;
}

/* A score must lie inside its bounds. Those of a suite say what is plausible: on the log scale,
 * where there is no end, none is told; and a value outside has none on its side. */
static json_t *
bound_of(const struct suite_metric *m, double value, bool upper)
{
	bool known = m != NULL && !m->log_scale;

	if (upper)
		return known && value <= m->high ? json_real(m->high) : json_string("Infinity");
	if (m != NULL && m->log_scale && value >= 0)
		return json_real(0);
	return known && value >= m->low ? json_real(m->low) : json_string("-Infinity");
}

/* The judge's prompts stand in the suite's protocol, which the digest names. */
static json_t *
judging_of(const struct export_row *row)
{
	const json_t *judge = json_object_get(row->body, "judge");
	const char *name = json_get_text(judge, "name");
	struct text prompt = {0}, id = {0};
	json_t *out, *details;

	if (name[0] == 0)
		return NULL;
	details =
	    json_pack("{s:s, s:s}", "deployment_type", "unknown", "model_availability", "unknown");
	put_detail(details, "version", json_object_get(judge, "version"));
	put_detail(details, "endpoint_host", json_object_get(judge, "endpoint_host"));
	text_addf(&prompt, "SHA-256 %s",
	    json_get_text(judge, "prompt_digest")[0] ? json_get_text(judge, "prompt_digest")
						     : "unknown");
	export_model_path(name, &id);
	out =
	    json_pack("{s:[{s:{s:s, s:o, s:o}}], s:o}", "judges", "model_info", "name", name, "id",
		text_json(&id), "additional_details", details, "input_prompt", text_json(&prompt));
	if (json_is_number(json_object_get(judge, "temperature")))
		json_object_set(json_array_get(json_object_get(out, "judges"), 0), "temperature",
		    json_object_get(judge, "temperature"));
	return out;
}

static json_t *
metric_of(const struct export_row *row, const json_t *result)
{
	const char *suite = json_get_text(json_object_get(row->body, "suite"), "name");
	const char *name = json_get_text(result, "metric");
	const struct suite_metric *m = row->suite ? suite_metric(row->suite, name) : NULL;
	double value = json_number_value(json_object_get(result, "value"));
	json_t *out, *judging = judging_of(row);
	struct text id = {0};

	text_addf(&id, "%s.%s", suite, name);
	out = json_pack("{s:o, s:s, s:b, s:s, s:o, s:o, s:O}", "metric_id", text_json(&id),
	    "metric_name", name, "lower_is_better", m != NULL && !m->higher_is_better, "score_type",
	    "continuous", "min_score", bound_of(m, value, false), "max_score",
	    bound_of(m, value, true), "metric_parameters", json_object_get(result, "conditions"));
	if (m != NULL && m->unit[0] != 0)
		json_object_set_new(out, "metric_unit", json_string(m->unit));
	if (judging != NULL)
		json_object_set_new(out, "llm_scoring", judging);
	json_object_set_new(out, "additional_details",
	    json_pack("{s:s}", "bounds", "what the suite holds plausible, where it names an end"));
	return out;
}

static json_t *
score_of(const json_t *result)
{
	json_t *doubt = json_object(), *n = json_object_get(result, "n");

	if (json_is_number(json_object_get(result, "se")))
		json_object_set_new(doubt, "standard_error",
		    json_pack("{s:O}", "value", json_object_get(result, "se")));
	if (json_is_number(json_object_get(result, "sd")))
		json_object_set(doubt, "standard_deviation", json_object_get(result, "sd"));
	if (json_is_integer(n))
		json_object_set(doubt, "num_samples", n);
	return json_pack(
	    "{s:O, s:o}", "score", json_object_get(result, "value"), "uncertainty", doubt);
}

static json_t *
generation_of(const struct export_row *row, const json_t *result)
{
	static const char *const known[] = {"temperature", "top_p", "top_k"};
	const json_t *conditions = json_object_get(result, "conditions");
	json_t *args = json_object(), *details = json_object(), *value;
	const char *name;

	for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
		if (json_is_number(json_object_get(conditions, known[k])))
			json_object_set(args, known[k], json_object_get(conditions, known[k]));
	if (json_get_whole(conditions, "max_tokens") >= 1)
		json_object_set(args, "max_tokens", json_object_get(conditions, "max_tokens"));
	json_object_foreach (
	    json_object_get(json_object_get(row->body, "engine"), "flags"), name, value)
		put_detail(details, name, value);
	return json_pack("{s:o, s:o}", "generation_args", args, "additional_details", details);
}

static json_t *
result_of(const struct export *e, const struct export_row *row, const json_t *result)
{
	struct text name = {0}, id = {0};
	json_t *out;

	eee_result_name(row, result, &name);
	text_add(&id, name.data, name.n);
	if (json_object_size(json_object_get(result, "conditions")) > 0) {
		text_add_str(&id, ":");
		export_conditions(result, ",", &id);
	}
	out = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "evaluation_result_id", text_json(&id),
	    "evaluation_name", text_json(&name), "source_data", source_data(e, row),
	    "metric_config", metric_of(row, result), "score_details", score_of(result),
	    "generation_config", generation_of(row, result));
	return out;
}

/* ---- one file ---- */

void
eee_result_name(const struct export_row *row, const json_t *result, struct text *out)
{
	text_addf(out, "%s.%s", json_get_text(json_object_get(row->body, "suite"), "name"),
	    json_get_text(result, "metric"));
}

static json_t *
document_of(const struct export *e, const struct export_row *row, const char *model_id)
{
	const json_t *b = row->body, *runner = json_object_get(b, "runner"), *result;
	json_t *out, *started = seconds_of(json_get_text(b, "started_at")), *results = json_array();
	struct text id = {0}, flat = {0};
	size_t k;

	text_add_str(&flat, model_id);
	for (char *c = flat.data; c != NULL && *c != 0; c++)
		*c = *c == '/' ? '_' : *c;
	out = json_pack(
	    "{s:s, s:s}", "schema_version", EEE_SCHEMA_VERSION, "retrieved_timestamp", "0");
	json_object_set_new(out, "retrieved_timestamp", seconds_of(json_get_text(b, "created_at")));
	text_addf(&id, "%s/%s/%s", json_get_text(json_object_get(b, "suite"), "name"),
	    flat.data ? flat.data : "", json_get_text(out, "retrieved_timestamp"));
	json_object_set_new(out, "evaluation_id", text_json(&id));
	if (started != NULL)
		json_object_set_new(out, "evaluation_timestamp", started);
	json_object_set_new(out, "source_metadata", source_of(e, row));
	json_object_set_new(out, "eval_library",
	    json_pack("{s:s, s:s}", "name",
		json_get_text(runner, "name")[0] ? json_get_text(runner, "name") : "unknown",
		"version",
		json_get_text(runner, "version")[0] ? json_get_text(runner, "version")
						    : "unknown"));
	json_object_set_new(out, "model_info", model_of(e, b, model_id));
	json_array_foreach (json_object_get(b, "results"), k, result)
		json_array_append_new(results, result_of(e, row, result));
	json_object_set_new(out, "evaluation_results", results);
	text_clear(&flat);
	return out;
}

static bool
add_document(const struct export *e, const struct export_row *row, json_t *files)
{
	const json_t *suite = json_object_get(row->body, "suite");
	struct text model = {0}, path = {0}, text = {0};
	json_t *document;
	char uuid[37];
	bool done;

	uuid_print(row->id, uuid);
	export_model_path(json_get_text(json_object_get(row->body, "model"), "name"), &model);
	text_add_str(&path, "data/");
	export_path_part(json_get_text(suite, "name"), strlen(json_get_text(suite, "name")), &path);
	text_addf(&path, "/%s/%s", model.data ? model.data : "", uuid);
	document = document_of(e, row, model.data ? model.data : "");
	done = !path.failed && !model.failed && document != NULL &&
	       eee_add_samples(e, row, path.data, document, files);
	text_add_str(&path, ".json");
	json_print_pretty(document, &text);
	text_add_str(&text, "\n");
	done = done && !path.failed && !text.failed &&
	       json_object_set_new(files, path.data, json_stringn(text.data, text.n)) == 0;
	json_decref(document);
	text_clear(&model);
	text_clear(&path);
	text_clear(&text);
	return done;
}

static bool
check_word(const struct args *a, const char *option, const char *const words[], struct fault *f)
{
	const char *given = args_text(a, option);
	char where[40];
	struct text expected = {0};
	bool fits = given == NULL;

	for (size_t k = 0; words[k] != NULL; k++) {
		fits = fits || strcmp(given, words[k]) == 0;
		text_addf(&expected, "%s%s", k > 0 ? ", " : "", words[k]);
	}
	snprintf(where, sizeof(where), "--%s", option);
	if (!fits)
		fault_set(f, FAULT_OPTION, where, expected.data, "\"%s\"", given);
	text_clear(&expected);
	return fits;
}

static bool
write_eee(struct task *t, const struct export *e, json_t *files, struct fault *f)
{
	static const char *const relations[] = {
	    "first_party", "third_party", "collaborative", "other", NULL};
	static const char *const open[] = {"open_weights", "closed_weights", "unknown", NULL};

	if (!check_word(e->args, "relationship", relations, f) ||
	    !check_word(e->args, "availability", open, f))
		return false;
	for (size_t k = 0; k < e->n; k++)
		if (!add_document(e, &e->rows[k], files))
			return fault_set(f, FAULT_NO_MEMORY, "", "memory for a document", "none");
	if (!args_has(e->args, "relationship"))
		task_note(t, "evaluator_relationship is \"other\"; --relationship says what the "
			     "submitter is to the model's maker");
	return true;
}

const struct exporter exporter_eee = {
    .name = "eee",
    .summary = "Every Eval Ever, schema 0.3.0: data/SUITE/DEVELOPER/MODEL/UUID.json, a file a "
	       "statement",
    .write = write_eee,
};
