/* ledger.c — entitlement and state, settled leaf by leaf in log order.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alias.h"
#include "encode.h"
#include "invitation.h"
#include "json.h"
#include "meeting.h"
#include "neighbours.h"
#include "raw_cell.h"
#include "submission.h"

const char *
state_name(enum state s)
{
	static const char *const names[STATE__MAX] = {
	    [STATE_COUNTED] = "counted",
	    [STATE_HELD] = "held",
	    [STATE_SUPERSEDED] = "superseded",
	    [STATE_RETRACTED] = "retracted",
	    [STATE_QUARANTINED] = "quarantined",
	    [STATE_VOID] = "void",
	};

	return names[s];
}

bool
state_named(const char *name, enum state *out)
{
	for (int s = 0; s < STATE__MAX; s++)
		if (strcmp(state_name((enum state)s), name) == 0) {
			*out = (enum state)s;
			return true;
		}
	return false;
}

void
submitter_id(const uint8_t key[KEY_SIZE], uint8_t out[SHA256_SIZE])
{
	sha256_of(key, KEY_SIZE, out);
}

/* ---- entitlement ---- */

static void
look_up_invitation(const struct book *b, const json_t *body, struct signer *who)
{
	const struct person_key *k;
	struct invitation i;

	if (!invitation_read(body, &i))
		return;
	k = book_key(b, i.by);
	who->inviter_is_staff =
	    k != NULL && !k->revoked && !k->owner->suspended && (k->owner->roles & ROLE_STAFF) != 0;
	who->invitation_used = map_find(&b->invitations, i.id) != NULL;
}

static struct signer
signer_of(const struct book *b, const struct statement *st)
{
	const struct person_key *k = book_key(b, st->key);
	struct signer who = {0};

	look_up_invitation(b, st->body, &who);
	if (k == NULL)
		return who;
	who.derived = who.key_used = true;
	who.revoked = k->revoked;
	who.enrolled = !k->revoked;
	who.suspended = k->owner->suspended;
	who.roles = k->owner->roles;
	who.watches_n = k->owner->watches_n;
	memcpy(who.submitter, k->owner->id, SHA256_SIZE);
	return who;
}

static const struct person *
person_of(const struct leaf_in *in)
{
	const struct person_key *k = book_key(in->book, in->st->key);

	return k != NULL && !k->revoked ? k->owner : NULL;
}

static struct settled *
target_of(const struct leaf_in *in, const char *member)
{
	uint8_t id[SHA256_SIZE];

	return hex_parse(json_get_text(in->st->body, member), id, SHA256_SIZE)
		   ? book_statement(in->book, id)
		   : NULL;
}

/* A submission says which earlier one of the same submitter, suite and subject it corrects. */
static bool
check_replaces(const struct leaf_in *in, struct fault *f)
{
	const char *replaces = json_get_text(in->st->body, "replaces");
	const struct settled *s = target_of(in, "replaces");
	uint8_t subject[SHA256_SIZE];

	if (replaces[0] == 0)
		return true;
	if (s == NULL || s->kind != KIND_SUBMISSION)
		return fault_set(f, FAULT_TARGET, "/replaces",
		    "the id of an earlier submission in the log", "%s", replaces);
	if (s->by != person_of(in))
		return fault_set(f, FAULT_NOT_ENTITLED, "/replaces",
		    "a submission of the same submitter", "somebody else's");
	submission_subject_digest(in->st->body, subject);
	return memcmp(subject, s->subject, SHA256_SIZE) == 0 ||
	       fault_set(f, FAULT_TARGET, "/replaces", "a submission of the same suite and subject",
		   "one of another");
}

static bool
check_retraction(const struct leaf_in *in, struct fault *f)
{
	const struct settled *s = target_of(in, "target");

	if (s != NULL && s->kind == KIND_ALIAS)
		return fault_set(f, FAULT_TARGET, "/target",
		    "a submission, an intent, a price, a decision or a watch",
		    "an alias: another alias of the same raw name to null undoes it");
	if (s == NULL ||
	    (s->kind != KIND_SUBMISSION && s->kind != KIND_INTENT && s->kind != KIND_PRICE &&
		s->kind != KIND_DECISION && s->kind != KIND_WATCH))
		return fault_set(f, FAULT_TARGET, "/target",
		    "the id of a submission, an intent, a price, a decision or a watch in the log",
		    "%s", json_get_text(in->st->body, "target"));
	if (s->by != person_of(in))
		return fault_set(f, FAULT_NOT_ENTITLED, "/target",
		    "a statement of the same submitter", "somebody else's");
	return (s->state != STATE_RETRACTED && s->state != STATE_VOID) ||
	       fault_set(f, FAULT_NOT_APPLICABLE, "/target", "a statement that stands", "%s",
		   state_name(s->state));
}

static bool
check_key_change(const struct leaf_in *in, struct fault *f)
{
	const struct person *p = person_of(in);
	const struct person_key *k;
	uint8_t key[KEY_SIZE];

	if (base64_parse_exact(json_get_text(in->st->body, "add"), key, KEY_SIZE)) {
		if (book_key(in->book, key) != NULL)
			return fault_set(f, FAULT_KEY_TAKEN, "/add",
			    "a key that never belonged to a submitter", "one that did");
		return p->keys_n < KEYS_MAX || fault_set(f, FAULT_NOT_APPLICABLE, "/add",
						   "at most 16 current keys", "one more");
	}
	(void)!base64_parse_exact(json_get_text(in->st->body, "revoke"), key, KEY_SIZE);
	k = book_key(in->book, key);
	if (k == NULL || k->owner != p || k->revoked)
		return fault_set(f, FAULT_TARGET, "/revoke", "a current key of the same submitter",
		    "another key");
	return p->keys_n > 1 || fault_set(f, FAULT_NOT_APPLICABLE, "/revoke",
				    "a key that is not the last current one", "the last one");
}

static struct deed
deed_of(const struct leaf_in *in)
{
	return (struct deed){.book = in->book,
	    .by = rules_root_key(in->rules, in->st->key) ? NULL : person_of(in),
	    .body = in->st->body,
	    .index = in->index,
	    .accepted_at_ms = in->accepted_at_ms};
}

static bool
check_in_log(const struct leaf_in *in, struct fault *f)
{
	struct deed deed;

	switch (in->st->kind) {
	case KIND_SUBMISSION:
		return check_replaces(in, f);
	case KIND_RETRACTION:
		return check_retraction(in, f);
	case KIND_KEY:
		return check_key_change(in, f);
	case KIND_ACT:
		deed = deed_of(in);
		return act_named(json_get_text(in->st->body, "act"))->may(&deed, f);
	case KIND_ALIAS:
		deed = deed_of(in);
		return alias_may(&deed, f);
	case KIND_CONFIG:
	case KIND_ENROLMENT:
	case KIND_INTENT:
	case KIND_PRICE:
	case KIND_DECISION:
	case KIND_WATCH:
	case KIND__MAX:
		break;
	}
	return true;
}

static bool
is_entitled(const struct leaf_in *in, const struct leaf_view *view, struct fault *f)
{
	const struct statement *st = in->st;
	struct signer who = signer_of(in->book, st);

	if (st->kind == KIND_CONFIG)
		return config_check(st, in->rules, f);
	if (!in->rules->present)
		return fault_set(f, FAULT_DOOR_CLOSED, "", "a config as leaf 0", "%s",
		    kind_info(st->kind)->name);
	if (view->fault.code != FAULT_NONE) {
		*f = view->fault;
		return false;
	}
	return door_check_signer(st, in->rules, &who, f) && check_in_log(in, f);
}

/* ---- what follows ---- */

static bool
enrol(const struct leaf_in *in)
{
	uint8_t id[SHA256_SIZE];
	struct invitation i;
	struct person *p;

	submitter_id(in->st->key, id);
	p = book_add_person(in->book, id);
	if (p == NULL || book_add_key(in->book, in->st->key, p) == NULL)
		return false;
	p->keys_n = 1;
	return !invitation_read(in->st->body, &i) ||
	       book_add_invitation(in->book, i.id, in->index) != NULL;
}

static bool
change_key(const struct leaf_in *in)
{
	struct person *p = book_key(in->book, in->st->key)->owner;
	struct person_key *k;
	uint8_t key[KEY_SIZE];

	p->changed = true;
	if (base64_parse_exact(json_get_text(in->st->body, "add"), key, KEY_SIZE)) {
		k = book_add_key(in->book, key, p);
		p->keys_n++;
	} else {
		(void)!base64_parse_exact(json_get_text(in->st->body, "revoke"), key, KEY_SIZE);
		k = book_key(in->book, key);
		k->revoked = true;
		p->keys_n--;
	}
	if (k != NULL)
		k->changed_at = in->index;
	return k != NULL;
}

/* What is out of the count already stays as it is. */
static void
supersede(const struct leaf_in *in)
{
	struct settled *s = target_of(in, "replaces");
	char by[HEX32_SIZE];
	json_t *why;

	if (s == NULL || (s->state != STATE_COUNTED && s->state != STATE_HELD))
		return;
	hex_print(in->st->id, SHA256_SIZE, by);
	why = json_sprintf("Corrected by %s.", by);
	book_move(in->book, s, STATE_SUPERSEDED, in->index, why);
	json_decref(why);
}

static void
do_alias(const struct leaf_in *in, struct settled *entry)
{
	struct deed deed = deed_of(in);

	entry->waits = alias_needs_confirm(&deed);
	if (!entry->waits)
		alias_apply(&deed);
}

static void
do_act(const struct leaf_in *in, struct settled *entry)
{
	const struct act_info *info = act_named(json_get_text(in->st->body, "act"));
	struct deed deed = deed_of(in);

	entry->waits = act_needs_confirm(info, &deed);
	if (!entry->waits)
		info->apply(&deed);
}

/* The leaf's own entry is made first: what follows changes others. */
static bool
follow(const struct leaf_in *in, struct settled *entry)
{
	switch (in->st->kind) {
	case KIND_ENROLMENT:
		return enrol(in);
	case KIND_KEY:
		return change_key(in);
	case KIND_SUBMISSION:
		supersede(in);
		if (entry->state == STATE_COUNTED)
			meetings_enter(in->book, entry);
		else
			neighbours_wait(in->book, entry);
		break;
	case KIND_WATCH:
		entry->by->watches_n++;
		break;
	case KIND_RETRACTION:
		if (target_of(in, "target")->kind == KIND_WATCH)
			target_of(in, "target")->by->watches_n--;
		book_move(in->book, target_of(in, "target"), STATE_RETRACTED, in->index,
		    json_object_get(in->st->body, "reason"));
		break;
	case KIND_ACT:
		do_act(in, entry);
		break;
	case KIND_ALIAS:
		do_alias(in, entry);
		break;
	case KIND_CONFIG:
	case KIND_INTENT:
	case KIND_PRICE:
	case KIND_DECISION:
	case KIND__MAX:
		break;
	}
	return true;
}

/* ---- settling ---- */

static bool
judge(const struct leaf_in *in, const struct leaf_view *view, struct outcome *out)
{
	struct fault f = {0};
	char reason[512];

	memset(out, 0, sizeof(*out));
	out->state = STATE_COUNTED;
	if (!is_entitled(in, view, &f)) {
		if (f.code == FAULT_NO_MEMORY)
			return false;
		out->state = STATE_VOID;
		snprintf(reason, sizeof(reason), "%s Got %s", fault_info(f.code)->title, f.got);
		utf8_clean(out->reason, sizeof(out->reason), reason, strlen(reason));
		utf8_clean(out->pointer, sizeof(out->pointer), f.path, strlen(f.path));
		return true;
	}
	out->verdict = view->verdict;
	return true;
}

/* What was not plausible by itself is not compared with anybody. */
static bool
hold(const struct leaf_in *in, struct settled *entry, struct outcome *out)
{
	struct plausibility *v = &out->verdict;

	if (entry->kind != KIND_SUBMISSION || out->state == STATE_VOID)
		return true;
	if (v->doubt == DOUBT_NONE && in->rules->version >= 2 &&
	    !neighbours_judge(in->book, entry, in->rules, v))
		return false;
	if (v->doubt == DOUBT_NONE)
		return true;
	entry->state = out->state = STATE_HELD;
	memcpy(out->reason, v->reason, sizeof(v->reason));
	memcpy(out->pointer, v->pointer, sizeof(v->pointer));
	entry->verdict = malloc(sizeof(*v));
	if (entry->verdict != NULL)
		*entry->verdict = *v;
	return entry->verdict != NULL;
}

/* What a run says of its own noise. */
static struct within_run
result_within(const json_t *result)
{
	struct within_run within = {.n = json_get_whole(result, "n")};

	if (json_object_get(result, "sd") != NULL) {
		within.what = WITHIN_SD;
		within.size = json_get_real(result, "sd");
	} else if (json_object_get(result, "se") != NULL) {
		within.what = WITHIN_SE;
		within.size = json_get_real(result, "se");
	}
	return within;
}

/* Where a submission's results stand, counted or not: a later leaf may release them. */
static bool
enter_results(const struct leaf_in *in, const struct leaf_view *view, struct settled *entry)
{
	const json_t *results = json_object_get(in->st->body, "results"), *result;
	const struct suite *suite = view->suite;
	size_t i;

	entry->results = calloc(json_array_size(results) + 1, sizeof(*entry->results));
	if (entry->results == NULL || suite == NULL)
		return entry->results != NULL;
	json_array_foreach (results, i, result) {
		const struct suite_metric *m = suite_metric(suite, json_get_text(result, "metric"));
		struct result *r = &entry->results[entry->results_n];

		if (m == NULL)
			continue;
		r->raw = raw_cell_called(in->book, suite, in->st->body, result, view->cells[i]);
		r->metric = (size_t)(m - suite->metrics);
		r->position = i;
		r->value = json_get_real(result, "value");
		r->within = result_within(result);
		if (r->raw == NULL)
			return false;
		entry->results_n++;
	}
	return true;
}

static struct settled *
enter(const struct leaf_in *in, const struct leaf_view *view, const struct outcome *out)
{
	const struct statement *st = in->st;
	struct person_key *k = book_key(in->book, st->key);
	struct settled *entry = book_add_statement(in->book, st->id, st->kind);

	if (entry == NULL)
		return NULL;
	entry->index = in->index;
	entry->accepted_at_ms = in->accepted_at_ms;
	entry->state = out->state;
	entry->by = k != NULL && !k->revoked ? k->owner : NULL;
	if (st->kind == KIND_SUBMISSION) {
		submission_subject_digest(st->body, entry->subject);
		submission_anchor(st->body, &entry->anchor);
		entry->items = json_incref(json_object_get(st->body, "items"));
		if (out->state != STATE_VOID && !enter_results(in, view, entry))
			return NULL;
	}
	if (st->kind == KIND_ACT || st->kind == KIND_ALIAS)
		entry->body = json_incref(st->body);
	return entry;
}

static bool
settle(const struct leaf_in *in, const struct leaf_view *view, struct outcome *out)
{
	struct settled *entry = judge(in, view, out) ? enter(in, view, out) : NULL;

	if (entry == NULL || !hold(in, entry, out) ||
	    (out->state != STATE_VOID && !follow(in, entry)))
		return false;
	if (in->st->kind == KIND_ENROLMENT && out->state != STATE_VOID)
		entry->by = book_key(in->book, in->st->key)->owner;
	meetings_settle(in->book, in->index);
	out->by = entry->by;
	return !in->book->failed;
}

bool
ledger_settle(const struct leaf_in *in, struct outcome *out)
{
	struct leaf_view own = {0};
	bool done;

	if (in->view != NULL && in->view->made)
		return settle(in, in->view, out);
	ledger_look(in, &own);
	done = own.made && settle(in, &own, out);
	leaf_view_clear(&own);
	return done;
}
