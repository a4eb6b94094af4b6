/* lm_eval_subject.c — model and engine of a run of lm-evaluation-harness, as its config tells them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "importer.h"
#include "json.h"
#include "lm_eval.h"
#include "mend.h"
#include "model_names.h"
#include "text.h"

static void
set_text(json_t *object, const char *name, const char *value)
{
	if (value != NULL && value[0] != 0)
		json_object_set_new(object, name, json_string(value));
}

/* Return what stands behind NAME= in "k=v,k=v", or the member where they are an object; "" if it is
 * not there. Returns new. */
static char *
argument(const json_t *args, const char *name)
{
	const char *text = json_string_value(args);
	size_t n = strlen(name);

	if (text == NULL)
		return strdup(json_get_text(args, name));
	while (*text != 0) {
		size_t length = strcspn(text, ",");

		if (length > n && strncmp(text, name, n) == 0 && text[n] == '=')
			return strndup(text + n + 1, length - n - 1);
		text += length + (text[length] == ',');
	}
	return strdup("");
}

/* The same order as the harness has: an adapter's name before that of what it is put upon. */
static char *
model_of_arguments(const json_t *args)
{
	static const char *const names[] = {
	    "peft", "delta", "pretrained", "model", "path", "engine"};

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		char *found = argument(args, names[k]);

		if (found == NULL || found[0] != 0)
			return found;
		free(found);
	}
	return strdup("");
}

/* A repository has a commit; what was loaded from a folder of this machine has none. */
static bool
is_local(const struct lm_eval *l)
{
	const json_t *sha = json_object_get(l->config, "model_sha");

	return json_is_string(sha) && json_string_length(sha) == 0;
}

static void
set_revision(const struct lm_eval *l, json_t *model)
{
	const char *sha = json_get_text(l->config, "model_sha");
	char *told = argument(json_object_get(l->config, "model_args"), "revision");

	if (sha[0] != 0)
		set_text(model, "revision", sha);
	else
		set_text(model, "revision", told);
	free(told);
}

static void
set_quantization(const struct lm_eval *l, json_t *model)
{
	static const char torch[] = "torch.";
	const json_t *args = json_object_get(l->config, "model_args");
	char *told = argument(args, "quantization"), *dtype = argument(args, "dtype");
	const char *loaded = json_get_text(l->config, "model_dtype");

	if (loaded[0] == 0)
		loaded = dtype != NULL ? dtype : "";
	if (strncmp(loaded, torch, strlen(torch)) == 0)
		loaded += strlen(torch);
	if (told != NULL && told[0] != 0 && strpbrk(told, "/\\") == NULL)
		set_text(model, "quantization", told);
	else if (strcmp(loaded, "auto") != 0 && strpbrk(loaded, "/\\") == NULL)
		set_text(model, "quantization", loaded);
	free(told);
	free(dtype);
}

/* hf runs inside of transformers; of all others the file tells no version. */
static json_t *
engine_of(const struct lm_eval *l)
{
	const char *name = json_get_text(l->config, "model");
	const char *version = json_get_text(l->root, "transformers_version");
	json_t *engine = json_object();

	set_text(engine, "name", name);
	if (strcmp(name, "hf") == 0 && version[0] != 0 && strcmp(version, "N/A") != 0)
		set_text(engine, "version", version);
	return engine;
}

static json_t *
extra_of(const struct lm_eval *l)
{
	static const char *const told[] = {"lm_eval_version", "git_hash"};
	json_t *extra = json_object();

	for (size_t k = 0; k < sizeof(told) / sizeof(told[0]); k++)
		set_text(extra, told[k], json_get_text(l->root, told[k]));
	return extra;
}

char *
lm_eval_subject(const struct lm_eval *l, json_t *body)
{
	json_t *model = json_object();
	int64_t parameters = json_get_whole(l->config, "model_num_parameters");
	char *name = model_of_arguments(json_object_get(l->config, "model_args")), *base;

	if (name != NULL && !is_local(l) && model_name_is_sound(name))
		set_text(model, "name", name);
	set_revision(l, model);
	set_quantization(l, model);
	if (parameters > 0)
		json_object_set_new(model, "parameters", json_integer(parameters));
	json_object_set_new(body, "model", model);
	json_object_set_new(body, "engine", engine_of(l));
	json_object_set_new(body, "hardware", json_object());
	json_object_set_new(body, "extra", extra_of(l));
	base = name != NULL ? strdup(base_name(name)) : NULL;
	free(name);
	return base;
}
