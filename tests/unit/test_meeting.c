/* test_meeting.c — who agrees with whom, who is established by it, and what stands after.
 * SPDX-License-Identifier: Apache-2.0 */
#include "meeting.h"

#include <stdlib.h>
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

static int
by_voter(const void *a, const void *b)
{
	const struct vote *x = a, *y = b;

	return memcmp(x->run->voter, y->run->voter, SHA256_SIZE);
}

/* The votes that are kept as runs come and go are those of all runs. */
static void
kept_votes_hold(const struct meeting *m)
{
	struct run all[128], latest[128];
	struct vote of_all[128], kept[128];
	size_t n = votes_form(all, meeting_runs(&world.book, m, 0, all), true, of_all);

	assert_int_equal(
	    votes_form(latest, meeting_latest(&world.book, m, 0, latest), true, kept), n);
	assert_int_equal(
	    votes_form(latest, meeting_votes(&world.book, m, 0, latest), true, kept), n);
	qsort(of_all, n, sizeof(*of_all), by_voter);
	qsort(kept, n, sizeof(*kept), by_voter);
	for (size_t i = 0; i < n; i++) {
		assert_memory_equal(of_all[i].run->voter, kept[i].run->voter, SHA256_SIZE);
		assert_true(of_all[i].value == kept[i].value);
		assert_true(of_all[i].established == kept[i].established);
		assert_int_equal(of_all[i].run->index, kept[i].run->index);
	}
}

/* Runs, retractions, links and trust, again and again. */
static void
votes_are_kept(void **state)
{
	const struct keypair *const people[] = {&ada, &eve, &sam, &tom};
	struct told told[120];
	bool is_linked = false;
	uint32_t chance = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(told); i++) {
		size_t who = (chance = chance * 1664525 + 1013904223) >> 16 & 3;

		told[i] = run(people[who], 1, 80 + (double)(chance >> 20 & 31));
		if (i % 7 == 3) {
			const struct settled *s = entry(&told[chance >> 24 & i]);

			for (size_t k = 0; k < COUNT(people) && s->state == STATE_COUNTED; k++)
				(void)retract(people[k], told[chance >> 24 & i].id);
		}
		if (i % 13 == 5) {
			counted(act_on_two(
			    &sam, is_linked ? "unlink" : "link", id_of(&ada), id_of(&eve)));
			is_linked = !is_linked;
		}
		if (i == 30)
			counted(act(&sam, "trust", id_of(&ada)));
		kept_votes_hold(entry(&told[i])->results[0].raw->at);
	}
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
	    CASE(votes_are_kept),
	};

	return cmocka_run_group_tests_name("meeting", tests, NULL, NULL);
}
