/* verb_status.c — what became of the statements signed here.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "home.h"
#include "json.h"
#include "pin.h"
#include "receipts.h"
#include "remote.h"
#include "spool.h"
#include "term.h"

#define PREFIX_MIN 4

static const struct flag flags[] = {
    {.name = "offline", .help = "Say only what is known here, without asking the server."},
    {.name = "server",
	.value = "URL",
	.help = "Another address of the pinned server; it must still be the same log."},
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay status", "List every statement and what the server made of it."},
    {"assay status 3fa4c1d2", "Ask for one, by the begin of its id."},
    {"assay status --offline --json", "List what waits and what was sent, for a script."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the list is printed, whatever the states are"},
    {EXIT_CODE_REFUSED, "an id is not known, here or to the server"},
    {EXIT_CODE_USAGE, "no server is pinned, or an id is too short"},
    {EXIT_CODE_LOCAL, "the spool cannot be read"},
    {EXIT_CODE_LATER, "the server cannot be reached; what is known here is printed"},
    {EXIT_CODE_IDENTITY, "the server is not the one that was pinned"},
    {0, NULL},
};

/* The server, unless it is not to be asked. */
struct source {
	const struct home *home;
	const struct pin *pin;
	struct net *net;
	struct policy policy;
};

static bool
is_prefix(const char *word, const char *id)
{
	return strncmp(word, id, strlen(word)) == 0;
}

static bool
wanted(const struct args *a, const char *id)
{
	for (size_t i = 0; i < a->operands_n; i++)
		if (is_prefix(a->operands[i], id))
			return true;
	return a->operands_n == 0;
}

static bool
check_ids(const struct args *a, const struct spool_list *list, struct problem *p)
{
	for (size_t i = 0; i < a->operands_n; i++) {
		const char *word = a->operands[i];
		bool known = false;

		if (strlen(word) < PREFIX_MIN)
			return fault_set(&p->fault, FAULT_USAGE, word,
			    "an id, or at least its first 4 digits", "%zu", strlen(word));
		for (size_t k = 0; k < list->n; k++)
			known = known || is_prefix(word, list->entries[k].id);
		if (!known)
			return fault_set(&p->fault, FAULT_STATEMENT_NOT_FOUND, word,
			    "the id of a statement signed here", "no such file in spool or sent");
	}
	return true;
}

/* Copy what there is of these members. */
static void
copy_members(json_t *to, const json_t *from)
{
	static const char *const names[] = {
	    "state", "reason", "pointer", "index", "accepted_at", "submitter", "verdict"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_object_set(to, names[i], json_object_get(from, names[i]));
}

static json_t *
local_state(const struct home *h, const struct spool_entry *e)
{
	char at[TIME_SIZE];
	json_t *told, *note = spool_note(h, e);

	time_print(e->statement.created_at, at);
	told = json_pack("{s:s, s:s, s:s, s:s}", "id", e->id, "kind",
	    kind_info(e->statement.kind)->name, "created_at", at, "place", place_name(e->place));
	if (e->place == PLACE_REFUSED)
		json_object_set(told, "problem", note);
	if (e->place == PLACE_SENT) {
		json_object_set(told, "accepted_at", json_object_get(note, "accepted_at"));
		json_object_set(told, "verdict", json_object_get(note, "verdict"));
	}
	json_decref(note);
	return told;
}

/* A statement that was acknowledged and is gone is worth an alarm; it can be sent again. */
static bool
ask(struct task *t, struct source *source, const char *id, json_t *told, struct problem *p)
{
	json_t *shown = NULL;
	struct problem one = {0};
	bool done = remote_statement(source->net, id, &shown, &one);

	if (done)
		copy_members(told, shown);
	if (done && !spool_has_receipt(source->home, id))
		done = receipt_take(source->home, source->net, source->pin, id, shown, told, p);
	json_decref(shown);
	if (done || one.fault.code == FAULT_NONE)
		return done;
	if (one.fault.code != FAULT_STATEMENT_NOT_FOUND) {
		*p = one;
		return false;
	}
	json_object_set_new(told, "state", json_string("missing"));
	snprintf(one.fault.path, sizeof(one.fault.path), "%s", id);
	task_explain(t, &one);
	return true;
}

static bool
tell(struct task *t, const struct home *h, struct source *source, const struct spool_list *list,
    struct problem *p)
{
	json_t *out = json_object_get(t->result, "statements");
	struct progress bar = {.label = "asking", .unit = "statements", .total = list->n};
	bool online = source->net != NULL, done = true;

	for (size_t i = 0; i < list->n; i++) {
		const struct spool_entry *e = &list->entries[i];
		json_t *told;

		if (!wanted(t->args, e->id))
			continue;
		told = local_state(h, e);
		if (online && e->place == PLACE_SENT) {
			progress_show(&bar, i);
			online = done = ask(t, source, e->id, told, p);
		}
		json_array_append_new(out, told);
	}
	progress_end(&bar);
	return done;
}

/* What is known here is told even if the server cannot be asked. */
static bool
status(struct task *t, const struct home *h, const struct pin *pin, const struct spool_list *list,
    struct problem *p)
{
	struct source source = {.home = h, .pin = pin};
	struct problem later = {0};
	bool offline = args_has(t->args, "offline"), met = true, done;

	if (!check_ids(t->args, list, p))
		return false;
	t->result =
	    json_pack("{s:s, s:s, s:[]}", "server", pin->url, "origin", pin->origin, "statements");
	json_object_set_new(t->result, "evidence", spool_evidence(h));
	if (!offline && list->n > 0)
		met = pin_meet(pin, args_text(t->args, "server"), &source.net, &source.policy, p);
	if (!met) {
		net_close(source.net);
		source.net = NULL;
	}
	done = tell(t, h, &source, list, met ? p : &later) && met;
	policy_clear(&source.policy);
	net_close(source.net);
	return done;
}

static bool
run(struct task *t, struct problem *p)
{
	struct home home = {0};
	struct spool_list list = {0};
	struct pin pin;
	bool done = home_find(t->args, &home, &p->fault) && pin_need(&home, &pin, &p->fault) &&
		    spool_list(&home, true, &list, &p->fault);

	for (size_t i = 0; done && i < list.damaged_n; i++) {
		struct problem one = {.fault = list.damaged[i]};

		task_explain(t, &one);
	}
	done = done && status(t, &home, &pin, &list, p);
	spool_list_clear(&list);
	home_close(&home);
	return done;
}

static const char *
words_for(const json_t *told)
{
	const char *state = json_get_text(told, "state"), *place = json_get_text(told, "place");

	if (strcmp(place, "waiting") == 0)
		return "waiting to be sent";
	if (strcmp(place, "refused") == 0)
		return "refused";
	if (strcmp(state, "pending") == 0)
		return "accepted, waits for its place in the log";
	return state[0] ? state : "accepted";
}

static void
show_one(const json_t *told, FILE *out)
{
	const json_t *verdict = json_object_get(told, "verdict");
	const char *why = json_get_text(told, "reason");

	if (why[0] == 0)
		why = json_get_text(json_object_get(told, "problem"), "title");
	if (why[0] == 0 && json_get_text(told, "state")[0] == 0)
		why = json_get_text(verdict, "reason");
	fprintf(out, "%s  %-10s  ", json_get_text(told, "id"), json_get_text(told, "kind"));
	term_put(out, words_for(told));
	if (json_object_get(told, "index") != NULL)
		fprintf(out, ", leaf %lld", (long long)json_get_whole(told, "index"));
	if (why[0] != 0) {
		fputs(": ", out);
		term_put(out, why);
	}
	fputs("\n", out);
}

static void
show(const json_t *result, FILE *out)
{
	const json_t *list = json_object_get(result, "statements"), *told;
	size_t i;

	json_array_foreach (list, i, told)
		show_one(told, out);
	json_array_foreach (json_object_get(result, "evidence"), i, told)
		fprintf(out, "%s  evidence    waiting to be sent\n", json_string_value(told));
	if (json_array_size(list) == 0)
		fputs("Nothing was signed here yet.\n", out);
}

const struct verb verb_status = {
    .name = "status",
    .operands = "[ID...]",
    .operands_max = 10000,
    .summary = "say what became of the statements signed here",
    .about =
	"Lists the statements of this folder. Waiting and refused ones are still in the spool. Of "
	"the others the server tells the state: pending (not yet in the log), counted, held (with "
	"the reason), void (its signer was not entitled).\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
