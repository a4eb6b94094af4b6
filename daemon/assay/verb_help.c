/* verb_help.c — explain the verbs.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "args.h"
#include "explain.h"
#include "help.h"
#include "json.h"

static const struct flag flags[] = {
    {.name = "man", .help = "Print the manual page assay.1 (mdoc)."},
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay help import", "Explain one verb."},
    {"assay help --man > assay.1", "Write the manual page."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the words are printed"},
    {EXIT_CODE_USAGE, "there is no such verb"},
    {0, NULL},
};

static bool
run(struct task *t, struct problem *p)
{
	const char *name = t->args->operands_n > 0 ? t->args->operands[0] : "";
	const struct verb *one = verb_named(name);
	json_t *list;

	if (name[0] && one == NULL)
		return fault_set(
		    &p->fault, FAULT_USAGE, name, "a verb that `assay help` lists", "none");
	t->result =
	    json_pack("{s:s, s:b, s:[]}", "verb", name, "man", args_has(t->args, "man"), "verbs");
	list = json_object_get(t->result, "verbs");
	for (const struct verb *const *v = verbs; *v != NULL; v++)
		if (one == NULL || one == *v)
			json_array_append_new(list, help_json(*v));
	return t->result != NULL || task_no_memory(p);
}

static void
show(const json_t *result, FILE *out)
{
	const struct verb *one = verb_named(json_get_text(result, "verb"));

	if (json_is_true(json_object_get(result, "man")))
		help_man(out);
	else if (one != NULL)
		help_verb(one, out);
	else
		help_overview(out);
}

const struct verb verb_help = {
    .name = "help",
    .operands = "[VERB]",
    .operands_max = 1,
    .summary = "explain a verb, or list them",
    .about = "Prints what `assay VERB --help` prints, or the list of verbs, or the whole manual.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
