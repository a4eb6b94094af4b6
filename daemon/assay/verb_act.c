/* verb_act.c — what staff do, and what root keys grant: signed and public.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "args.h"
#include "explain.h"
#include "json.h"
#include "remote.h"
#include "say.h"
#include "term.h"

#define NAMES_SHOWN_MAX 20

static const struct flag flags[] = {
    {.name = "reason", .value = "TEXT", .help = "Why, for everybody to read. Needed."},
    {.name = "code",
	.value = "WORD",
	.help = "The kind of reason in one word, such as spam or mistake (default other)."},
    {.name = "role", .value = "ROLE", .help = "With grant and revoke: staff or release-manager."},
    {.name = "key",
	.value = "FILE",
	.path = true,
	.help = "The private key, instead of HOME/key.pem; a root key for grant and revoke."},
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay act queue", "See what waits."},
    {"assay act hold 3f2c… --code implausible --reason 'faster than its memory can be read'",
	"Hold a submission until somebody has looked at it."},
    {"assay act withhold 3f2c… --reason 'names a private person'",
	"Ask for the bytes to go; another staff member confirms."},
    {"assay act confirm 77ab… --reason 'seen, agreed'", "Confirm the act of another."},
    {"assay act grant 9d01… --role staff --key root.pem --reason 'joins the staff'",
	"Give a submitter a role, with a root key."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the act is in the log, or waits for its place there"},
    {EXIT_CODE_REFUSED, "the server refused it, or the log made it void"},
    {EXIT_CODE_USAGE, "the command line is not understood, or no server is pinned"},
    {EXIT_CODE_LOCAL, "the key or the spool cannot be used"},
    {EXIT_CODE_LATER, "the server cannot be reached or is busy; what was signed is in the spool"},
    {EXIT_CODE_IDENTITY, "the server is not the one that was pinned; nothing was sent"},
    {0, NULL},
};

static bool
check_words(const struct args *a, const struct act_info *info, struct fault *f)
{
	if (info == NULL)
		return fault_set(f, FAULT_USAGE, "",
		    "hold, release, quarantine, withhold, trust, suspend, link, unlink, confirm, "
		    "grant "
		    "or revoke",
		    "\"%s\"", a->operands[0]);
	if (a->operands_n != (info->has_other ? 3u : 2u))
		return fault_set(f, FAULT_USAGE, "",
		    info->has_other ? "two submitters' ids behind this act"
				    : "one id behind this act",
		    "%zu", a->operands_n - 1);
	if (info->has_role != (args_text(a, "role") != NULL))
		return fault_set(f, FAULT_OPTION, "role",
		    info->has_role ? "the role to give or take" : "no role with this act", "%s",
		    info->has_role ? "nothing" : args_text(a, "role"));
	if (args_text(a, "reason") == NULL)
		return fault_set(f, FAULT_OPTION, "reason", "why", "nothing");
	for (size_t i = 1; i < a->operands_n; i++)
		if (!say_id(a->operands[i], "an id of 64 hex digits", f))
			return false;
	return true;
}

static json_t *
body_of(const struct args *a)
{
	const char *code = args_text(a, "code");

	return json_pack("{s:s, s:s, s:s*, s:s*, s:s, s:s}", "act", a->operands[0], "target",
	    a->operands[1], "other", a->operands_n > 2 ? a->operands[2] : NULL, "role",
	    args_text(a, "role"), "reason_code", code != NULL ? code : "other", "reason",
	    args_text(a, "reason"));
}

/* The queue is what the server publishes for everybody. */
static bool
queue(struct task *t, struct problem *p)
{
	struct speaker s = {0};
	struct policy policy = {0};
	struct net *net = NULL;
	char *data = NULL;
	size_t n = 0;
	bool done = home_find(t->args, &s.home, &p->fault) &&
		    pin_need(&s.home, &s.pin, &p->fault) &&
		    pin_meet(&s.pin, NULL, &net, &policy, p) &&
		    remote_document(net, "/data/v1/acts.json", &data, &n, p) &&
		    (t->result = json_read_object(data, n, &p->fault)) != NULL;

	free(data);
	policy_clear(&policy);
	net_close(net);
	home_close(&s.home);
	return done;
}

static bool
run(struct task *t, struct problem *p)
{
	if (strcmp(t->args->operands[0], "queue") == 0)
		return queue(t, p);
	if (!check_words(t->args, act_named(t->args->operands[0]), &p->fault))
		return false;
	return speak(t, KIND_ACT, body_of(t->args), p);
}

/* The command that does something about it, for whoever has a reason. */
static void
show_command(FILE *out, const char *act, const char *id, const char *other)
{
	fprintf(out, "           assay act %s ", act);
	term_put(out, id);
	fputs(other[0] ? " " : "", out);
	term_put(out, other);
	fputs(" --reason '…'\n", out);
}

static void
show_held(const json_t *held, FILE *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach (held, i, one) {
		const char *id = json_get_text(one, "id");

		fputs("held       ", out);
		term_put(out, json_get_text(json_object_get(one, "model"), "name"));
		fputs(": ", out);
		term_say(out, json_get_text(one, "reason"));
		show_command(out, "release", id, "");
		show_command(out, "quarantine", id, "");
	}
}

static void
show_doubtful(const json_t *doubtful, FILE *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach (doubtful, i, one) {
		fputs(
		    json_is_true(json_object_get(one, "contested")) ? "contested  " : "outliers   ",
		    out);
		term_put(out, json_get_text(json_object_get(one, "model"), "name"));
		fputs(", cell ", out);
		term_say(out, json_get_text(one, "cell"));
	}
}

static const char *
id_of(const json_t *side)
{
	return json_get_text(json_object_get(side, "submitter"), "id");
}

static void
show_twins(const json_t *twins, FILE *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach (twins, i, one) {
		const json_t *first = json_object_get(one, "first"),
			     *again = json_object_get(one, "again");

		fputs("same       ", out);
		term_put(out, json_get_text(json_object_get(again, "submitter"), "name"));
		fputs(" sent the very timings that ", out);
		term_put(out, json_get_text(json_object_get(first, "submitter"), "name"));
		fprintf(out, " sent before, leaf %lld and leaf %lld\n",
		    (long long)json_get_whole(again, "index"),
		    (long long)json_get_whole(first, "index"));
		show_command(out, "hold", json_get_text(again, "id"), "");
		show_command(out, "link", id_of(first), id_of(again));
	}
}

static void
show_commands(const json_t *commands, FILE *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach (commands, i, one) {
		fputs("           ", out);
		term_say(out, json_string_value(one));
	}
}

static void
show_names(const json_t *names, FILE *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach (names, i, one) {
		fputs(
		    json_is_true(json_object_get(one, "ambiguous")) ? "ambiguous  " : "unknown    ",
		    out);
		term_put(out, json_get_text(one, "of"));
		fputs(" \"", out);
		term_put(out, json_get_text(one, "name"));
		fprintf(out, "\" in %lld cells\n", (long long)json_get_whole(one, "cells"));
		show_commands(json_object_get(one, "commands"), out);
	}
}

/* Acts and aliases that need a second one. Returns whether there were any. */
static bool
show_waiting(const json_t *list, const char *what, FILE *out)
{
	const json_t *one;
	bool any = false;
	size_t i;

	json_array_foreach (list, i, one) {
		if (!json_is_true(json_object_get(one, "waits")))
			continue;
		any = true;
		fputs("waits      ", out);
		term_put(out, what != NULL ? what : json_get_text(one, "act"));
		fputs(": ", out);
		term_say(out, json_get_text(one, "reason"));
		show_command(out, "confirm", json_get_text(one, "id"), "");
	}
	return any;
}

static bool
is_empty(const json_t *queue)
{
	static const char *const lists[] = {"held", "doubtful", "twins", "unknown_names"};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (json_array_size(json_object_get(queue, lists[i])) > 0)
			return false;
	return true;
}

static void
show(const json_t *result, FILE *out)
{
	const json_t *acts = json_object_get(result, "acts");
	bool any;

	if (acts == NULL) {
		say_show(result, out);
		return;
	}
	show_held(json_object_get(result, "held"), out);
	show_doubtful(json_object_get(result, "doubtful"), out);
	show_twins(json_object_get(result, "twins"), out);
	show_names(json_object_get(result, "unknown_names"), out);
	any = show_waiting(json_object_get(result, "aliases"), "alias", out);
	any = show_waiting(acts, NULL, out) || any;
	if (!any && is_empty(result))
		fputs("Nothing waits for staff.\n", out);
}

const struct verb verb_act = {
    .name = "act",
    .operands = "ACT ID [ID] | queue",
    .operands_min = 1,
    .operands_max = 3,
    .summary = "act as staff: hold, release, suspend, grant …",
    .about =
	"Signs one act, sends it, and waits for the log to settle it. hold, release and quarantine "
	"move a submission out of the count and back; withhold removes the bytes of a statement "
	"everywhere, and waits for the confirm of another staff member within 7 days; trust and "
	"suspend say what a submitter is; link and unlink say that two submitters are one, who "
	"then "
	"has one vote. grant and revoke give and take roles and need a root key.\n"
	"queue shows what waits for staff, with the commands to copy: held submissions, contested "
	"cells and outliers, the same timings from two submitters, names that the catalogue does "
	"not know, acts that need a second one. It is public; nothing is signed.\n"
	"Nobody releases, confirms or vouches for what is their own. Every act is public, with its "
	"reason and who signed it.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
