/* test_meeting.c — who agrees with whom, who is established by it, and what stands after.
 * SPDX-License-Identifier: Apache-2.0 */
#include "meeting.h"

#include <string.h>

#include "json.h"
#include "ledger_world.h"
#include "raw_cell.h"
#include "unit.h"

/* One run of this submitter in the cell numbered so. */
static struct told
run(const struct keypair *who, int cell, double value)
{
	json_t *body = submission_body(value);
	json_t *result = json_array_get(json_object_get(body, "results"), 0);

	json_object_set_new(json_object_get(result, "conditions"), "n_prompt", json_integer(cell));
	return say(KIND_SUBMISSION, body, who);
}

static const struct settled *
entry(const struct told *t)
{
	uint8_t id[SHA256_SIZE];

	assert_true(hex_parse(t->id, id, SHA256_SIZE));
	return book_statement(&world.book, id);
}

static enum standing
standing_at(struct told t)
{
	const struct settled *s = entry(&t);

	assert_int_equal(s->results_n, 1);
	return s->results[0].raw->at->standing[s->results[0].metric];
}

static bool
is_established(const struct keypair *who)
{
	uint8_t id[SHA256_SIZE];

	submitter_id(who->public, id);
	return person_established(book_person(&world.book, id));
}

/* Without anybody established, no number of voices is more than single. */
static void
unknown_voices(void **state)
{
	(void)state;
	assert_int_equal(standing_at(run(&ada, 1, 100)), STANDING_SINGLE);
	assert_int_equal(standing_at(run(&eve, 1, 100)), STANDING_SINGLE);
	assert_int_equal(standing_at(run(&sam, 1, 100)), STANDING_SINGLE);
	assert_int_equal(world.book.transitions_n, 1);
	assert_int_equal(world.book.transitions[0].from, STANDING_NONE);
	assert_int_equal(world.book.transitions[0].to, STANDING_SINGLE);
	assert_false(is_established(&ada));
}

static void
trust_corroborates(void **state)
{
	struct told first;

	(void)state;
	counted(act(&sam, "trust", id_of(&ada)));
	assert_true(is_established(&ada));
	first = run(&ada, 1, 100);
	assert_int_equal(standing_at(first), STANDING_SINGLE);
	assert_int_equal(standing_at(run(&eve, 1, 105)), STANDING_CORROBORATED);
	/* far off: the middle one is the point, and nobody agrees with anybody */
	assert_int_equal(standing_at(run(&eve, 2, 150)), STANDING_SINGLE);
	assert_int_equal(standing_at(run(&ada, 2, 100)), STANDING_SINGLE);
	counted(retract(&eve, run(&eve, 1, 400).id)); /* a vote is a median: nothing to see */
	assert_int_equal(standing_at(first), STANDING_CORROBORATED);
}

/* Three votes that agree with an established one, in three cells. */
static void
establish(const struct keypair *who, const struct keypair *by)
{
	for (int cell = 101; cell <= 103; cell++) {
		assert_false(is_established(who));
		(void)run(by, cell, 100);
		counted(run(who, cell, 102));
	}
	assert_true(is_established(who));
}

static void
establishment(void **state)
{
	(void)state;
	counted(act(&sam, "trust", id_of(&ada)));
	/* the same cell again and again is one */
	for (int i = 0; i < 5; i++) {
		(void)run(&ada, 1, 100);
		(void)run(&eve, 1, 101);
	}
	(void)run(&ada, 2, 100);
	(void)run(&eve, 2, 131); /* off */
	(void)run(&ada, 3, 100);
	(void)run(&eve, 3, 100);
	assert_false(is_established(&eve));
	(void)run(&ada, 4, 100);
	(void)run(&eve, 4, 100);
	assert_true(is_established(&eve));
	/* what established one may go: only a suspension ends it */
	counted(act(&sam, "suspend", id_of(&ada)));
	assert_false(is_established(&ada));
	assert_true(is_established(&eve));
	counted(act(&sam, "suspend", id_of(&eve)));
	assert_false(is_established(&eve));
}

/* A vote that no longer agrees is not one of the three. */
static void
agreement_lost(void **state)
{
	(void)state;
	counted(act(&sam, "trust", id_of(&ada)));
	for (int cell = 1; cell <= 2; cell++) {
		(void)run(&ada, cell, 100);
		(void)run(&eve, cell, 100);
	}
	(void)run(&eve, 2, 200);
	(void)run(&eve, 2, 200);
	(void)run(&ada, 3, 100);
	(void)run(&eve, 3, 100);
	assert_false(is_established(&eve));
	(void)run(&ada, 4, 100);
	(void)run(&eve, 4, 100);
	assert_true(is_established(&eve));
}

static void
reproduced_and_contested(void **state)
{
	struct told last, hold;

	(void)state;
	counted(act(&sam, "trust", id_of(&ada)));
	establish(&eve, &ada);
	counted(act(&tom, "trust", id_of(&sam)));
	(void)run(&ada, 1, 100);
	(void)run(&eve, 1, 101);
	last = run(&sam, 1, 99);
	assert_int_equal(standing_at(last), STANDING_REPRODUCED);
	/* an act on it needs another staff submitter's confirmation */
	hold = act(&tom, "hold", last.id);
	counted(hold);
	assert_int_equal(state_of(last.id), STATE_COUNTED);
	void_at(act(&tom, "confirm", hold.id), "/target");
	/* two of them run away from each other */
	(void)run(&eve, 1, 300);
	(void)run(&eve, 1, 300);
	assert_int_equal(standing_at(last), STANDING_CORROBORATED);
	(void)run(&sam, 1, 20);
	(void)run(&sam, 1, 20);
	assert_int_equal(standing_at(last), STANDING_CONTESTED);
}

/* Linked submitters are one voter and cannot vouch for each other. */
static void
linked(void **state)
{
	(void)state;
	counted(act(&sam, "trust", id_of(&ada)));
	counted(act_on_two(&sam, "link", id_of(&ada), id_of(&eve)));
	for (int cell = 1; cell <= 4; cell++) {
		(void)run(&ada, cell, 100);
		assert_int_equal(standing_at(run(&eve, cell, 100)), STANDING_SINGLE);
	}
	counted(act_on_two(&sam, "unlink", id_of(&ada), id_of(&eve)));
	assert_int_equal(standing_at(run(&eve, 1, 100)), STANDING_CORROBORATED);
}

/* What is held does not meet anybody until it is released. */
static void
held(void **state)
{
	struct told t = run(&ada, 1, 1e16);

	(void)state;
	assert_int_equal(t.o.state, STATE_HELD);
	assert_int_equal(standing_at(t), STANDING_NONE);
	counted(act(&sam, "release", t.id));
	assert_int_equal(standing_at(t), STANDING_SINGLE);
	counted(retract(&ada, t.id));
	assert_int_equal(standing_at(t), STANDING_NONE);
	assert_int_equal(entry(&t)->results[0].raw->at->runs_n, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(unknown_voices),
	    CASE(trust_corroborates),
	    CASE(establishment),
	    CASE(agreement_lost),
	    CASE(reproduced_and_contested),
	    CASE(linked),
	    CASE(held),
	};

	return cmocka_run_group_tests_name("meeting", tests, NULL, NULL);
}
