/* enrolment.c — introduce a key to a server: terms, proof of work, one signed statement.
 * SPDX-License-Identifier: Apache-2.0 */
#include "enrolment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "deliver.h"
#include "invitation.h"
#include "json.h"
#include "pow.h"
#include "remote.h"
#include "spool.h"
#include "term.h"

#define WAIT_S 5
#define TRIES_A_ROUND 65536

bool
enrolment_needs(const struct task *t, const char *option, struct problem *p)
{
	char path[40];

	if (args_has(t->args, option))
		return true;
	snprintf(path, sizeof(path), "--%s", option);
	return fault_set(&p->fault, FAULT_OPTION, path, "this option", "nothing");
}

static bool
fetch_terms(struct enrolment *e, char **terms, struct problem *p)
{
	uint8_t digest[SHA256_SIZE];
	char hex[HEX32_SIZE];
	size_t n = 0;

	if (!remote_document(e->net, e->policy->terms_path, terms, &n, p))
		return false;
	sha256_of(*terms, n, digest);
	hex_print(digest, SHA256_SIZE, hex);
	if (strcmp(hex, e->policy->terms_sha256) == 0)
		return true;
	return fault_set(&p->fault, FAULT_SERVER_ANSWER, e->policy->terms_path,
	    e->policy->terms_sha256, "a document with SHA-256 %s", hex);
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
	if (!accepted) {
		task_note(e->task, "you did not agree: nothing was signed, nothing was sent");
		e->task->exit = EXIT_CODE_REFUSED;
	}
	return accepted;
}

/* 2^bits tries are needed on average; when it will be done nobody can know. */
static uint64_t
work(const struct enrolment *e)
{
	struct progress bar = {.unit = "tries"};
	int bits = e->policy->pow_bits;
	uint64_t counter = 0;
	char label[80];

	snprintf(label, sizeof(label), "proof of work (about %llu tries)", 1ULL << bits);
	bar.label = label;
	while (!pow_search(e->policy->origin, e->key->public, bits, TRIES_A_ROUND, &counter))
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
	json_t *body;
	char pow[24];

	while ((link = args_next(e->task->args, "link", &cursor)) != NULL)
		json_array_append_new(links, json_string(link));
	snprintf(pow, sizeof(pow), "%016llx", (unsigned long long)counter);
	body = json_pack("{s:s, s:s, s:o, s:s}", "audience", e->policy->origin, "name",
	    args_text(e->task->args, "name"), "links", links, "terms", e->policy->terms_sha256);
	if (e->invitation != NULL)
		json_object_set(body, "invitation", e->invitation);
	else
		json_object_set_new(body, "pow", json_string(pow));
	return body;
}

static bool
read_invitation(struct enrolment *e, struct problem *p)
{
	const char *path = args_text(e->task->args, "invitation");

	return path == NULL || invitation_load(path, e->policy->origin, &e->invitation, &p->fault);
}

/* Try out whether the server could take it before any work is done: the form of name and links. */
static bool
check_form(const struct enrolment *e, struct problem *p)
{
	json_t *body = body_of(e, 0);
	struct text envelope = {0};
	bool done = body != NULL && statement_sign(KIND_ENROLMENT, body, e->key,
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

	if (!enrolment_needs(e->task, "name", p) || !read_invitation(e, p) || !check_form(e, p) ||
	    !accept_terms(e, p))
		return false;
	body = body_of(e, e->invitation != NULL ? 0 : work(e));
	done = body != NULL &&
	       statement_sign(
		   KIND_ENROLMENT, body, e->key, (int64_t)time(NULL), &envelope, NULL, &p->fault) &&
	       spool_take(e->home, envelope.data, envelope.n, id, &fresh, &p->fault);
	text_clear(&envelope);
	json_decref(body);
	return done || task_no_memory(p);
}

static bool
is_ours(const struct enrolment *e, const struct spool_entry *entry)
{
	const struct statement *st = &entry->statement;

	return st->kind == KIND_ENROLMENT && memcmp(st->key, e->key->public, KEY_SIZE) == 0 &&
	       strcmp(json_get_text(st->body, "audience"), e->policy->origin) == 0;
}

/* An enrolment of this key for this log that waits since an earlier call. */
static const struct spool_entry *
find_waiting(const struct enrolment *e, const struct spool_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->entries[i].place == PLACE_WAITING && is_ours(e, &list->entries[i]))
			return &list->entries[i];
	return NULL;
}

static bool
drop_refused(const struct enrolment *e, const struct spool_list *list, struct problem *p)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->entries[i].place == PLACE_REFUSED && is_ours(e, &list->entries[i]) &&
		    !spool_drop(e->home, list->entries[i].id, &p->fault))
			return false;
	return true;
}

static bool
deliver(struct enrolment *e, const struct spool_entry *entry, enum enrolment_outcome *outcome,
    struct problem *p)
{
	struct round round = {.task = e->task, .home = e->home, .net = e->net, .policy = e->policy};
	json_t *out = json_array();
	const char *word;
	bool done;

	round.wait_s = WAIT_S;
	snprintf(e->id, sizeof(e->id), "%s", entry->id);
	snprintf(e->name, sizeof(e->name), "%s", json_get_text(entry->statement.body, "name"));
	done = deliver_one(&round, entry, out, p);
	word = json_get_text(json_array_get(out, 0), "outcome");
	*outcome = ENROLMENT_ACCEPTED;
	if (strcmp(word, "not_needed") == 0)
		*outcome = ENROLMENT_NOT_NEEDED;
	else if (strcmp(word, "refused") == 0)
		*outcome = ENROLMENT_REFUSED;
	json_decref(out);
	return done;
}

bool
enrolment_send(struct enrolment *e, enum enrolment_outcome *outcome, struct problem *p)
{
	struct spool_list list = {0};
	const struct spool_entry *waiting;
	bool done = spool_list(e->home, false, &list, &p->fault);

	waiting = done ? find_waiting(e, &list) : NULL;
	if (done && waiting == NULL) {
		done = sign(e, p) && drop_refused(e, &list, p);
		spool_list_clear(&list);
		done = done && spool_list(e->home, false, &list, &p->fault);
		waiting = done ? find_waiting(e, &list) : NULL;
	}
	done = done && waiting != NULL && deliver(e, waiting, outcome, p);
	json_decref(e->invitation);
	e->invitation = NULL;
	spool_list_clear(&list);
	return done;
}
