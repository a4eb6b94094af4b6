/* verb_gate.c — is a model good enough? GO, NO-GO or INSUFFICIENT, with the evidence.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "args.h"
#include "explain.h"
#include "gate_report.h"
#include "gate_run.h"

#define EXIT_GATE_FAILED ((enum exit_code)2)

static const struct flag flags[] = {
    {.name = "candidate",
	.value = "MODEL",
	.help = "ORG/NAME[@REVISION][+QUANTIZATION], or the SHA-256 of its weights; instead of the "
		"policy's."},
    {.name = "baseline", .value = "MODEL", .help = "What rules compare with, in the same form."},
    {.name = "with",
	.value = "DIR",
	.path = true,
	.help = "Signed submissions that are in no log, for a candidate that is not public yet."},
    {.name = "log",
	.value = "URL|FOLDER",
	.path = true,
	.help = "Where the log is read, instead of the pinned server: a mirror will do."},
    {.name = "vkey",
	.value = "VKEY",
	.help = "The log's verifier key, instead of that of the pinned server."},
    {.name = "keep",
	.value = "DIR",
	.path = true,
	.help =
	    "Where whole tiles and bundles are kept for the next time; HOME/audit if not given."},
    {.name = "threads", .value = "N", .help = "For signatures; one a core if not given."},
    {.name = "sign", .help = "Log the decision, signed, for everybody to make again."},
    {.name = "override",
	.value = "RESULT",
	.help = "With --sign: what a person decides against the rules."},
    {.name = "reason", .value = "TEXT", .help = "With --override: why."},
    {.name = "replay", .value = "ID", .help = "Make a logged decision again, from the log alone."},
    {.name = "junit", .value = "FILE", .path = true, .help = "Write JUnit XML too."},
    {.name = "markdown", .value = "FILE", .path = true, .help = "Write Markdown too."},
    {.name = "all",
	.help = "With init: a rule for each metric that was measured, not for the six that suites "
		"name first."},
    {.name = "suites",
	.value = "DIR",
	.path = true,
	.help = "With explain: the folder of suites, instead of $ASSAY_SUITES."},
    FLAG_KEY,
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay gate init acme/chat-7b > policy.json", "Start a policy from what the log has."},
    {"assay gate explain policy.json", "Read it in plain words."},
    {"assay gate policy.json --candidate acme/chat-8b --baseline acme/chat-7b --junit gate.xml",
	"Judge, in a pipeline."},
    {"assay gate policy.json --candidate acme/chat-9b --with measured/ --sign",
	"Judge what is not public yet, and log the decision."},
    {"assay gate --replay 3f2c…", "See that a decision follows from the log."},
    {NULL, NULL},
};

/* The numbers are the gate's own: pipelines have known them for longer than this program. */
static const struct exit_row exits[] = {
    {(enum exit_code)0, "GO; of init and explain: done"},
    {(enum exit_code)1, "NO-GO"},
    {EXIT_GATE_FAILED, "it could not be evaluated; the reason is told"},
    {(enum exit_code)3, "INSUFFICIENT: what is missing is told"},
    {(enum exit_code)0, NULL},
};

static bool
wrong_words(struct problem *p, const char *got)
{
	return fault_set(&p->fault, FAULT_USAGE, "gate",
	    "POLICY, explain POLICY, init MODEL, or --replay ID", "%s", got);
}

/* The verb's own words alone name no policy's file. */
static const char *
word_alone(const char *operand)
{
	if (strcmp(operand, "init") == 0)
		return "init without a model";
	return strcmp(operand, "explain") == 0 ? "explain without a policy" : NULL;
}

static bool
choose(struct task *t, struct problem *p)
{
	const struct args *a = t->args;
	const char *replay = args_text(a, "replay");

	if (replay != NULL)
		return a->operands_n == 0 ? gate_replay(t, replay, p)
					  : wrong_words(p, "--replay and more");
	if (a->operands_n == 2 && strcmp(a->operands[0], "explain") == 0)
		return gate_explain(t, a->operands[1], p);
	if (a->operands_n == 2 && strcmp(a->operands[0], "init") == 0)
		return gate_init(t, a->operands[1], p);
	if (a->operands_n != 1)
		return wrong_words(p, a->operands_n == 0 ? "nothing" : "other words");
	if (word_alone(a->operands[0]) != NULL)
		return wrong_words(p, word_alone(a->operands[0]));
	return gate_judge(t, a->operands[0], p);
}

/* Whatever goes wrong on the way, nothing was decided. */
static bool
run(struct task *t, struct problem *p)
{
	if (choose(t, p))
		return true;
	p->exit = EXIT_GATE_FAILED;
	if (p->fault.code + p->status != 0)
		task_explain(t, p);
	memset(p, 0, sizeof(*p));
	json_decref(t->result);
	t->result = NULL;
	t->exit = EXIT_GATE_FAILED;
	return false;
}

const struct verb verb_gate = {
    .name = "gate",
    .operands = "[init|explain] [POLICY|MODEL]",
    .operands_max = 2,
    .summary = "is a model good enough? GO, NO-GO or INSUFFICIENT",
    .about =
	"Reads the whole log, from a server or from a mirror's files, believes none of it that is "
	"not signed and in order, and holds what counts against the rules of a policy. A rule is "
	"GO if the 95 % interval over submitters lies wholly on the good side of its limit, NO-GO "
	"if the interval at 1 − 0.05/k lies wholly on the bad side (k: how many places the "
	"policy looks at), else INSUFFICIENT: then it says what is missing and what to run. One "
	"submitter's runs never decide.\n"
	"--with adds submissions that nobody else has seen. They never lend standing; a rule takes "
	"them as enough by themselves only where the policy has min_submitters_internal.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = gate_show,
};
