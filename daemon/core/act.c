/* act.c — the acts of staff: what each needs, and what it does to the book.
 * SPDX-License-Identifier: Apache-2.0 */
#include "act.h"

#include <string.h>

#include "alias.h"
#include "book.h"
#include "encode.h"
#include "json.h"
#include "links.h"
#include "meeting.h"

/* ---- what acts are done to ---- */

static struct settled *
statement_at(const struct deed *d, const char *member)
{
	uint8_t id[SHA256_SIZE];

	return hex_parse(json_get_text(d->body, member), id, SHA256_SIZE)
		   ? book_statement(d->book, id)
		   : NULL;
}

static struct person *
person_at(const struct deed *d, const char *member)
{
	uint8_t id[SHA256_SIZE];

	return hex_parse(json_get_text(d->body, member), id, SHA256_SIZE) ? book_person(d->book, id)
									  : NULL;
}

static bool
unknown(const struct deed *d, const char *member, const char *expected, struct fault *f)
{
	char pointer[16] = "";

	pointer_push(pointer, sizeof(pointer), member);
	return fault_set(f, FAULT_TARGET, pointer, expected, "%s", json_get_text(d->body, member));
}

static bool
not_now(const char *expected, const char *got, struct fault *f)
{
	return fault_set(f, FAULT_NOT_APPLICABLE, "/target", expected, "%s", got);
}

/* Nobody clears, confirms or vouches for what is their own. */
static bool
not_own(const struct deed *d, const struct person *whose, const char *pointer, struct fault *f)
{
	if (whose == NULL || d->by == NULL || !book_same(d->book, d->by, whose))
		return true;
	return fault_set(
	    f, FAULT_NOT_ENTITLED, pointer, "what belongs to somebody else", "the signer's own");
}

static struct settled *
submission_of(const struct deed *d, struct fault *f)
{
	struct settled *s = statement_at(d, "target");

	if (s != NULL && s->kind == KIND_SUBMISSION)
		return s;
	unknown(d, "target", "the id of a submission in the log", f);
	return NULL;
}

static void
move(const struct deed *d, enum state to)
{
	book_move(d->book, statement_at(d, "target"), to, d->index,
	    to == STATE_COUNTED ? NULL : json_object_get(d->body, "reason"));
}

/* ---- submissions ---- */

static bool
may_hold(const struct deed *d, struct fault *f)
{
	const struct settled *s = submission_of(d, f);

	return s != NULL && (s->state == STATE_COUNTED ||
				not_now("a counted submission", state_name(s->state), f));
}

static void
hold(const struct deed *d)
{
	move(d, STATE_HELD);
}

static bool
may_release(const struct deed *d, struct fault *f)
{
	const struct settled *s = submission_of(d, f);

	if (s == NULL || !not_own(d, s->by, "/target", f))
		return false;
	if (s->withheld || (s->state != STATE_HELD && s->state != STATE_QUARANTINED))
		return not_now("a held or quarantined submission",
		    s->withheld ? "withheld" : state_name(s->state), f);
	return true;
}

static void
release(const struct deed *d)
{
	move(d, STATE_COUNTED);
}

static bool
may_quarantine(const struct deed *d, struct fault *f)
{
	const struct settled *s = submission_of(d, f);

	return s != NULL && (s->state == STATE_COUNTED || s->state == STATE_HELD ||
				not_now("a counted or held submission", state_name(s->state), f));
}

static void
quarantine(const struct deed *d)
{
	move(d, STATE_QUARANTINED);
}

static bool
may_withhold(const struct deed *d, struct fault *f)
{
	const struct settled *s = statement_at(d, "target");

	if (s == NULL ||
	    (s->kind != KIND_SUBMISSION && s->kind != KIND_ENROLMENT &&
		s->kind != KIND_RETRACTION && s->kind != KIND_INTENT && s->kind != KIND_DECISION))
		return unknown(d, "target",
		    "the id of a submission, enrolment, retraction, intent or decision in the log",
		    f);
	return !s->withheld || not_now("what is not withheld yet", "withheld", f);
}

static void
withhold(const struct deed *d)
{
	struct settled *s = statement_at(d, "target");

	bool counts =
	    s->kind == KIND_SUBMISSION && (s->state == STATE_COUNTED || s->state == STATE_HELD);

	s->withheld = true;
	book_move(d->book, s, counts ? STATE_QUARANTINED : s->state, d->index,
	    json_object_get(d->body, "reason"));
	if (s->kind == KIND_ENROLMENT && s->by != NULL)
		book_stir(d->book, s->by, d->index, true); /* the name goes from what it said */
}

/* ---- submitters ---- */

static bool
may_judge(const struct deed *d, struct fault *f)
{
	const struct person *p = person_at(d, "target");

	if (p == NULL)
		return unknown(d, "target", "the id of a submitter", f);
	return not_own(d, p, "/target", f);
}

static bool
may_trust(const struct deed *d, struct fault *f)
{
	const struct person *p = person_at(d, "target");

	return may_judge(d, f) && (!p->trusted || p->suspended ||
				      not_now("a submitter not trusted yet", "trusted", f));
}

/* Trust is also how a suspension ends. */
static void
trust(const struct deed *d)
{
	struct person *p = person_at(d, "target");

	p->trusted = true;
	p->suspended = false;
	p->changed = true;
	book_stir(d->book, p, d->index, true);
}

static bool
may_suspend(const struct deed *d, struct fault *f)
{
	const struct person *p = person_at(d, "target");

	return may_judge(d, f) &&
	       (!p->suspended || not_now("a submitter not suspended yet", "suspended", f));
}

static void
suspend(const struct deed *d)
{
	struct person *p = person_at(d, "target");

	p->trusted = p->established = false;
	p->suspended = true;
	p->changed = true;
	book_stir(d->book, p, d->index, true);
}

static bool
both_known(const struct deed *d, struct fault *f)
{
	if (person_at(d, "target") == NULL)
		return unknown(d, "target", "the id of a submitter", f);
	return person_at(d, "other") != NULL || unknown(d, "other", "the id of a submitter", f);
}

static struct link *
link_of(const struct deed *d)
{
	return book_link(d->book, person_at(d, "target"), person_at(d, "other"), false);
}

static bool
may_link(const struct deed *d, struct fault *f)
{
	const struct link *l = both_known(d, f) ? link_of(d) : NULL;

	if (l != NULL && !l->cut)
		return not_now("two submitters not linked yet", "linked", f);
	/* the room is made here, where there is still a way to say no */
	return f->code == FAULT_NONE &&
	       (book_link(d->book, person_at(d, "target"), person_at(d, "other"), true) != NULL ||
		   fault_set(f, FAULT_NO_MEMORY, "", "memory for a link", "none"));
}

static void
join(const struct deed *d)
{
	struct link *l = link_of(d);

	l->cut = false;
	l->changed = true;
	book_stir_circle(d->book, l->a, d->index);
}

static bool
may_unlink(const struct deed *d, struct fault *f)
{
	const struct link *l = both_known(d, f) ? link_of(d) : NULL;

	if (f->code != FAULT_NONE)
		return false;
	if (l == NULL || l->cut)
		return not_now("two linked submitters", "not linked", f);
	return not_own(d, l->a, "/target", f) && not_own(d, l->b, "/other", f);
}

static void
cut(const struct deed *d)
{
	struct link *l = link_of(d);

	book_stir_circle(d->book, l->a, d->index);
	l->cut = true;
	l->changed = true;
}

/* ---- roles, given by root keys ---- */

static unsigned int
role_of(const struct deed *d)
{
	return role_named(json_get_text(d->body, "role"));
}

static bool
may_grant(const struct deed *d, struct fault *f)
{
	const struct person *p = person_at(d, "target");

	if (p == NULL)
		return unknown(d, "target", "the id of a submitter", f);
	return !(p->roles & role_of(d)) ||
	       not_now("a submitter without the role", "one who has it", f);
}

static void
grant(const struct deed *d)
{
	struct person *p = person_at(d, "target");

	p->roles |= role_of(d);
	p->changed = true;
}

static bool
may_revoke(const struct deed *d, struct fault *f)
{
	const struct person *p = person_at(d, "target");

	if (p == NULL)
		return unknown(d, "target", "the id of a submitter", f);
	return (p->roles & role_of(d)) != 0 ||
	       not_now("a submitter with the role", "one without", f);
}

static void
revoke(const struct deed *d)
{
	struct person *p = person_at(d, "target");

	p->roles &= ~role_of(d);
	p->changed = true;
}

/* ---- confirmation ---- */

/* The act that waits, as its author would do it now. */
static struct deed
waiting_deed(const struct deed *d, const struct settled *act)
{
	struct deed waiting = *d;

	waiting.by = act->by;
	waiting.body = act->body;
	return waiting;
}

static bool
may_confirm(const struct deed *d, struct fault *f)
{
	const struct settled *act = statement_at(d, "target");
	struct deed waiting;

	if (act == NULL || (act->kind != KIND_ACT && act->kind != KIND_ALIAS) || act->body == NULL)
		return unknown(d, "target", "the id of an act or an alias in the log", f);
	if (!not_own(d, act->by, "/target", f))
		return false;
	if (!act->waits || act->state != STATE_COUNTED)
		return not_now("what waits for a confirmation", "another", f);
	if (d->accepted_at_ms - act->accepted_at_ms > CONFIRM_AGE_MAX_S * INT64_C(1000))
		return not_now("an act of the last 7 days", "an older one", f);
	if (!(act->by->roles & ROLE_STAFF) || act->by->suspended)
		return not_now("an act whose author is still staff", "one whose author is not", f);
	waiting = waiting_deed(d, act);
	return act->kind == KIND_ALIAS
		   ? alias_may(&waiting, f)
		   : act_named(json_get_text(act->body, "act"))->may(&waiting, f);
}

static void
confirm(const struct deed *d)
{
	struct settled *act = statement_at(d, "target");
	struct deed waiting = waiting_deed(d, act);

	act->waits = false;
	act->changed_at = d->index;
	if (act->kind == KIND_ALIAS)
		alias_apply(&waiting);
	else
		act_named(json_get_text(act->body, "act"))->apply(&waiting);
}

/* ---- the table ---- */

static const struct act_info acts[] = {
    {.name = "hold", .may = may_hold, .apply = hold},
    {.name = "release", .may = may_release, .apply = release},
    {.name = "quarantine", .may = may_quarantine, .apply = quarantine},
    {.name = "withhold", .may = may_withhold, .apply = withhold, .needs_confirm = true},
    {.name = "trust", .may = may_trust, .apply = trust},
    {.name = "suspend", .may = may_suspend, .apply = suspend},
    {.name = "link", .may = may_link, .apply = join, .has_other = true},
    {.name = "unlink", .may = may_unlink, .apply = cut, .has_other = true},
    {.name = "confirm", .may = may_confirm, .apply = confirm},
    {.name = "grant", .may = may_grant, .apply = grant, .has_role = true, .by_root = true},
    {.name = "revoke", .may = may_revoke, .apply = revoke, .has_role = true, .by_root = true},
};

bool
act_needs_confirm(const struct act_info *info, const struct deed *d)
{
	const struct settled *s = statement_at(d, "target");

	return info->needs_confirm || (s != NULL && meetings_reproduced(s));
}

const struct act_info *
act_named(const char *name)
{
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++)
		if (strcmp(acts[i].name, name) == 0)
			return &acts[i];
	return NULL;
}

unsigned int
role_named(const char *name)
{
	if (strcmp(name, "staff") == 0)
		return ROLE_STAFF;
	return strcmp(name, "release-manager") == 0 ? ROLE_RELEASE_MANAGER : 0;
}
