/* test_neighbours.c — who is held for what others measured, and who releases whom.
 * SPDX-License-Identifier: Apache-2.0 */
#include "neighbours.h"

#include <math.h>
#include <string.h>

#include "json.h"
#include "ledger_world.h"
#include "meeting.h"
#include "unit.h"

/* Everybody is known to staff, and the rules are those that look around. */
static int
setup(void **state)
{
	if (world_setup(state) != 0)
		return -1;
	world.rules.version = RULES_NEWEST;
	counted(enrol(&ben, "Ben"));
	counted(act(&sam, "trust", id_of(&ada)));
	counted(act(&sam, "trust", id_of(&eve)));
	counted(act(&sam, "trust", id_of(&tom)));
	counted(act(&tom, "trust", id_of(&sam)));
	return 0;
}

static json_t *
body_at(int cell, double value)
{
	json_t *body = submission_body(value);
	json_t *result = json_array_get(json_object_get(body, "results"), 0);

	json_object_set_new(json_object_get(result, "conditions"), "n_prompt", json_integer(cell));
	return body;
}

static struct told
run(const struct keypair *who, int cell, double value)
{
	return say(KIND_SUBMISSION, body_at(cell, value), who);
}

/* Two results, in two cells. */
static struct told
run_twice(const struct keypair *who, int cell, double value, int other, double second)
{
	json_t *body = body_at(cell, value), *more = body_at(other, second);

	json_array_append(
	    json_object_get(body, "results"), json_array_get(json_object_get(more, "results"), 0));
	json_decref(more);
	return say(KIND_SUBMISSION, body, who);
}

static void
held_for(struct told t, enum doubt doubt)
{
	assert_int_equal(t.o.verdict.doubt, doubt);
	assert_int_equal(t.o.state, STATE_HELD);
}

static void
two_who_agree(int cell)
{
	counted(run(&ada, cell, 100));
	counted(run(&eve, cell, 104));
}

static void
beyond(void **state)
{
	struct told t;

	(void)state;
	two_who_agree(1);
	t = run(&ben, 1, 300);
	held_for(t, DOUBT_NEIGHBOURS);
	assert_string_equal(t.o.pointer, "/results/0/value");
	assert_true(t.o.verdict.number == 300);
	/* the median, √(100 · 104), and five tolerances of a tenth: half as much again */
	assert_true(fabs(t.o.verdict.bound - 1.5 * sqrt(100 * 104.0)) < 1e-9);
	assert_non_null(strstr(t.o.reason, "speed 300 is above 152.97"));
	held_for(run(&ben, 1, 60), DOUBT_NEIGHBOURS); /* too slow is as surprising */
	counted(run(&ben, 1, 152));
	counted(run(&ben, 1, 69));
	counted(run(&ben, 2, 300)); /* nobody is there */
	/* what is implausible by itself is held for that */
	held_for(run(&ben, 1, 1e16), DOUBT_BOUNDS);
}

/* One established voter, several who are not, one who measures again, and who do not agree: none of
 * them says anything about anybody. */
static void
no_neighbours(void **state)
{
	(void)state;
	counted(run(&ada, 1, 100));
	counted(run(&ben, 1, 100));
	counted(run(&eve, 1, 1000));
	counted(run(&ada, 1, 100));
	counted(run(&ben, 1, 30)); /* those two do not agree */
	counted(run(&ada, 2, 100));
	counted(run(&eve, 2, 100));
	counted(act_on_two(&sam, "link", id_of(&ada), id_of(&eve)));
	counted(run(&ben, 2, 1000)); /* those two are one */
	counted(run(&ada, 3, 100));
	counted(run(&ada, 3, 3000)); /* one's own earlier value */
}

/* Where they lie far apart themselves, farther is allowed. */
static void
spread_allows(void **state)
{
	(void)state;
	world.set->suites[0]->metrics[0].tolerance = 0.01;
	counted(run(&ada, 1, 100));
	counted(run(&eve, 1, 100.9));
	held_for(run(&ben, 1, 107), DOUBT_NEIGHBOURS);
	counted(run(&sam, 1, 103)); /* within five tolerances */
	counted(run(&tom, 1, 98));
	/* of 98, 100, 100.9, 103 only two agree with the middle: contested, nobody is held */
	counted(run(&ben, 1, 200));
}

static void
rules_of_their_time(void **state)
{
	(void)state;
	world.rules.version = 1;
	two_who_agree(1);
	counted(run(&ben, 1, 300));
	world.rules.version = 2;
	held_for(run(&ben, 1, 300), DOUBT_NEIGHBOURS);
	json_object_set_new(
	    json_object_get(world.rules.body, "thresholds"), "neighbours_min", json_integer(3));
	counted(run(&ben, 1, 300));
	json_object_set_new(
	    json_object_get(world.rules.body, "thresholds"), "neighbours_min", json_integer(2));
	json_object_set_new(json_object_get(world.rules.body, "thresholds"),
	    "neighbours_tolerances", json_integer(30));
	counted(run(&ben, 1, 300));
}

/* The second other established voter who measures the same releases all of them together. */
static void
witnessed(void **state)
{
	struct told first, second, third;

	(void)state;
	two_who_agree(1);
	first = run(&ben, 1, 300);
	held_for(first, DOUBT_NEIGHBOURS);
	second = run(&sam, 1, 310);
	held_for(second, DOUBT_NEIGHBOURS);
	assert_int_equal(state_of(first.id), STATE_HELD);
	held_for(run(&sam, 1, 305), DOUBT_NEIGHBOURS); /* the same witness again is one */
	assert_int_equal(state_of(first.id), STATE_HELD);
	third = run(&tom, 1, 290);
	assert_int_equal(third.o.verdict.doubt, DOUBT_NEIGHBOURS); /* what was said of it stays */
	assert_int_equal(state_of(first.id), STATE_COUNTED);
	assert_int_equal(state_of(second.id), STATE_COUNTED);
	assert_int_equal(state_of(third.id), STATE_COUNTED);
	counted(run(&ben, 1, 300)); /* two against two: nobody is beyond anybody */
}

/* Who is not established, linked with another, or far off, is no witness. */
static void
no_witness(void **state)
{
	struct told first;

	(void)state;
	counted(act_on_two(&sam, "link", id_of(&sam), id_of(&tom)));
	two_who_agree(1);
	first = run(&sam, 1, 300);
	held_for(first, DOUBT_NEIGHBOURS);
	held_for(run(&tom, 1, 300), DOUBT_NEIGHBOURS);
	held_for(run(&ben, 1, 300), DOUBT_NEIGHBOURS);
	assert_int_equal(state_of(first.id), STATE_HELD);
}

/* Counted runs are witnesses too: those who come round to it. */
static void
witnessed_by_counted(void **state)
{
	struct told first;

	(void)state;
	two_who_agree(1);
	first = run(&ben, 1, 170);
	held_for(first, DOUBT_NEIGHBOURS);
	counted(run(&sam, 1, 155 * 0.985));
	assert_int_equal(state_of(first.id), STATE_HELD);
	counted(run(&sam, 2, 1));
	world.set->suites[0]->metrics[0].tolerance = 0.12;
	counted(run(&tom, 1, 155));
	assert_int_equal(state_of(first.id), STATE_COUNTED);
}

/* Each of its results needs witnesses; what is witnessed stays so. */
static void
every_result(void **state)
{
	struct told both, one;

	(void)state;
	two_who_agree(1);
	two_who_agree(2);
	both = run_twice(&ben, 1, 300, 2, 300);
	held_for(both, DOUBT_NEIGHBOURS);
	(void)run(&sam, 1, 300);
	one = run(&tom, 1, 300);
	assert_int_equal(state_of(one.id), STATE_COUNTED);
	assert_int_equal(state_of(both.id), STATE_HELD);
	counted(retract(&tom, one.id));
	(void)run(&sam, 2, 300);
	assert_int_equal(state_of(both.id), STATE_HELD);
	(void)run(&tom, 2, 300);
	assert_int_equal(state_of(both.id), STATE_COUNTED);
}

/* Who took it back, was judged by staff, or is held for more than its neighbours, is not released.
 */
static void
not_released(void **state)
{
	struct told mine, judged, again;

	(void)state;
	two_who_agree(1);
	mine = run(&ben, 1, 300);
	counted(retract(&ben, mine.id));
	judged = run(&ben, 1, 301);
	counted(act(&sam, "quarantine", judged.id));
	again = run(&ben, 1, 302);
	counted(act(&sam, "release", again.id));
	counted(act(&sam, "hold", again.id)); /* staff's word, not the neighbours' */
	(void)run(&sam, 1, 300);
	counted(run(&tom, 3, 100));
	(void)run(&tom, 1, 300);
	assert_int_equal(state_of(mine.id), STATE_RETRACTED);
	assert_int_equal(state_of(judged.id), STATE_QUARANTINED);
	assert_int_equal(state_of(again.id), STATE_HELD);
}

/* One submitter's newest five take part, so that nobody fills a cell with what waits. */
static void
newest_wait(void **state)
{
	struct told first, last;

	(void)state;
	two_who_agree(1);
	first = run(&ben, 1, 300);
	for (int i = 0; i < VOTE_RUNS_MAX; i++)
		last = run(&ben, 1, 300);
	(void)run(&sam, 1, 300);
	(void)run(&tom, 1, 300);
	assert_int_equal(state_of(first.id), STATE_HELD);
	assert_int_equal(state_of(last.id), STATE_COUNTED);
}

/* ---- anchors ---- */

static struct told
judged(const struct keypair *who, double anchor)
{
	json_t *body = body_at(1, 100);

	json_object_set_new(body, "judge",
	    json_pack("{s:s, s:s, s:i, s:[f, f]}", "name", "judge", "prompt_digest",
		"abababababababababababababababababababababababababababababababab", "temperature",
		0, "anchors", anchor - 1, anchor + 1));
	return say(KIND_SUBMISSION, body, who);
}

static void
anchors(void **state)
{
	struct told t;

	(void)state;
	world.set->suites[0]->anchors_n = 2;
	world.set->suites[0]->anchors_bound = 0.75;
	counted(judged(&ben, 5)); /* the first is compared with nobody */
	counted(judged(&ben, 5.75));
	t = judged(&sam, 8);
	held_for(t, DOUBT_ANCHORS);
	assert_string_equal(t.o.pointer, "/judge/anchors");
	assert_true(t.o.verdict.number == 8 && fabs(t.o.verdict.bound - 6.125) < 1e-12);
	counted(act(&tom, "release", t.id));
	/* an established voter speaks for the cell from now on */
	counted(judged(&ada, 7.5));
	held_for(judged(&ben, 5), DOUBT_ANCHORS);
	held_for(run(&eve, 1, 100), DOUBT_ANCHORS); /* no anchors at all */
	/* a thousand runs of one submitter weigh as one */
	for (int i = 0; i < 20; i++)
		counted(judged(&ada, 7.5));
	counted(judged(&sam, 8.2));
	world.set->suites[0]->anchors_n = 0;
	counted(judged(&ben, 1));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(beyond),
	    CASE(no_neighbours),
	    CASE(spread_allows),
	    CASE(rules_of_their_time),
	    CASE(witnessed),
	    CASE(no_witness),
	    CASE(witnessed_by_counted),
	    CASE(every_result),
	    CASE(not_released),
	    CASE(newest_wait),
	    CASE(anchors),
	};

	return cmocka_run_group_tests_name("neighbours", tests, NULL, NULL);
}
