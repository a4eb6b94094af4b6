/* wants.c — what only the user can tell of an import, asked for by the names of the options.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "args.h"
#include "import.h"
#include "import_parts.h"
#include "json.h"
#include "model_names.h"
#include "submission.h"
#include "text.h"

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
	return pointer_find(d->body, "/model/name") == NULL &&
	       model_name(names, "model", d->model_file) == NULL;
}

/* A name has many weights; one digest or revision has one. */
static bool
no_weights(const struct import *i, const struct model_names *names, const struct draft *d)
{
	const json_t *weights = json_object_get(names->files, d->model_file);

	(void)i;
	return d->wants_weights && pointer_find(d->body, "/model/revision") == NULL &&
	       pointer_find(weights, "/sha256") == NULL &&
	       model_name(names, "revision", d->model_file) == NULL &&
	       model_name(names, "weights-sha256", d->model_file) == NULL;
}

/* Some things only some suites want to know. */
static bool
is_required(const struct draft *d, const char *pointer)
{
	for (size_t k = 0; k < d->suite->required_n; k++)
		if (strcmp(d->suite->required[k], pointer) == 0)
			return true;
	return false;
}

static bool
no_quantization(const struct import *i, const struct model_names *names, const struct draft *d)
{
	const json_t *weights = json_object_get(names->files, d->model_file);

	(void)i;
	return is_required(d, "/model/quantization") &&
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
	return is_required(d, "/engine/version") &&
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
	return (d->devices_unclear || pointer_find(d->body, "/hardware/accelerators") == NULL) &&
	       !args_has(i->args, "accelerator");
}

static bool
no_base(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)names;
	return d->wants_base && !args_has(i->args, "base");
}

static bool
no_judge(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)names;
	return d->wants_judge && pointer_find(d->body, "/judge/name") == NULL &&
	       !args_has(i->args, "judge");
}

static bool
no_prompt(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)names;
	return d->wants_judge && pointer_find(d->body, "/judge/prompt_digest") == NULL &&
	       i->told.judge_prompt[0] == 0;
}

static bool
no_temperature(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)names;
	return d->wants_judge && pointer_find(d->body, "/judge/temperature") == NULL &&
	       !args_has(i->args, "judge-temperature");
}

static bool
no_condition(const struct import *i, const struct draft *d, const char *name, const char *option)
{
	return suite_condition(d->suite, name) != NULL && !args_has(i->args, option) &&
	       !condition_told(i, d, name);
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

static bool
no_baseline(const struct import *i, const struct model_names *names, const struct draft *d)
{
	(void)names;
	return no_condition(i, d, "baseline", "baseline");
}

static const struct want wants[] = {
    {"--model ORG/NAME", no_name},
    {"--weights FILE, --weights-sha256 HEX or --revision REV, which weights of that name",
	no_weights},
    {"--quantization TYPE", no_quantization},
    {"--engine NAME, what ran the model", no_engine},
    {"--engine-version VERSION", no_version},
    {"--cpu NAME", no_cpu},
    {"--accelerator NAME once for each device that ran, or --accelerator none", no_devices},
    {"--base FILE, the weights it was compared with", no_base},
    {"--text FILE, the text it was measured on", no_text},
    {"--n-ctx N, the context size", no_context},
    {"--chunks N, how many the text was cut into", no_chunks},
    {"--baseline NAME, the model it was compared with", no_baseline},
    {"--judge NAME, the model that judged", no_judge},
    {"--judge-prompt FILE, what the judge was told", no_prompt},
    {"--judge-temperature T", no_temperature},
};

static void
add_ask(struct text *asks, const char *ask)
{
	text_addf(asks, "%s%s", asks->n > 0 ? "; " : "", ask);
}

static void
ask_row(const struct want *w, const struct import *i, const struct import_file *file,
    const struct model_names *names, struct text *asks)
{
	const struct draft *d = NULL;

	for (size_t k = 0; d == NULL && k < file->drafts.n; k++)
		if (w->missing(i, names, &file->drafts.list[k]))
			d = &file->drafts.list[k];
	if (d == NULL)
		return;
	add_ask(asks, w->ask);
	if (w->missing == no_name && json_object_size(names->files) > 1)
		text_addf(asks, " as '%s=ORG/NAME', or '*=ORG/NAME' for all", d->model_file);
}

/* What has an option of its own is in the table. */
static bool
has_own_option(const char *name)
{
	static const char *const own[] = {"text_sha256", "n_ctx", "chunks", "baseline"};

	for (size_t k = 0; k < sizeof(own) / sizeof(own[0]); k++)
		if (strcmp(own[k], name) == 0)
			return true;
	return false;
}

static void
ask_condition(const struct import *i, const struct draft *d, const char *name, json_t *asked,
    struct text *asks)
{
	if (json_object_get(asked, name) != NULL || condition_told(i, d, name))
		return;
	json_object_set_new(asked, name, json_true());
	add_ask(asks, "--condition ");
	text_addf(asks, "%s=VALUE", name);
}

/* What decides which results meet is asked for; the rest may stay untold. */
static void
ask_conditions(const struct import *i, const struct draft *d, json_t *asked, struct text *asks)
{
	const json_t *wanted;
	size_t n;

	json_array_foreach (d->asks, n, wanted)
		ask_condition(i, d, json_string_value(wanted), asked, asks);
	for (size_t k = 0; k < d->suite->cell_n; k++) {
		const char *field = d->suite->cell[k], *name = field + strlen("conditions.");
		const struct suite_condition *row;

		if (strncmp(field, "conditions.", strlen("conditions.")) != 0)
			continue;
		row = suite_condition(d->suite, name);
		if (row != NULL && row->absent[0] == 0 && !has_own_option(name))
			ask_condition(i, d, name, asked, asks);
	}
}

bool
wants_check(const struct import *i, const struct import_file *file, const struct model_names *names,
    struct fault *f)
{
	struct text asks = {0};
	json_t *asked = json_object();
	bool complete;

	for (size_t w = 0; w < sizeof(wants) / sizeof(wants[0]); w++)
		ask_row(&wants[w], i, file, names, &asks);
	for (size_t k = 0; k < file->drafts.n; k++)
		ask_conditions(i, &file->drafts.list[k], asked, &asks);
	complete = asks.n == 0;
	if (!complete)
		fault_set(f, FAULT_OPTION, file->path, asks.data ? asks.data : "",
		    "a file that does not tell this");
	json_decref(asked);
	text_clear(&asks);
	return complete;
}
