/* verb_alias.c — staff say which name a raw name stands for.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "args.h"
#include "names.h"
#include "say.h"

static const struct flag flags[] = {
    {.name = "reason", .value = "TEXT", .help = "Why, for everybody to read. Needed."},
    {.name = "undo", .help = "The raw name is to stand for itself again."},
    FLAG_KEY,
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay act queue", "See names that the catalogue does not know."},
    {"assay alias hardware 'rtx4090 (rig 3)' 'NVIDIA GeForce RTX 4090' --reason 'the owner says "
     "so'",
	"Let runs under both names meet."},
    {"assay alias model 'acme-small-8b@+Q4_K_M' 64793d7d… --reason 'these are the weights'",
	"Say which weights a name, revision and quantization are: by the SHA-256 of the file."},
    {"assay alias hardware 'rtx4090 (rig 3)' --undo --reason 'it was another card'",
	"Take it back: the runs move back."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the alias stands in the log, or waits for its place there"},
    {EXIT_CODE_REFUSED, "the server refused it, or the log made it void: you are not staff, or it "
			"would make a chain"},
    {EXIT_CODE_USAGE, "the command line is not understood, or no server is pinned"},
    {EXIT_CODE_LOCAL, "the key or the spool cannot be used"},
    {EXIT_CODE_LATER, "the server cannot be reached or is busy; what was signed is in the spool"},
    {EXIT_CODE_IDENTITY, "the server is not the one that was pinned; nothing was sent"},
    {0, NULL},
};

static bool
check_words(const struct args *a, struct fault *f)
{
	bool undo = args_has(a, "undo");
	enum name_of of;

	if (!name_of_named(a->operands[0], &of))
		return fault_set(f, FAULT_USAGE, "",
		    "hardware, model, engine or quantization, then the raw name", "\"%s\"",
		    a->operands[0]);
	if (args_text(a, "reason") == NULL)
		return fault_set(f, FAULT_OPTION, "reason", "why", "nothing");
	if (a->operands_n != (undo ? 2u : 3u))
		return fault_set(f, FAULT_USAGE, "",
		    undo ? "the raw name alone with --undo"
			 : "the raw name and the name it stands for (or --undo)",
		    "%zu names", a->operands_n - 1);
	return undo || strcmp(a->operands[1], a->operands[2]) != 0 ||
	       fault_set(f, FAULT_USAGE, "", "two different names", "the same twice");
}

static bool
run(struct task *t, struct problem *p)
{
	const struct args *a = t->args;

	if (!check_words(a, &p->fault))
		return false;
	return speak(t, KIND_ALIAS,
	    json_pack("{s:s, s:s, s:s?, s:s}", "of", a->operands[0], "raw", a->operands[1],
		"canonical", a->operands_n > 2 ? a->operands[2] : NULL, "reason",
		args_text(a, "reason")),
	    p);
}

const struct verb verb_alias = {
    .name = "alias",
    .operands = "hardware|model|engine|quantization RAW [CANONICAL]",
    .operands_min = 2,
    .operands_max = 3,
    .summary = "staff: say which name a raw name stands for",
    .about =
	"Signs an alias, sends it, and waits for the log to settle it. From then on runs under the "
	"raw name, those before it too, stand in the cells, boards and documents of the canonical "
	"one; what was signed keeps its raw name for ever. Names are compared byte by byte. "
	"Aliases "
	"do not chain: the canonical name stands for itself, and no other leads to the raw one. An "
	"alias that takes runs into or out of a cell that is `reproduced` waits for `assay act "
	"confirm` of another staff member within 7 days. --undo moves everything back.\n"
	"A model is named as submissions name it, or by its whole subject, "
	"NAME@REVISION+QUANTIZATION.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = say_show,
};
