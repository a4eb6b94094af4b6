/* verb_enrol.c — pin a server and introduce the key to it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "enrolment.h"
#include "home.h"
#include "json.h"
#include "ledger.h"
#include "pin.h"
#include "remote.h"
#include "term.h"

static const struct flag flags[] = {
    {.name = "server", .value = "URL", .help = "The server; not needed once it is pinned."},
    {.name = "name",
	.value = "NAME",
	.help = "The name shown with your results; names are not unique."},
    {.name = "link",
	.value = "URL",
	.many = true,
	.help = "A page about you; shown as unverified."},
    {.name = "accept-terms", .help = "Agree to the server's terms without being asked."},
    {.name = "invitation",
	.value = "FILE",
	.path = true,
	.help =
	    "What a staff member printed with `assay invite`; it takes the place of the proof of "
	    "work."},
    FLAG_KEY,
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay enrol --server https://assay.example.org --name 'Ada L.'",
	"Enrol, reading the terms first."},
    {"assay enrol --server https://assay.example.org --name lab-7 --link https://lab.example.org "
     "--accept-terms",
	"Enrol from a script."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the key is enrolled, now or from before"},
    {EXIT_CODE_REFUSED, "the server refused the enrolment, or the terms were not accepted"},
    {EXIT_CODE_USAGE, "an option is missing, or nobody is there to accept the terms"},
    {EXIT_CODE_LOCAL, "the key or the spool cannot be used"},
    {EXIT_CODE_LATER, "the server cannot be reached or is busy; what was signed is in the spool"},
    {EXIT_CODE_IDENTITY, "another server is pinned here; nothing was sent"},
    {0, NULL},
};

/* Everything this verb works with. */
struct work {
	struct task *task;
	struct home home;
	struct pin pin;
	struct keypair key;
	bool key_made;
	struct net *net;
	struct policy policy;
	char key_text[48]; /* base64 */
	struct enrolment enrolment;
};

static bool
prepare(struct work *e, struct problem *p)
{
	struct text b64 = {0};

	if (!home_find(e->task->args, &e->home, &p->fault) ||
	    !pin_load(&e->home, &e->pin, &p->fault))
		return false;
	if (!e->pin.present &&
	    (!enrolment_needs(e->task, "server", p) || !enrolment_needs(e->task, "name", p)))
		return false;
	if (!home_make(&e->home, &p->fault) ||
	    !home_key_make(&e->home, &e->key, &e->key_made, &p->fault))
		return false;
	if (e->key_made)
		task_note(e->task, "there was no key, a new one is in %s", e->home.key);
	base64_print(e->key.public, KEY_SIZE, &b64);
	snprintf(e->key_text, sizeof(e->key_text), "%s", b64.data ? b64.data : "");
	text_clear(&b64);
	return true;
}

/* Compare with the pin, or make one. The same log at another address is the same server. */
static bool
meet(struct work *e, struct problem *p)
{
	bool first = !e->pin.present;

	if (!pin_meet(&e->pin, args_text(e->task->args, "server"), &e->net, &e->policy, p))
		return false;
	if (first && !pin_first(e->net, &e->policy, &e->pin, p))
		return false;
	snprintf(e->pin.url, sizeof(e->pin.url), "%s", net_address(e->net));
	return pin_save(&e->home, &e->pin, &p->fault);
}

static void
set_result(struct work *e, const char *outcome)
{
	uint8_t submitter[SHA256_SIZE];
	char hex[HEX32_SIZE];

	submitter_id(e->key.public, submitter);
	hex_print(submitter, SHA256_SIZE, hex);
	e->task->result = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "outcome",
	    outcome, "server", e->pin.url, "origin", e->pin.origin, "vkey", e->pin.vkey,
	    "first_config", e->pin.first_config, "name", e->pin.name, "submitter", hex, "enrolment",
	    e->pin.enrolment, "key_made", e->key_made);
}

/* Remember which key the server knows, and under which name. Of a key that was enrolled from
 * elsewhere the name is not known here. */
static bool
remember(struct work *e, bool elsewhere, struct problem *p)
{
	const struct enrolment *sent = &e->enrolment;

	snprintf(e->pin.key, sizeof(e->pin.key), "%s", e->key_text);
	snprintf(e->pin.enrolment, sizeof(e->pin.enrolment), "%s", elsewhere ? "" : sent->id);
	snprintf(e->pin.name, sizeof(e->pin.name), "%s", elsewhere ? "" : sent->name);
	return pin_save(&e->home, &e->pin, &p->fault);
}

/* A name is part of the signed enrolment and stays. */
static void
already_enrolled(struct work *e)
{
	const char *name = args_text(e->task->args, "name");

	if (name != NULL && e->pin.name[0] != 0 && strcmp(name, e->pin.name) != 0)
		task_note(e->task, "the name stays %s: it is part of the enrolment", e->pin.name);
	set_result(e, "already_enrolled");
}

static bool
enrol(struct work *e, struct problem *p)
{
	enum enrolment_outcome outcome = ENROLMENT_REFUSED;
	bool elsewhere;

	if (strcmp(e->pin.key, e->key_text) == 0) {
		already_enrolled(e);
		return true;
	}
	e->enrolment = (struct enrolment){.task = e->task, .home = &e->home, .key = &e->key};
	e->enrolment.net = e->net;
	e->enrolment.policy = &e->policy;
	if (!enrolment_send(&e->enrolment, &outcome, p))
		return false;
	if (outcome == ENROLMENT_REFUSED)
		return true;
	elsewhere = outcome == ENROLMENT_NOT_NEEDED;
	if (!remember(e, elsewhere, p))
		return false;
	set_result(e, elsewhere ? "already_enrolled" : "enrolled");
	return true;
}

static bool
run(struct task *t, struct problem *p)
{
	struct work e = {.task = t};
	bool done = prepare(&e, p) && meet(&e, p) && enrol(&e, p);

	keypair_wipe(&e.key);
	policy_clear(&e.policy);
	net_close(e.net);
	home_close(&e.home);
	return done;
}

static void
show(const json_t *result, FILE *out)
{
	bool new = strcmp(json_get_text(result, "outcome"), "enrolled") == 0;
	const char *name = json_get_text(result, "name");

	fputs(new ? "Enrolled" : "Already enrolled", out);
	fputs(name[0] ? " as " : "", out);
	term_say(out, name);
	fprintf(out, "submitter  %s\n", json_get_text(result, "submitter"));
	fputs("server     ", out);
	term_say(out, json_get_text(result, "server"));
	fputs("log        ", out);
	term_say(out, json_get_text(result, "vkey"));
	fprintf(out, "root       %s\n", json_get_text(result, "first_config"));
}

const struct verb verb_enrol = {
    .name = "enrol",
    .operands = "",
    .summary = "pin a server and introduce your key to it",
    .about = "Asks the server who it is, checks its first config and pins its origin, key and "
	     "root; from then on nothing is sent to a server that says otherwise. Shows the terms "
	     "and asks once, does the proof of work, signs the enrolment and sends it. Makes a "
	     "key where there is none. Calling it again is safe.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
