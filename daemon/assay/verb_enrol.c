/* verb_enrol.c — pin a server and introduce the key to it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "deliver.h"
#include "home.h"
#include "json.h"
#include "ledger.h"
#include "pin.h"
#include "pow.h"
#include "remote.h"
#include "spool.h"
#include "term.h"

#define WAIT_S 5
#define TRIES_A_ROUND 65536

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
    {.name = "key",
	.value = "FILE",
	.path = true,
	.help = "The private key, instead of HOME/key.pem."},
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

/* Everything one enrolment works with. */
struct enrolment {
	struct task *task;
	struct home home;
	struct pin pin;
	struct keypair key;
	bool key_made;
	struct net *net;
	struct policy policy;
	char key_text[48]; /* base64 */
};

static bool
needed(const struct task *t, const char *option, struct problem *p)
{
	char path[40];

	if (args_has(t->args, option))
		return true;
	snprintf(path, sizeof(path), "--%s", option);
	return fault_set(&p->fault, FAULT_OPTION, path, "this option", "nothing");
}

static bool
prepare(struct enrolment *e, struct problem *p)
{
	struct text b64 = {0};

	if (!home_find(e->task->args, &e->home, &p->fault) ||
	    !pin_load(&e->home, &e->pin, &p->fault))
		return false;
	if (!e->pin.present && (!needed(e->task, "server", p) || !needed(e->task, "name", p)))
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
meet(struct enrolment *e, struct problem *p)
{
	bool first = !e->pin.present;

	if (!pin_meet(&e->pin, args_text(e->task->args, "server"), &e->net, &e->policy, p))
		return false;
	if (first && !pin_first(e->net, &e->policy, &e->pin, p))
		return false;
	snprintf(e->pin.url, sizeof(e->pin.url), "%s", net_address(e->net));
	return pin_save(&e->home, &e->pin, &p->fault);
}

static bool
fetch_terms(struct enrolment *e, char **terms, struct problem *p)
{
	uint8_t digest[SHA256_SIZE];
	char hex[HEX32_SIZE];
	size_t n = 0;

	if (!remote_document(e->net, e->policy.terms_path, terms, &n, p))
		return false;
	sha256_of(*terms, n, digest);
	hex_print(digest, SHA256_SIZE, hex);
	if (strcmp(hex, e->policy.terms_sha256) == 0)
		return true;
	return fault_set(&p->fault, FAULT_SERVER_ANSWER, e->policy.terms_path,
	    e->policy.terms_sha256, "a document with SHA-256 %s", hex);
}

static bool
accept_terms(struct enrolment *e, struct problem *p)
{
	bool asked = !args_has(e->task->args, "accept-terms"), accepted = true;
	char *terms = NULL;

	if (asked && !term_can_ask())
		return fault_set(&p->fault, FAULT_OPTION, "--accept-terms",
		    "this option, or a terminal to ask at", "neither");
	if (!fetch_terms(e, &terms, p)) {
		free(terms);
		return false;
	}
	if (asked) {
		term_say(stderr, terms);
		accepted = term_ask("Do you agree? Everything you submit is public and permanent.");
	}
	free(terms);
	if (accepted)
		return true;
	return fault_set(&p->fault, FAULT_TERMS, e->policy.terms_path, "your agreement", "none");
}

/* On average 2^bits tries; the bar cannot know more. */
static uint64_t
work(const struct enrolment *e)
{
	struct progress bar = {.label = "proof of work", .unit = "tries"};
	uint64_t counter = 0;

	while (!pow_search(
	    e->policy.origin, e->key.public, e->policy.pow_bits, TRIES_A_ROUND, &counter))
		progress_show(&bar, counter);
	progress_end(&bar);
	return counter;
}

static json_t *
body_of(const struct enrolment *e, uint64_t counter)
{
	json_t *links = json_array();
	size_t cursor = 0;
	const char *link;
	char pow[24];

	while ((link = args_next(e->task->args, "link", &cursor)) != NULL)
		json_array_append_new(links, json_string(link));
	snprintf(pow, sizeof(pow), "%016llx", (unsigned long long)counter);
	return json_pack("{s:s, s:s, s:o, s:s, s:s}", "audience", e->policy.origin, "name",
	    args_text(e->task->args, "name"), "links", links, "terms", e->policy.terms_sha256,
	    "pow", pow);
}

/* Try out whether the server could take it before any work is done: the form of name and links. */
static bool
check_form(const struct enrolment *e, struct problem *p)
{
	json_t *body = body_of(e, 0);
	struct text envelope = {0};
	bool done = body != NULL && statement_sign(KIND_ENROLMENT, body, &e->key,
					(int64_t)time(NULL), &envelope, NULL, &p->fault);

	text_clear(&envelope);
	json_decref(body);
	return done || task_no_memory(p);
}

static bool
sign(struct enrolment *e, struct problem *p)
{
	struct text envelope = {0};
	char id[HEX32_SIZE];
	json_t *body;
	bool fresh, done;

	if (!needed(e->task, "name", p) || !check_form(e, p) || !accept_terms(e, p))
		return false;
	body = body_of(e, work(e));
	done = body != NULL &&
	       statement_sign(KIND_ENROLMENT, body, &e->key, (int64_t)time(NULL), &envelope, NULL,
		   &p->fault) &&
	       spool_take(&e->home, envelope.data, envelope.n, id, &fresh, &p->fault);
	text_clear(&envelope);
	json_decref(body);
	return done || task_no_memory(p);
}

/* An enrolment of this key for this log that waits since an earlier call. */
static const struct spool_entry *
find_waiting(const struct enrolment *e, const struct spool_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct statement *st = &list->entries[i].statement;

		if (st->kind == KIND_ENROLMENT && list->entries[i].place != PLACE_SENT &&
		    memcmp(st->key, e->key.public, KEY_SIZE) == 0 &&
		    strcmp(json_get_text(st->body, "audience"), e->policy.origin) == 0)
			return &list->entries[i];
	}
	return NULL;
}

static void
set_result(struct enrolment *e, const char *outcome)
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
remember(struct enrolment *e, const struct spool_entry *entry, bool elsewhere, struct problem *p)
{
	const char *name = json_get_text(entry->statement.body, "name");

	snprintf(e->pin.key, sizeof(e->pin.key), "%s", e->key_text);
	snprintf(e->pin.enrolment, sizeof(e->pin.enrolment), "%s", elsewhere ? "" : entry->id);
	snprintf(e->pin.name, sizeof(e->pin.name), "%s", elsewhere ? "" : name);
	return pin_save(&e->home, &e->pin, &p->fault);
}

static bool
send(struct enrolment *e, const struct spool_entry *entry, struct problem *p)
{
	struct round round = {.task = e->task,
	    .home = &e->home,
	    .net = e->net,
	    .policy = &e->policy,
	    .wait_s = WAIT_S};
	json_t *out = json_array();
	const char *outcome;
	bool done = deliver_one(&round, entry, out, p), elsewhere;

	outcome = json_get_text(json_array_get(out, 0), "outcome");
	elsewhere = strcmp(outcome, "not_needed") == 0;
	if (done && strcmp(outcome, "refused") != 0) {
		done = remember(e, entry, elsewhere, p);
		set_result(e, elsewhere ? "already_enrolled" : "enrolled");
	}
	json_decref(out);
	return done;
}

/* A name is part of the signed enrolment and stays. */
static void
already_enrolled(struct enrolment *e)
{
	const char *name = args_text(e->task->args, "name");

	if (name != NULL && e->pin.name[0] != 0 && strcmp(name, e->pin.name) != 0)
		task_note(e->task, "the name stays %s: it is part of the enrolment", e->pin.name);
	set_result(e, "already_enrolled");
}

static bool
enrol(struct enrolment *e, struct problem *p)
{
	struct spool_list list = {0};
	const struct spool_entry *waiting;
	bool done;

	if (strcmp(e->pin.key, e->key_text) == 0) {
		already_enrolled(e);
		return true;
	}
	done = spool_list(&e->home, false, &list, &p->fault);
	waiting = done ? find_waiting(e, &list) : NULL;
	if (done && waiting == NULL) {
		spool_list_clear(&list);
		done = sign(e, p) && spool_list(&e->home, false, &list, &p->fault);
		waiting = done ? find_waiting(e, &list) : NULL;
	}
	done = done && waiting != NULL && send(e, waiting, p);
	spool_list_clear(&list);
	return done;
}

static bool
run(struct task *t, struct problem *p)
{
	struct enrolment e = {.task = t};
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
	     "root; from "
	     "then on nothing is sent to a server that says otherwise. Shows the terms and asks "
	     "once, does "
	     "the proof of work, signs the enrolment and sends it. Makes a key where there is "
	     "none. Calling "
	     "it again is safe.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
