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

#define EVIDENCE_MAX 16 /* files that one submission names */

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
	json_t *told = json_object_get(d->body, "engine");
	json_t *engine = told != NULL ? json_copy(told) : json_object();

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
judge_of(const struct import *i, const struct draft *d)
{
	json_t *told = json_object_get(d->body, "judge"), *judge;

	if (told == NULL && !d->wants_judge)
		return NULL;
	judge = json_object();
	set_text(judge, "name", args_text(i->args, "judge"));
	set_text(judge, "version", args_text(i->args, "judge-version"));
	set_text(judge, "prompt_digest", i->told.judge_prompt);
	if (args_has(i->args, "judge-temperature"))
		json_object_set_new(judge, "temperature", json_real(i->told.judge_temperature));
	json_object_update_missing(judge, told);
	if (json_object_get(judge, "anchors") == NULL)
		json_object_set_new(judge, "anchors", json_array());
	return judge;
}

static void
add_evidence(json_t *list, const struct importer *importer, const char *name, const char *hex,
    const char *data, size_t n)
{
	if (json_array_size(list) < EVIDENCE_MAX)
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:I, s:s}", "name", evidence_name(name), "sha256",
			      hex, "bytes", (json_int_t)n, "media_type",
			      importer_media_type(importer, data, n)));
}

/* The file, or the members of a folder; then what else was used with it. */
static json_t *
evidence_of(const struct import_file *file)
{
	json_t *list = json_array();
	char hex[HEX32_SIZE];

	if (file->importer->members == NULL)
		add_evidence(list, file->importer, file->path, file->sha256, file->data, file->n);
	for (size_t k = 0; k < file->parts_n; k++) {
		const struct source_part *part = &file->parts[k];

		if (!part->used || part->data == NULL)
			continue;
		part_digest(part, hex);
		add_evidence(list, file->importer, part->name, hex, part->data, part->n);
	}
	return list;
}

static bool
meets_by_base(const struct suite *suite)
{
	for (size_t k = 0; k < suite->cell_n; k++)
		if (strcmp(suite->cell[k], "base") == 0)
			return true;
	return false;
}

static void
set_use_cases(const struct import *i, json_t *body)
{
	json_t *list = json_array();
	const char *name;
	size_t cursor = 0;

	while ((name = args_next(i->args, "use-case", &cursor)) != NULL)
		json_array_append_new(list, json_string(name));
	if (json_array_size(list) > 0)
		json_object_set(body, "use_cases", list);
	json_decref(list);
}

static json_t *
body_of(const struct import *i, const struct import_file *file, const struct model_names *names,
    const struct draft *d, struct fault *f)
{
	static const char *const told[] = {"items", "started_at", "duration_s", "extra"};
	json_t *model = model_of(names, d, f), *body, *judge = judge_of(i, d);

	if (model == NULL) {
		json_decref(judge);
		return NULL;
	}
	body = json_pack("{s:s, s:o, s:o, s:o, s:o, s:O, s:o*, s:o, s:{s:s, s:s}}", "audience",
	    i->audience, "suite", suite_of(d->suite), "model", model, "engine",
	    engine_of(i->args, d), "hardware", hardware_of(i->args, d), "results",
	    json_object_get(d->body, "results"), "judge", judge, "evidence", evidence_of(file),
	    "runner", "name", "assay", "version", ASSAY_VERSION);
	if (body == NULL) {
		no_memory(f);
		return NULL;
	}
	if (meets_by_base(d->suite))
		set_text(model, "base", i->told.base);
	for (size_t k = 0; k < sizeof(told) / sizeof(told[0]); k++)
		if (json_object_get(d->body, told[k]) != NULL &&
		    (!json_is_object(json_object_get(d->body, told[k])) ||
			json_object_size(json_object_get(d->body, told[k])) > 0))
			json_object_set(body, told[k], json_object_get(d->body, told[k]));
	set_text(body, "notes", args_text(i->args, "notes"));
	set_use_cases(i, body);
	set_text(body, "intent", args_text(i->args, "intent"));
	return body;
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
	bool dropped = false;
	bool done = body != NULL && (import_split(body, file->bodies, &dropped) || no_memory(f));

	json_decref(body);
	if (dropped)
		drafts_note(&file->drafts,
		    "scores of single items do not fit into one statement and are left out");
	for (size_t k = before; done && k < json_array_size(file->bodies); k++)
		done = check_body(d->suite, json_array_get(file->bodies, k), &local);
	if (local.code != FAULT_NONE)
		import_fault(file, &local, f);
	return done;
}

static bool
complete_file(const struct import *i, struct import_file *file, const struct model_names *names,
    struct fault *f)
{
	if (!wants_check(i, file, names, f))
		return false;
	file->bodies = json_array();
	for (size_t k = 0; k < file->drafts.n; k++) {
		const struct draft *d = &file->drafts.list[k];
		const json_t *weights = json_object_get(names->files, d->model_file);

		conditions_set(i, d);
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
	bool done = told_read(i->args, &i->told, f) && conditions_check(i, f) &&
		    model_names_read(i, &names, f);

	for (size_t k = 0; done && k < i->n; k++)
		done = i->files[k].companion || complete_file(i, &i->files[k], &names, f);
	model_names_clear(&names);
	return done;
}
