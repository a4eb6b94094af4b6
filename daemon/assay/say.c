/* say.c — one small statement from the command line: sign, spool, send, wait.
 * SPDX-License-Identifier: Apache-2.0 */
#include "say.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "deliver.h"
#include "json.h"
#include "ledger.h"
#include "remote.h"
#include "seen.h"
#include "spool.h"
#include "term.h"

#define LOOK_EVERY_MS 200

bool
speaker_open(struct task *t, struct speaker *s, struct problem *p)
{
	return home_find(t->args, &s->home, &p->fault) && pin_need(&s->home, &s->pin, &p->fault) &&
	       home_make(&s->home, &p->fault) && home_key(&s->home, &s->key, &p->fault);
}

void
speaker_close(struct speaker *s)
{
	keypair_wipe(&s->key);
	home_close(&s->home);
}

/* A key that was added later is not the one the submitter's id is made of: the enrolment knows. */
bool
speaker_submitter(struct speaker *s, uint8_t out[SHA256_SIZE], struct problem *p)
{
	struct policy policy = {0};
	struct net *net = NULL;
	json_t *enrolment = NULL;
	bool done = true;

	submitter_id(s->key.public, out);
	if (s->pin.enrolment[0] == 0)
		return true;
	done = pin_meet(&s->pin, NULL, &net, &policy, p) &&
	       remote_statement(net, s->pin.enrolment, &enrolment, p);
	if (done && !hex_parse(json_get_text(json_object_get(enrolment, "submitter"), "id"), out,
			SHA256_SIZE))
		submitter_id(s->key.public, out); /* not settled yet, so it is the first key */
	json_decref(enrolment);
	policy_clear(&policy);
	net_close(net);
	return done;
}

static bool
spool(struct speaker *s, enum kind kind, json_t *body, char id[HEX32_SIZE], struct fault *f)
{
	struct text envelope = {0};
	bool fresh, done;

	json_object_set_new(body, "audience", json_string(s->pin.origin));
	seen_put(&s->home, body);
	done = statement_sign(kind, body, &s->key, (int64_t)time(NULL), &envelope, NULL, f) &&
	       spool_take(&s->home, envelope.data, envelope.n, id, &fresh, f);
	text_clear(&envelope);
	return done;
}

/* Send what waits, this statement among it. False if this one is not acknowledged; why is told. */
static bool
send_spool(struct task *t, struct speaker *s, const char *id, struct problem *p)
{
	struct round round = {.task = t, .home = &s->home, .wait_s = SAY_WAIT_S};
	json_t *sent = NULL, *entry;
	bool acknowledged = false;
	size_t i;

	if (!deliver_all(&round, &s->pin, NULL, &sent, p)) {
		json_decref(sent);
		return false;
	}
	json_array_foreach (json_object_get(sent, "statements"), i, entry)
		if (strcmp(json_get_text(entry, "id"), id) == 0)
			acknowledged = json_get_text(entry, "url")[0] != 0;
	json_decref(sent);
	return acknowledged;
}

static void
rest(void)
{
	const struct timespec pause = {.tv_nsec = LOOK_EVERY_MS * 1000000L};

	nanosleep(&pause, NULL);
}

/* Ask until the statement has its place. */
static bool
await(struct speaker *s, const char *id, json_t **out, struct problem *p)
{
	struct policy policy = {0};
	struct net *net = NULL;
	bool done = pin_meet(&s->pin, NULL, &net, &policy, p);

	for (int left = SAY_WAIT_S * 1000 / LOOK_EVERY_MS; done; left--) {
		json_decref(*out);
		*out = NULL;
		done = remote_statement(net, id, out, p);
		if (!done || left == 0 || strcmp(json_get_text(*out, "state"), "pending") != 0)
			break;
		rest();
	}
	policy_clear(&policy);
	net_close(net);
	return done;
}

static void
report(struct task *t, const struct speaker *s, const char *id, const json_t *settled)
{
	static const char *const members[] = {"kind", "state", "reason", "pointer", "index"};
	char url[NET_URL_MAX + 128];
	json_t *value;

	snprintf(url, sizeof(url), "%s/v1/statements/%s", s->pin.url, id);
	t->result = json_pack("{s:s}", "id", id);
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if ((value = json_object_get(settled, members[i])) != NULL)
			json_object_set(t->result, members[i], value);
	json_object_set_new(t->result, "url", json_string(url));
	if (strcmp(json_get_text(settled, "state"), "void") == 0)
		t->exit = EXIT_CODE_REFUSED;
}

bool
say(struct task *t, struct speaker *s, enum kind kind, json_t *body, struct problem *p)
{
	char id[HEX32_SIZE];
	json_t *settled = NULL;
	bool done;

	if (body == NULL)
		return task_no_memory(p);
	done = spool(s, kind, body, id, &p->fault);
	json_decref(body);
	if (!done || !send_spool(t, s, id, p))
		return false;
	done = await(s, id, &settled, p);
	if (done)
		report(t, s, id, settled);
	json_decref(settled);
	return done;
}

static bool
is_taken(const struct policy *policy, enum kind kind)
{
	const json_t *name;
	size_t i;

	json_array_foreach (json_object_get(policy->doc, "kinds"), i, name)
		if (json_is_string(name) &&
		    strcmp(json_string_value(name), kind_info(kind)->name) == 0)
			return true;
	return false;
}

static bool
deliver_named(struct round *r, const char *id, struct problem *p)
{
	struct spool_list list = {0};
	json_t *told = json_array();
	bool done = spool_list(r->home, false, &list, &p->fault);

	for (size_t i = 0; done && i < list.n; i++)
		if (strcmp(list.entries[i].id, id) == 0)
			done = deliver_one(r, &list.entries[i], told, p);
	done = done && json_get_text(json_array_get(told, 0), "url")[0] != 0;
	json_decref(told);
	spool_list_clear(&list);
	return done;
}

bool
speak(struct task *t, enum kind kind, json_t *body, struct problem *p)
{
	struct speaker s = {0};
	bool done = speaker_open(t, &s, p);

	if (done)
		done = say(t, &s, kind, body, p);
	else
		json_decref(body);
	speaker_close(&s);
	return done;
}

bool
say_alone(struct task *t, struct speaker *s, enum kind kind, json_t *body, char id[HEX32_SIZE],
    struct problem *p)
{
	struct round round = {.task = t, .home = &s->home, .wait_s = SAY_WAIT_S};
	struct policy policy = {0};
	struct net *net = NULL;
	struct fault ignored = {0};
	bool done = pin_meet(&s->pin, NULL, &net, &policy, p);

	id[0] = 0;
	if (done && is_taken(&policy, kind)) {
		round.net = net;
		round.policy = &policy;
		done = spool(s, kind, body, id, &p->fault);
		if (done && !deliver_named(&round, id, p))
			done = false;
		if (!done && id[0] != 0)
			(void)!spool_drop(&s->home, id, &ignored);
	}
	policy_clear(&policy);
	net_close(net);
	return done;
}

void
say_show(const json_t *result, FILE *out)
{
	const char *state = json_get_text(result, "state"),
		   *reason = json_get_text(result, "reason");

	if (strcmp(state, "void") == 0)
		fputs("It stands in the log, but is void: ", out);
	else if (strcmp(state, "pending") == 0)
		fputs("Accepted; it waits for its place in the log. ", out);
	else
		fputs("Done. ", out);
	term_say(out, reason);
	if (json_get_text(result, "pointer")[0]) {
		fputs("at         ", out);
		term_say(out, json_get_text(result, "pointer"));
	}
	fprintf(out, "statement  %s\n", json_get_text(result, "id"));
	fputs("see        ", out);
	term_say(out, json_get_text(result, "url"));
}

bool
say_id(const char *word, const char *what, struct fault *f)
{
	uint8_t id[SHA256_SIZE];

	return (strlen(word) == 2 * SHA256_SIZE && hex_parse(word, id, SHA256_SIZE)) ||
	       fault_set(f, FAULT_USAGE, "", what, "\"%s\"", word);
}
