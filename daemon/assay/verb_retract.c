/* verb_retract.c — take back an own statement, with a reason, in the open.
 * SPDX-License-Identifier: Apache-2.0 */
#include "args.h"
#include "explain.h"
#include "say.h"

static const struct flag flags[] = {
    {.name = "reason", .value = "TEXT", .help = "Why; public, like the statement. Needed."},
    FLAG_KEY,
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay retract 3f2c… --reason 'wrong build of llama.cpp'",
	"Take back the submission with this id."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the statement is retracted, or waits for its place in the log"},
    {EXIT_CODE_REFUSED, "the server refused it, or the log made it void: not yours, or not there"},
    {EXIT_CODE_USAGE, "the command line is not understood, or no server is pinned"},
    {EXIT_CODE_LOCAL, "the key or the spool cannot be used"},
    {EXIT_CODE_LATER, "the server cannot be reached or is busy; what was signed is in the spool"},
    {EXIT_CODE_IDENTITY, "the server is not the one that was pinned; nothing was sent"},
    {0, NULL},
};

static bool
run(struct task *t, struct problem *p)
{
	const char *target = t->args->operands[0], *reason = args_text(t->args, "reason");

	if (!say_id(target, "the id of your statement, 64 hex digits", &p->fault))
		return false;
	if (reason == NULL)
		return fault_set(
		    &p->fault, FAULT_OPTION, "reason", "why it is taken back", "nothing");
	return speak(
	    t, KIND_RETRACTION, json_pack("{s:s, s:s}", "target", target, "reason", reason), p);
}

const struct verb verb_retract = {
    .name = "retract",
    .operands = "ID",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "take back a statement of yours",
    .about = "Signs a retraction of the submission, intent, price, decision or watch with this id, "
	     "sends it, and waits for the log to settle it. What is retracted counts for nothing "
	     "from then on, and stays in "
	     "the log with its retraction: nothing disappears. To correct a number, retract it and "
	     "submit "
	     "the right one.\n"
	     "`assay status` lists the ids of what you sent.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = say_show,
};
