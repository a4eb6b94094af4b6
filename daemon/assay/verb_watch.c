/* verb_watch.c — release managers: keep a policy under watch, list what is watched, end it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "gate_run.h"
#include "json.h"
#include "log_source.h"
#include "say.h"
#include "term.h"

static const struct flag flags[] = {
    {.name = "candidate",
	.value = "MODEL",
	.help = "With start: the model to watch, instead of the policy's."},
    {.name = "baseline", .value = "MODEL", .help = "With start: what rules compare with."},
    {.name = "reason", .value = "TEXT", .help = "With stop: why; public. Needed."},
    {.name = "log",
	.value = "URL|FOLDER",
	.path = true,
	.help = "With list: where documents are read, instead of the pinned server."},
    {.name = "all", .help = "With list: those that have ended too."},
    {.name = "suites",
	.value = "DIR",
	.path = true,
	.help = "With start: the folder of suites, instead of $ASSAY_SUITES."},
    FLAG_KEY,
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay watch start policy.json --candidate acme/chat-8b --baseline acme/chat-7b",
	"Have the policy judged again whenever its evidence changes."},
    {"assay watch list", "What is watched, and what it says."},
    {"assay watch stop 3f2c… --reason 'chat-8b is released'", "End a watch of yours."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the watch has begun or ended, or waits for its place in the log; listed"},
    {EXIT_CODE_REFUSED,
	"the policy is at fault, the server refused it, or the log made it void: you are no "
	"release manager"},
    {EXIT_CODE_USAGE, "the command line is not understood, or no server is pinned"},
    {EXIT_CODE_LOCAL, "the policy, the key or the spool cannot be used"},
    {EXIT_CODE_LATER, "the server cannot be reached or is busy; what was signed is in the spool"},
    {EXIT_CODE_IDENTITY, "the server is not the one that was pinned; nothing was sent"},
    {0, NULL},
};

/* ---- start ---- */

/* The address of the badge is what most people want of it. */
static bool
start(struct task *t, const char *path, struct problem *p)
{
	struct speaker s = {0};
	struct text policy = {0};
	char badge[NET_URL_MAX + 128];
	bool done = gate_watched_policy(t, path, &policy, p) && speaker_open(t, &s, p) &&
		    say(t, &s, KIND_WATCH, json_pack("{s:s}", "policy", policy.data), p);

	if (done) {
		snprintf(badge, sizeof(badge), "%s/data/v1/badges/%s.svg", s.pin.url,
		    json_get_text(t->result, "id"));
		json_object_set_new(t->result, "badge", json_string(badge));
	}
	speaker_close(&s);
	text_clear(&policy);
	return done;
}

/* ---- stop ---- */

static bool
stop(struct task *t, const char *id, struct problem *p)
{
	const char *reason = args_text(t->args, "reason");
	struct speaker s = {0};
	bool done;

	if (!say_id(id, "the id of your watch, 64 hex digits", &p->fault))
		return false;
	if (reason == NULL)
		return fault_set(&p->fault, FAULT_OPTION, "reason", "why it ends", "nothing");
	done =
	    speaker_open(t, &s, p) &&
	    say(t, &s, KIND_RETRACTION, json_pack("{s:s, s:s}", "target", id, "reason", reason), p);
	speaker_close(&s);
	return done;
}

/* ---- list ---- */

static bool
read_list(struct task *t, json_t **doc, struct problem *p)
{
	const char *where = args_text(t->args, "log");
	struct log_source source = {0};
	struct home home = {0};
	struct pin pin = {0};
	char *data = NULL;
	size_t n = 0;
	bool done = home_find(t->args, &home, &p->fault) &&
		    (where != NULL || pin_need(&home, &pin, &p->fault)) &&
		    log_source_open(where != NULL ? where : pin.url, NULL, &source, p) &&
		    log_source_read(&source, "data/v1/watches.json", false, &data, &n, p) &&
		    (*doc = json_read_object(data, n, &p->fault)) != NULL;

	free(data);
	log_source_close(&source);
	home_close(&home);
	return done;
}

static bool
list(struct task *t, struct problem *p)
{
	json_t *doc = NULL, *watches = json_array(), *watch;
	size_t i;

	if (!read_list(t, &doc, p)) {
		json_decref(watches);
		return false;
	}
	json_array_foreach (json_object_get(doc, "watches"), i, watch)
		if (args_has(t->args, "all") || !json_is_true(json_object_get(watch, "ended")))
			json_array_append(watches, watch);
	t->result = json_pack(
	    "{s:O, s:o}", "log_size", json_object_get(doc, "log_size"), "watches", watches);
	json_decref(doc);
	return t->result != NULL || task_no_memory(p);
}

static void
show_one(const json_t *watch, FILE *out)
{
	const json_t *pending = json_object_get(watch, "pending");
	const char *baseline = json_get_text(watch, "baseline");

	fprintf(out, "%-12s ",
	    json_is_true(json_object_get(watch, "ended")) ? "ended"
							  : json_get_text(watch, "result"));
	term_put(out, json_get_text(watch, "candidate"));
	fputs(" by ", out);
	term_put(out, json_get_text(watch, "policy_name"));
	if (baseline[0] != 0) {
		fputs(", against ", out);
		term_put(out, baseline);
	}
	fprintf(out, "\n             %s\n", json_get_text(watch, "id"));
	if (pending != NULL)
		fprintf(out, "             turns to %s if that holds until %s\n",
		    json_get_text(pending, "result"), json_get_text(pending, "settles_at"));
}

static void
show(const json_t *result, FILE *out)
{
	const json_t *watches = json_object_get(result, "watches"), *watch;
	size_t i;

	if (watches == NULL) {
		say_show(result, out);
		if (json_get_text(result, "badge")[0] != 0) {
			fputs("badge      ", out);
			term_say(out, json_get_text(result, "badge"));
		}
		return;
	}
	if (json_array_size(watches) == 0)
		fputs("Nothing is watched.\n", out);
	json_array_foreach (watches, i, watch)
		show_one(watch, out);
}

static bool
run(struct task *t, struct problem *p)
{
	const struct args *a = t->args;
	const char *word = a->operands[0];

	if (strcmp(word, "list") == 0 && a->operands_n == 1)
		return list(t, p);
	if (strcmp(word, "start") == 0 && a->operands_n == 2)
		return start(t, a->operands[1], p);
	if (strcmp(word, "stop") == 0 && a->operands_n == 2)
		return stop(t, a->operands[1], p);
	return fault_set(
	    &p->fault, FAULT_USAGE, "watch", "start POLICY, list, or stop ID", "\"%s\"", word);
}

const struct verb verb_watch = {
    .name = "watch",
    .operands = "start|list|stop [POLICY|ID]",
    .operands_min = 1,
    .operands_max = 2,
    .summary = "release managers: have a policy judged again as evidence comes",
    .about =
	"A policy under watch is judged again whenever something that it looks at changes in the "
	"log: new runs, retractions, acts of staff, runs that get too old. What it says is in "
	"data/v1/watches.json, on the page, and as a badge for a README. A change is told once, "
	"and only when it has held for the policy's settle_hours, by the log's own time; with it "
	"stand the statements that turned it.\n"
	"The policy names the candidate, and a baseline if a rule compares with one. A watch ends "
	"with `stop`, which is a retraction, or when its signer is no release manager any more.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
