/* test_ledger.c — log order settles who may do what, and what becomes of it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "invitation.h"
#include "json.h"
#include "ledger_world.h"
#include "links.h"
#include "unit.h"

#define HOUR_MS INT64_C(3600000)

static void
submissions(void **state)
{
	struct told t;

	(void)state;
	counted(submit(&ada));
	void_at(submit(&ben), "/key");
	void_at(submit(&root), "/key");
	/* surprising: held with number, bound and rule, never refused */
	t = say(KIND_SUBMISSION, submission_body(1e16), &ada);
	assert_int_equal(t.o.state, STATE_HELD);
	assert_string_equal(t.o.pointer, "/results/0/value");
	assert_non_null(strstr(t.o.reason, "10000000000000000"));
	assert_non_null(strstr(t.o.reason, "100000"));
}

static void
enrolments(void **state)
{
	(void)state;
	void_at(enrol(&ada, "Ada again"), "/key");
	void_at(enrol(&root, "Root"), "/key");
	void_at(enrol(&server, "Server"), "/key");
	counted(enrol(&ben, "Ada")); /* names are not unique */
	counted(submit(&ben));
}

static void
configs(void **state)
{
	struct keypair other;

	(void)state;
	keypair_make(&other);
	/* one that brings its own key along: its own signature is not enough, a root key's is */
	void_at(say(KIND_CONFIG, config_body(&other), &other), "/key");
	void_at(say(KIND_CONFIG, config_body(&other), &server), "/key");
	counted(say(KIND_CONFIG, config_body(&server), &server));
	counted(say(KIND_CONFIG, config_body(&other), &root));
	void_at(say(KIND_CONFIG, config_body(&other), &server), "/key");
}

static void
first_leaf(void **state)
{
	struct rules none = {0}, in_force = world.rules;

	(void)state;
	world.rules = none;
	void_at(submit(&ada), "");
	void_at(say(KIND_CONFIG, config_body(&server), &ada), "/key");
	world.rules = in_force;
}

static void
retractions(void **state)
{
	struct told mine = submit(&ada), again;

	(void)state;
	void_at(retract(&eve, mine.id), "/target");
	void_at(retract(&sam, mine.id), "/target");
	assert_int_equal(state_of(mine.id), STATE_COUNTED);
	again = retract(&ada, mine.id);
	counted(again);
	assert_int_equal(state_of(mine.id), STATE_RETRACTED);
	void_at(retract(&ada, mine.id), "/target");
	void_at(retract(&ada, again.id), "/target");
	void_at(retract(&ada, "00000000000000000000000000000000000000000000000000000000000000ff"),
	    "/target");
}

static void
corrections(void **state)
{
	struct told first = submit(&ada), second, third;

	(void)state;
	void_at(submit_instead(&eve, first.id), "/replaces");
	second = submit_instead(&ada, first.id);
	counted(second);
	assert_int_equal(state_of(first.id), STATE_SUPERSEDED);
	counted(retract(&ada, second.id));
	third = submit_instead(&ada, second.id); /* what is out of the count stays what it is */
	counted(third);
	assert_int_equal(state_of(second.id), STATE_RETRACTED);
	void_at(submit_instead(
		    &ada, "00000000000000000000000000000000000000000000000000000000000000ff"),
	    "/replaces");
}

static void
keys(void **state)
{
	struct keypair second, third;
	struct told mine = submit(&ada);

	(void)state;
	keypair_make(&second);
	keypair_make(&third);
	void_at(add_key(&ada, &ada, &second, &third), "/proof");  /* somebody else proves */
	void_at(add_key(&eve, &ada, &second, &second), "/proof"); /* for another submitter */
	void_at(add_key(&ada, &ada, &eve, &eve), "/add");         /* a victim's key */
	void_at(add_key(&ada, &ada, &root, &root), "/add");
	counted(add_key(&ada, &ada, &second, &second));
	void_at(enrol(&second, "Second"), "/key");
	counted(submit(&second));
	void_at(revoke_key(&ada, &eve), "/revoke");
	void_at(revoke_key(&eve, &ada), "/revoke");
	counted(revoke_key(&second, &ada));
	void_at(submit(&ada), "/key");
	void_at(add_key(&second, &ada, &ada, &ada), "/add"); /* once revoked, for ever */
	void_at(revoke_key(&second, &second), "/revoke");    /* the last one stays */
	counted(retract(&second, mine.id));                  /* one submitter, whatever the key */
}

static void
acts_of_staff(void **state)
{
	struct told run = submit(&ada), own = submit(&sam);

	(void)state;
	void_at(act(&eve, "hold", run.id), "/key");
	void_at(act(&root, "hold", run.id), "/key");
	void_at(act(&sam, "release", run.id), "/target");
	counted(act(&sam, "hold", run.id));
	assert_int_equal(state_of(run.id), STATE_HELD);
	counted(act(&tom, "release", run.id));
	assert_int_equal(state_of(run.id), STATE_COUNTED);
	counted(act(&sam, "quarantine", run.id));
	void_at(act(&sam, "hold", run.id), "/target");
	counted(act(&sam, "release", run.id));
	counted(act(&tom, "hold", own.id));
	void_at(act(&sam, "release", own.id), "/target"); /* nobody clears what is their own */
	void_at(act(&sam, "hold", id_of(&ada)), "/target");
	counted(retract(&ada, run.id));
	void_at(act(&sam, "release", run.id), "/target");
}

static void
roles(void **state)
{
	(void)state;
	void_at(grant(&sam, "grant", &eve, "staff"), "/key");
	void_at(grant(&root, "grant", &sam, "staff"), "/target");
	void_at(grant(&root, "grant", &ben, "staff"), "/target"); /* not enrolled */
	counted(grant(&root, "grant", &eve, "release-manager"));
	void_at(act(&eve, "hold", submit(&ada).id), "/key");
	counted(grant(&root, "revoke", &sam, "staff"));
	void_at(act(&sam, "hold", submit(&ada).id), "/key");
	void_at(grant(&root, "revoke", &sam, "staff"), "/target");
}

static struct told
watch(const struct keypair *who)
{
	return say(KIND_WATCH,
	    json_pack("{s:s}", "policy",
		"{\"name\":\"p\",\"candidate\":\"m\",\"rules\":[{\"metric\":\"speed\",\"suite\":"
		"\"toy\",\"compare\":\"absolute\",\"margin\":5}]}"),
	    who);
}

/* By rules 3; what was logged under others stands. */
static void
so_many_watches(void **state)
{
	struct told first, void_one;

	(void)state;
	counted(grant(&root, "grant", &eve, "release-manager"));
	counted(grant(&root, "grant", &ada, "release-manager"));
	json_object_set_new(
	    json_object_get(world.rules.body, "thresholds"), "watches_max", json_integer(2));
	first = watch(&eve);
	counted(first);
	counted(watch(&eve));
	counted(watch(&eve));
	world.rules.version = 3;
	void_one = watch(&eve);
	void_at(void_one, "");
	assert_non_null(strstr(void_one.o.reason, "3 that stand, of at most 2"));
	counted(watch(&ada)); /* each has their own */
	counted(retract(&eve, first.id));
	void_at(retract(&eve, void_one.id), "/target"); /* it never stood */
	void_at(watch(&eve), "");
	world.rules.version = 2;
	first = watch(&eve);
	counted(first);
	counted(retract(&eve, first.id));
	world.rules.version = 3;
	json_object_del(json_object_get(world.rules.body, "thresholds"), "watches_max");
	for (int i = 2; i < WATCHES_MAX; i++)
		counted(watch(&eve));
	void_at(watch(&eve), "");
}

static void
suspension(void **state)
{
	struct told before = submit(&ada);
	struct keypair second;

	(void)state;
	keypair_make(&second);
	void_at(act(&sam, "trust", id_of(&sam)), "/target"); /* self-trust */
	counted(act(&sam, "suspend", id_of(&ada)));
	void_at(submit(&ada), "/key"); /* signed before or after: its place decides */
	assert_int_equal(state_of(before.id), STATE_COUNTED);
	counted(retract(&ada, before.id)); /* what is theirs may still be taken back */
	counted(add_key(&ada, &ada, &second, &second));
	void_at(submit(&second), "/key");
	void_at(act(&sam, "suspend", id_of(&ada)), "/target");
	counted(act(&tom, "trust", id_of(&ada)));
	counted(submit(&ada));
	/* staff gone bad: suspended by the other, no act of theirs counts */
	counted(act(&tom, "suspend", id_of(&sam)));
	void_at(act(&sam, "suspend", id_of(&tom)), "/key");
}

static void
links(void **state)
{
	const struct person *a, *b;
	uint8_t id[SHA256_SIZE];

	(void)state;
	submitter_id(ada.public, id);
	a = book_person(&world.book, id);
	submitter_id(eve.public, id);
	b = book_person(&world.book, id);
	assert_false(book_same(&world.book, a, b));
	counted(act_on_two(&sam, "link", id_of(&ada), id_of(&eve)));
	assert_true(book_same(&world.book, a, b));
	void_at(act_on_two(&sam, "link", id_of(&eve), id_of(&ada)), "/target");
	void_at(act_on_two(&sam, "link", id_of(&eve), id_of(&ben)), "/other");
	/* over a third one; and now whose runs these are */
	counted(act_on_two(&sam, "link", id_of(&eve), id_of(&tom)));
	counted(act(&sam, "hold", submit(&ada).id));
	void_at(act_on_two(&tom, "unlink", id_of(&eve), id_of(&tom)), "/target");
	counted(act_on_two(&sam, "unlink", id_of(&tom), id_of(&eve)));
	assert_true(book_same(&world.book, a, b));
	counted(act_on_two(&sam, "unlink", id_of(&ada), id_of(&eve)));
	assert_false(book_same(&world.book, a, b));
	void_at(act_on_two(&sam, "unlink", id_of(&ada), id_of(&eve)), "/target");
}

static void
confirmation(void **state)
{
	struct told run = submit(&ada), first, second, late;
	uint8_t id[SHA256_SIZE];
	const struct settled *s;

	(void)state;
	first = act(&sam, "withhold", run.id);
	counted(first);
	assert_int_equal(state_of(run.id), STATE_COUNTED); /* it waits */
	void_at(act(&sam, "confirm", first.id), "/target");
	void_at(act(&eve, "confirm", first.id), "/key");
	void_at(act(&tom, "confirm", run.id), "/target");
	counted(act(&tom, "confirm", first.id));
	assert_int_equal(state_of(run.id), STATE_QUARANTINED);
	assert_true(hex_parse(run.id, id, SHA256_SIZE));
	s = book_statement(&world.book, id);
	assert_true(s->withheld);
	void_at(act(&tom, "confirm", first.id), "/target");
	void_at(act(&tom, "release", run.id), "/target");
	/* too late by a second; and what was undone in between cannot be confirmed */
	run = submit(&ada);
	late = act(&sam, "withhold", run.id);
	world.now_ms += 7 * 24 * HOUR_MS;
	void_at(act(&tom, "confirm", late.id), "/target");
	second = act(&sam, "withhold", run.id);
	counted(grant(&root, "revoke", &sam, "staff"));
	void_at(act(&tom, "confirm", second.id), "/target");
}

static void
clocks(void **state)
{
	struct told run = submit(&ada);
	json_t *body = act_body("hold", run.id);

	(void)state;
	json_object_set_new(body, "created_at", json_string("2026-01-01T03:04:00Z"));
	void_at(say(KIND_ACT, body, &sam), "/created_at");
	body = submission_body(1);
	json_object_set_new(body, "created_at", json_string("2026-01-02T04:04:05Z"));
	void_at(say(KIND_SUBMISSION, body, &ada), "/created_at");
}

static void
intents(void **state)
{
	json_t *body = submission_body(1);
	json_t *intent = json_pack("{s:O, s:O, s:O, s:O, s:{s:i}, s:i, s:s}", "suite",
	    json_object_get(body, "suite"), "model", json_object_get(body, "model"), "engine",
	    json_object_get(body, "engine"), "hardware", json_object_get(body, "hardware"),
	    "conditions", "n_prompt", 512, "count", 3, "expires_at", "2026-01-03T00:00:00Z");
	json_t *past = json_deep_copy(intent);
	struct told told;

	(void)state;
	json_decref(body);
	json_object_set_new(past, "expires_at", json_string("2026-01-01T00:00:00Z"));
	void_at(say(KIND_INTENT, past, &ada), "/expires_at");
	told = say(KIND_INTENT, intent, &ada);
	counted(told);
	void_at(retract(&eve, told.id), "/target");
	counted(retract(&ada, told.id));
}

/* An enrolment with this invitation, which is taken. */
static struct told
enrol_invited(const struct keypair *who, json_t *invitation)
{
	return say(KIND_ENROLMENT,
	    json_pack("{s:s, s:[], s:s, s:o}", "name", "Invited", "links", "terms",
		"abababababababababababababababababababababababababababababababab", "invitation",
		invitation),
	    who);
}

static json_t *
invitation_by(const struct keypair *who, int64_t good_s)
{
	return invitation_make("test.example/log", world.now_ms / 1000 + good_s, who);
}

static void
invitations(void **state)
{
	struct keypair first, second, third;
	json_t *good = invitation_by(&sam, 60), *forged = invitation_by(&sam, 60);

	(void)state;
	keypair_make(&first);
	keypair_make(&second);
	keypair_make(&third);
	void_at(enrol_invited(&first, invitation_by(&ada, 60)), "/invitation/by");
	void_at(enrol_invited(&first, invitation_by(&root, 60)), "/invitation/by");
	void_at(enrol_invited(&first, invitation_by(&sam, 0)), "/invitation/expires_at");
	void_at(enrol_invited(
		    &first, invitation_make("other.example/log", world.now_ms / 1000 + 60, &sam)),
	    "/invitation/sig");
	json_object_set_new(forged, "expires_at", json_string("2036-01-01T00:00:00Z"));
	void_at(enrol_invited(&first, forged), "/invitation/sig");
	counted(enrol_invited(&first, json_incref(good)));
	counted(submit(&first));
	/* once, whoever brings it; what was void used nothing */
	void_at(enrol_invited(&second, json_incref(good)), "/invitation/nonce");
	counted(enrol_invited(&second, invitation_by(&tom, 60)));
	counted(grant(&root, "revoke", &sam, "staff"));
	void_at(enrol_invited(&third, invitation_by(&sam, 60)), "/invitation/by");
	json_decref(good);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(submissions),
	    CASE(enrolments),
	    CASE(configs),
	    CASE(first_leaf),
	    CASE(retractions),
	    CASE(corrections),
	    CASE(keys),
	    CASE(acts_of_staff),
	    CASE(roles),
	    CASE(so_many_watches),
	    CASE(suspension),
	    CASE(links),
	    CASE(confirmation),
	    CASE(clocks),
	    CASE(intents),
	    CASE(invitations),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
