/* complete.c — add to the drafts of an import what only the user can tell.
 * SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "import.h"
#include "import_parts.h"
#include "json.h"
#include "model_names.h"
#include "statement.h"
#include "submission.h"

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for a submission", "none");
}

static void
set_text(json_t *object, const char *name, const char *value)
{
	if (value != NULL && value[0] != 0)
		json_object_set_new(object, name, json_string(value));
}

/* One row for each thing a file may not tell: whether it is missing, and what to say then. */
struct want {
	const char *ask;
	bool (*missing)(
	    const struct import *i, const struct model_names *names, const struct draft *d);
};

static bool
no_name(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)i;
	return model_name(names, "model", d->model_file) == NULL &&
	       pointer_find(d->body, "/model/name") == NULL;
}

/* Some things only some suites want to know. */
static bool
is_required(const struct import *i, const struct draft *d, const char *pointer)
{
	const struct suite *suite = import_suite(i, d);

	for (size_t k = 0; k < suite->required_n; k++)
		if (strcmp(suite->required[k], pointer) == 0)
			return true;
	return false;
}

static bool
no_quantization(const struct import *i, const struct model_names *names, const struct draft *d)
{
	const json_t *weights = json_object_get(names->files, d->model_file);

	return is_required(i, d, "/model/quantization") &&
	       pointer_find(d->body, "/model/quantization") == NULL &&
	       pointer_find(weights, "/head/quantization") == NULL &&
	       model_name(names, "quantization", d->model_file) == NULL;
}

static bool
no_engine(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)names;
	return pointer_find(d->body, "/engine/name") == NULL && !args_has(i->args, "engine");
}

static bool
no_version(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)names;
	return is_required(i, d, "/engine/version") &&
	       pointer_find(d->body, "/engine/version") == NULL &&
	       !args_has(i->args, "engine-version");
}

static bool
no_cpu(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)names;
	return pointer_find(d->body, "/hardware/cpu") == NULL && !args_has(i->args, "cpu");
}

static bool
no_devices(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)names;
	return d->devices_unclear && !args_has(i->args, "accelerator");
}

static bool
no_base(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)names;
	return d->wants_base && !args_has(i->args, "base");
}

/* A condition of the first result stands for all of one run. */
static bool
no_condition(const struct import *i, const struct draft *d, const char *name, const char *option)
{
	const json_t *result = json_array_get(json_object_get(d->body, "results"), 0);

	return d->asks == NULL && suite_condition(import_suite(i, d), name) != NULL &&
	       !args_has(i->args, option) &&
	       json_object_get(json_object_get(result, "conditions"), name) == NULL;
}

static bool
no_text(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)names;
	return no_condition(i, d, "text_sha256", "text") &&
	       no_condition(i, d, "text_sha256", "text-sha256");
}

static bool
no_context(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)names;
	return no_condition(i, d, "n_ctx", "n-ctx");
}

static bool
no_chunks(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)names;
	return no_condition(i, d, "chunks", "chunks");
}

static const struct want wants[] = {
    {"--model ORG/NAME", no_name},
    {"--quantization TYPE", no_quantization},
    {"--engine NAME, what ran the model", no_engine},
    {"--engine-version VERSION", no_version},
    {"--cpu NAME", no_cpu},
    {"--accelerator NAME once for each device that ran, or --accelerator none", no_devices},
    {"--base FILE, the weights it was compared with", no_base},
    {"--text FILE, the text it was measured on", no_text},
    {"--n-ctx N, the context size", no_context},
    {"--chunks N, how many the text was cut into", no_chunks},
};

/* Conditions go by their own names: each draft has its own. */
static bool
ask_conditions(const struct import *i, const struct import_file *file, struct text *asks)
{
	json_t *asked = json_object();
	bool complete = true;

	for (size_t k = 0; k < file->drafts.n; k++) {
		const json_t *name;
		size_t n;

		json_array_foreach (file->drafts.list[k].asks, n, name) {
			if (told_condition(i->args, json_string_value(name)) != NULL ||
			    json_object_get(asked, json_string_value(name)) != NULL)
				continue;
			json_object_set_new(asked, json_string_value(name), json_true());
			text_addf(asks, "%s--condition %s=VALUE", asks->n > 0 ? "; " : "",
			    json_string_value(name));
			complete = false;
		}
	}
	json_decref(asked);
	return complete;
}

/* Ask for everything at once, so that nobody has to come back five times. */
static bool
check_wants(const struct import *i, const struct import_file *file, const struct model_names *names,
    struct fault *f)
{
	struct text asks = {0};
	bool complete = true;

	for (size_t w = 0; w < sizeof(wants) / sizeof(wants[0]); w++) {
		const struct draft *d = NULL;

		for (size_t k = 0; d == NULL && k < file->drafts.n; k++)
			if (wants[w].missing(i, names, &file->drafts.list[k]))
				d = &file->drafts.list[k];
		if (d == NULL)
			continue;
		text_addf(&asks, "%s%s", complete ? "" : "; ", wants[w].ask);
		if (wants[w].missing == no_name && json_object_size(names->files) > 1)
			text_addf(
			    &asks, " as '%s=ORG/NAME', or '*=ORG/NAME' for all", d->model_file);
		complete = false;
	}
	if (!ask_conditions(i, file, &asks))
		complete = false;
	if (!complete)
		fault_set(f, FAULT_OPTION, file->path, asks.data ? asks.data : "",
		    "a file that does not tell this");
	text_clear(&asks);
	return complete;
}

/* A lower bound: the file has a head beside its tensors. */
static bool
check_weights(const struct draft *d, const json_t *weights, struct fault *f)
{
	int64_t bytes = json_get_whole(weights, "bytes");
	int64_t least = json_get_whole(json_object_get(d->body, "model"), "size_bytes");
	char expected[80];

	if (bytes == 0 || bytes >= least)
		return true;
	snprintf(expected, sizeof(expected), "the weights that were measured, at least %lld bytes",
	    (long long)least);
	return fault_set(f, FAULT_FILE_FORMAT, json_get_text(weights, "file"), expected,
	    "%lld bytes", (long long)bytes);
}

static void
set_digest(
    const struct model_names *names, const struct draft *d, const json_t *weights, json_t *model)
{
	const char *given = model_name(names, "weights-sha256", d->model_file);
	char hex[HEX32_SIZE] = "";

	for (size_t k = 0; given != NULL && k < HEX32_SIZE - 1; k++)
		hex[k] = (char)tolower((unsigned char)given[k]);
	set_text(model, "sha256", given ? hex : json_get_text(weights, "sha256"));
}

static json_t *
model_of(const struct model_names *names, const struct draft *d, struct fault *f)
{
	const json_t *weights = json_object_get(names->files, d->model_file);
	json_t *told = json_object_get(d->body, "model"), *model = json_object();

	if (!check_weights(d, weights, f)) {
		json_decref(model);
		return NULL;
	}
	set_text(model, "name", model_name(names, "model", d->model_file));
	set_text(model, "revision", model_name(names, "revision", d->model_file));
	set_text(model, "file", json_get_text(told, "file"));
	if (d->name_lost || d->model_untold)
		set_text(model, "file", json_get_text(weights, "file"));
	set_digest(names, d, weights, model);
	set_text(model, "quantization", model_name(names, "quantization", d->model_file));
	json_object_update_missing(model, told);
	json_object_update_missing(model, json_object_get(weights, "head"));
	return model;
}

static json_t *
hardware_of(const struct args *a, const struct draft *d)
{
	json_t *told = json_object_get(d->body, "hardware"), *hardware = json_object();
	size_t cursor = 0;
	const char *name;

	if (args_has(a, "cpu"))
		json_object_set_new(
		    hardware, "cpu", json_pack("{s:s}", "name", args_text(a, "cpu")));
	else
		json_object_set(hardware, "cpu", json_object_get(told, "cpu"));
	if (args_has(a, "accelerator"))
		json_object_set_new(hardware, "accelerators", json_array());
	while ((name = args_next(a, "accelerator", &cursor)) != NULL)
		if (strcmp(name, "none") != 0)
			json_array_append_new(json_object_get(hardware, "accelerators"),
			    json_pack("{s:s}", "name", name));
	set_text(hardware, "os", args_text(a, "os"));
	json_object_update_missing(hardware, told);
	return hardware;
}

static json_t *
engine_of(const struct args *a, const struct draft *d)
{
	json_t *engine = json_copy(json_object_get(d->body, "engine"));

	set_text(engine, "name", args_text(a, "engine"));
	set_text(engine, "version", args_text(a, "engine-version"));
	return engine;
}

/* Names of files are the user's own; one that cannot stand in a payload is replaced. */
static const char *
evidence_name(const char *path)
{
	const char *base = base_name(path);
	size_t n = strlen(base), at = 0;

	while (at < n) {
		uint32_t point = 0;
		size_t size = utf8_read(base + at, n - at, &point);

		if (size == 0 || point < 0x20 || point == 0x7f)
			return "results";
		at += size;
	}
	return n > 0 && n <= 200 ? base : "results";
}

static json_t *
suite_of(const struct suite *suite)
{
	char digest[HEX32_SIZE];

	hex_print(suite->digest, SHA256_SIZE, digest);
	return json_pack("{s:s, s:I, s:s}", "name", suite->name, "version",
	    (json_int_t)suite->version, "digest", digest);
}

static json_t *
body_of(const struct import *i, const struct import_file *file, const struct model_names *names,
    const struct draft *d, struct fault *f)
{
	json_t *model = model_of(names, d, f), *body;

	if (model == NULL)
		return NULL;
	body = json_pack("{s:s, s:o, s:o, s:o, s:o, s:O, s:[{s:s, s:s, s:I, s:s}], s:{s:s, s:s}}",
	    "audience", i->audience, "suite", suite_of(import_suite(i, d)), "model", model,
	    "engine", engine_of(i->args, d), "hardware", hardware_of(i->args, d), "results",
	    json_object_get(d->body, "results"), "evidence", "name", evidence_name(file->path),
	    "sha256", file->sha256, "bytes", (json_int_t)file->n, "media_type",
	    i->importer->media_type(file->data, file->n), "runner", "name", "assay", "version",
	    ASSAY_VERSION);
	if (body == NULL) {
		no_memory(f);
		return NULL;
	}
	set_text(model, "base", i->told.base);
	if (json_object_get(d->body, "items") != NULL)
		json_object_set(body, "items", json_object_get(d->body, "items"));
	if (json_object_get(d->body, "judge") != NULL)
		json_object_set(body, "judge", json_object_get(d->body, "judge"));
	if (json_object_get(d->body, "duration_s") != NULL)
		json_object_set(body, "duration_s", json_object_get(d->body, "duration_s"));
	set_text(body, "started_at", json_get_text(d->body, "started_at"));
	set_text(body, "notes", args_text(i->args, "notes"));
	return body;
}

/* What the user tells of how all results were made. */
static bool
set_conditions(const struct import *i, const struct draft *d, struct fault *f)
{
	const struct told *told = &i->told;
	json_t *result;
	size_t k;

	json_array_foreach (json_object_get(d->body, "results"), k, result) {
		json_t *conditions = json_object_get(result, "conditions");

		set_text(conditions, "text_sha256", told->text_sha256);
		if (told->n_ctx > 0)
			json_object_set_new(conditions, "n_ctx", json_integer(told->n_ctx));
		if (told->chunks > 0)
			json_object_set_new(conditions, "chunks", json_integer(told->chunks));
		if (!told_conditions(i->args, import_suite(i, d), conditions, f))
			return false;
	}
	return true;
}

/* Sign with a key that is thrown away: so the very checks a server makes are made here, before
 * anything is kept. */
static bool
check_body(const struct suite *suite, const json_t *body, struct fault *f)
{
	json_t *copy = json_deep_copy(body);
	struct keypair key;
	struct text envelope = {0};
	bool done;

	if (copy == NULL)
		return no_memory(f);
	keypair_make(&key);
	done =
	    statement_sign(KIND_SUBMISSION, copy, &key, (int64_t)time(NULL), &envelope, NULL, f) &&
	    submission_check(copy, suite, f);
	keypair_wipe(&key);
	text_clear(&envelope);
	json_decref(copy);
	return done;
}

static bool
complete_draft(const struct import *i, struct import_file *file, const struct model_names *names,
    const struct draft *d, struct fault *f)
{
	json_t *body = body_of(i, file, names, d, f);
	size_t before = json_array_size(file->bodies);
	struct fault local = {0};
	bool done = body != NULL && (import_split(body, file->bodies) || no_memory(f));

	json_decref(body);
	for (size_t k = before; done && k < json_array_size(file->bodies); k++)
		done = check_body(import_suite(i, d), json_array_get(file->bodies, k), &local);
	if (local.code != FAULT_NONE)
		import_fault(file, &local, f);
	return done;
}

static bool
complete_file(const struct import *i, struct import_file *file, const struct model_names *names,
    struct fault *f)
{
	if (!check_wants(i, file, names, f))
		return false;
	file->bodies = json_array();
	for (size_t k = 0; k < file->drafts.n; k++) {
		const struct draft *d = &file->drafts.list[k];
		const json_t *weights = json_object_get(names->files, d->model_file);

		if (!set_conditions(i, d, f))
			return false;
		if (d->name_lost && json_get_text(weights, "file")[0] == 0)
			drafts_note(&file->drafts,
			    "the name of the model file, %s, lost bytes while llama-bench printed "
			    "it and is left out; --weights FILE tells it whole",
			    d->model_file);
		if (!complete_draft(i, file, names, d, f))
			return false;
	}
	return true;
}

bool
import_complete(struct import *i, struct fault *f)
{
	struct model_names names = {0};
	bool done = told_read(i->args, &i->told, f) && model_names_read(i, &names, f);

	for (size_t k = 0; done && k < i->n; k++)
		done = complete_file(i, &i->files[k], &names, f);
	model_names_clear(&names);
	return done;
}
