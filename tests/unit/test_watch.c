/* test_watch.c — a policy under watch: told once, when a change has held, by the log's time.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "gate_world.h"
#include "json.h"
#include "meeting.h"
#include "unit.h"
#include "watch.h"

#define HOUR_MS (60LL * 60 * 1000)

#define RULE                                                                                       \
	"{\"metric\":\"score\",\"suite\":\"quality\",\"min_standing\":\"single\","                 \
	"\"compare\":\"absolute\",\"margin\":10,\"max_age_days\":30}"

static const char settles[] =
    "{\"name\":\"p\",\"candidate\":\"new\",\"settle_hours\":24,\"rules\":[" RULE "]}";
static const char at_once[] = "{\"name\":\"p\",\"candidate\":\"new\",\"rules\":[" RULE "]}";

/* A log in which three voters measured one model. */
struct scene {
	struct gate_world w;
	struct suite *suites[1];
	struct suite_set set;
	struct watch watch;
	json_t *turns;
	int64_t index;
};

static void
set_all(struct scene *s, double value)
{
	struct meeting *m = gate_world_meeting(&s->w, "new", "a");

	for (size_t i = 0; i < m->runs_n; i++)
		m->runs[i].value = value + (double)i / 10;
}

/* The next leaf, so many hours after the first. */
static void
judge(struct scene *s, double hours)
{
	const struct watch_moment at = {.evidence = &s->w.evidence,
	    .suites = &s->set,
	    .index = s->index++,
	    .as_of_ms = WORLD_NOW_MS + (int64_t)(hours * HOUR_MS)};

	assert_true(watch_judge(&s->watch, &at, s->turns));
}

static void
begin(struct scene *s, const char *policy)
{
	static const uint8_t id[SHA256_SIZE] = {1}, by[SHA256_SIZE] = {2};
	json_t *text = json_string(policy);
	struct fault f = {0};

	memset(s, 0, sizeof(*s));
	gate_world_begin(&s->w, true, false, 0);
	for (int i = 0; i < 3; i++)
		gate_world_run(&s->w, "new", "a", i, 0);
	s->suites[0] = s->w.suite;
	s->set = (struct suite_set){s->suites, 1};
	s->turns = json_array();
	s->index = 100;
	assert_true(watch_begin(&s->watch, id, s->index, by, text, &f));
	json_decref(text);
	set_all(s, 20);
	judge(s, 0);
	assert_int_equal(s->watch.told, VERDICT_GO);
	assert_int_equal(s->watch.told_index, 100);
}

static void
end(struct scene *s)
{
	watch_clear(&s->watch);
	json_decref(s->turns);
	gate_world_end(&s->w);
}

static void
expect_turns(const struct scene *s, size_t n, enum verdict told, enum verdict now)
{
	assert_int_equal(json_array_size(s->turns), n);
	assert_int_equal(s->watch.told, told);
	assert_int_equal(s->watch.now, now);
}

static void
held(void **state)
{
	struct scene s;
	const json_t *turn;

	(void)state;
	begin(&s, settles);
	set_all(&s, 5);
	judge(&s, 1);
	expect_turns(&s, 0, VERDICT_GO, VERDICT_NO_GO);
	assert_int_equal(watch_settles_at(&s.watch), WORLD_NOW_MS + 25 * HOUR_MS);
	judge(&s, 24.9);
	expect_turns(&s, 0, VERDICT_GO, VERDICT_NO_GO);
	judge(&s, 25);
	expect_turns(&s, 1, VERDICT_NO_GO, VERDICT_NO_GO);
	turn = json_array_get(s.turns, 0);
	assert_int_equal(json_get_whole(turn, "index"), 103);
	assert_int_equal(json_get_whole(turn, "turned_index"), 101);
	assert_string_equal(json_get_text(turn, "from"), "GO");
	assert_string_equal(json_get_text(turn, "to"), "NO-GO");
	judge(&s, 100);
	expect_turns(&s, 1, VERDICT_NO_GO, VERDICT_NO_GO);
	end(&s);
}

/* Back before its time: nothing was told, and the clock begins anew. */
static void
flaps(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, settles);
	set_all(&s, 5);
	judge(&s, 1);
	set_all(&s, 20);
	judge(&s, 20);
	expect_turns(&s, 0, VERDICT_GO, VERDICT_GO);
	set_all(&s, 5);
	judge(&s, 21);
	judge(&s, 44);
	expect_turns(&s, 0, VERDICT_GO, VERDICT_NO_GO);
	judge(&s, 45);
	expect_turns(&s, 1, VERDICT_NO_GO, VERDICT_NO_GO);
	end(&s);
}

/* It held until the very leaf that ends it: it is told, and the way back must settle too. */
static void
held_until_now(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, settles);
	set_all(&s, 5);
	judge(&s, 1);
	set_all(&s, 20);
	judge(&s, 30);
	expect_turns(&s, 1, VERDICT_NO_GO, VERDICT_GO);
	judge(&s, 54);
	expect_turns(&s, 2, VERDICT_GO, VERDICT_GO);
	end(&s);
}

static void
without_settling(void **state)
{
	struct scene s;
	const json_t *turn;

	(void)state;
	begin(&s, at_once);
	gate_world_run(&s.w, "new", "a", 3, 0);
	set_all(&s, 5);
	judge(&s, 1);
	expect_turns(&s, 1, VERDICT_NO_GO, VERDICT_NO_GO);
	turn = json_array_get(s.turns, 0);
	assert_int_equal(json_get_whole(turn, "index"), json_get_whole(turn, "turned_index"));
	assert_int_equal(json_array_size(json_object_get(turn, "added")), 1);
	assert_int_equal(json_array_size(json_object_get(turn, "gone")), 0);
	assert_int_equal(
	    json_get_whole(json_array_get(json_object_get(turn, "added"), 0), "index"), 3);
	end(&s);
}

/* Age alone: it says itself from when on. */
static void
ages(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, at_once);
	assert_int_equal(s.watch.stale_at_ms, WORLD_NOW_MS + 30 * 24 * HOUR_MS + 1);
	judge(&s, 30 * 24);
	expect_turns(&s, 0, VERDICT_GO, VERDICT_GO);
	judge(&s, 30 * 24 + 1);
	expect_turns(&s, 1, VERDICT_INSUFFICIENT, VERDICT_INSUFFICIENT);
	assert_true(s.watch.stale_at_ms == INT64_MAX);
	end(&s);
}

/* Judging more often than asked for changes nothing. */
static void
often(void **state)
{
	struct scene s, t;

	(void)state;
	begin(&s, settles);
	begin(&t, settles);
	for (int hour = 1; hour < 200; hour++) {
		double value = (hour / 40) % 2 == 0 ? 20 : 5;

		set_all(&s, value);
		set_all(&t, value);
		judge(&s, hour);
		t.index = s.index - 1;
		if (hour % 40 == 0 || WORLD_NOW_MS + hour * HOUR_MS >= watch_settles_at(&t.watch))
			judge(&t, hour);
	}
	assert_int_equal(json_array_size(s.turns), 4);
	assert_true(json_equal(s.turns, t.turns));
	end(&s);
	end(&t);
}

/* The config in force has no such suite any more. */
static void
without_suite(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, at_once);
	s.set.n = 0;
	judge(&s, 1);
	expect_turns(&s, 1, VERDICT_INSUFFICIENT, VERDICT_INSUFFICIENT);
	assert_int_equal(json_array_size(s.watch.rules), 0);
	s.set.n = 1;
	judge(&s, 2);
	expect_turns(&s, 2, VERDICT_GO, VERDICT_GO);
	end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(held),
	    cmocka_unit_test(flaps),
	    cmocka_unit_test(held_until_now),
	    cmocka_unit_test(without_settling),
	    cmocka_unit_test(ages),
	    cmocka_unit_test(often),
	    cmocka_unit_test(without_suite),
	};

	return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
