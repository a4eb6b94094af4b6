/* test_alias.c — names that staff say are one: whose runs meet, what moves back, what is refused.
 * SPDX-License-Identifier: Apache-2.0 */
#include "alias.h"

#include <string.h>

#include "json.h"
#include "ledger_world.h"
#include "meeting.h"
#include "raw_cell.h"
#include "submission.h"
#include "unit.h"

/* One run of this submitter, on a processor called so, in the cell numbered so. */
static struct told
run_on(const struct keypair *who, const char *hardware, int cell, double value)
{
	json_t *body = submission_body(value);
	json_t *result = json_array_get(json_object_get(body, "results"), 0);

	json_object_set_new(json_object_get(result, "conditions"), "n_prompt", json_integer(cell));
	json_object_set_new(json_object_get(json_object_get(body, "hardware"), "cpu"), "name",
	    json_string(hardware));
	return say(KIND_SUBMISSION, body, who);
}

static struct told
alias(const struct keypair *who, const char *of, const char *raw, const char *canonical)
{
	return say(KIND_ALIAS,
	    json_pack("{s:s, s:s, s:s?, s:s}", "of", of, "raw", raw, "canonical", canonical,
		"reason", "the same thing"),
	    who);
}

static const struct meeting *
cell_of(const struct told *t)
{
	uint8_t id[SHA256_SIZE];

	assert_true(hex_parse(t->id, id, SHA256_SIZE));
	return book_statement(&world.book, id)->results[0].raw->at;
}

static size_t
votes_in(const struct meeting *m)
{
	struct run runs[64];
	struct vote votes[64];

	assert_true(m->runs_n <= 64);
	return votes_form(runs, meeting_runs(&world.book, m, 0, runs), true, votes);
}

static bool
is_established(const struct keypair *who)
{
	uint8_t id[SHA256_SIZE];

	submitter_id(who->public, id);
	return person_established(book_person(&world.book, id));
}

static void
two_names_one_cell(void **state)
{
	struct told a = run_on(&ada, "EPYC 9654", 1, 100), b = run_on(&eve, "my epyc", 1, 103);

	(void)state;
	counted(act(&sam, "trust", id_of(&ada)));
	assert_ptr_not_equal(cell_of(&a), cell_of(&b));
	counted(alias(&sam, "hardware", "my epyc", "EPYC 9654"));
	assert_ptr_equal(cell_of(&a), cell_of(&b));
	assert_int_equal(votes_in(cell_of(&a)), 2);
	assert_int_equal(cell_of(&a)->standing[0], STANDING_CORROBORATED);
	/* what comes later, under a raw cell that nobody had, goes there too */
	b = run_on(&eve, "my epyc", 2, 100);
	a = run_on(&ada, "EPYC 9654", 2, 100);
	assert_ptr_equal(cell_of(&a), cell_of(&b));
	/* one submitter's runs under both names are one vote */
	(void)run_on(&ada, "my epyc", 2, 101);
	assert_int_equal(votes_in(cell_of(&a)), 2);
	assert_int_equal(cell_of(&a)->runs_n, 3);
}

static void
undone(void **state)
{
	struct told a = run_on(&ada, "EPYC 9654", 1, 100), b = run_on(&eve, "my epyc", 1, 103);
	const struct meeting *was_a = cell_of(&a), *was_b = cell_of(&b);

	(void)state;
	counted(act(&sam, "trust", id_of(&ada)));
	counted(alias(&sam, "hardware", "my epyc", "EPYC 9654"));
	assert_int_equal(was_b->standing[0], STANDING_NONE);
	assert_int_equal(was_b->runs_n, 0);
	counted(retract(&eve, b.id)); /* it leaves the cell it was moved to */
	assert_int_equal(was_a->runs_n, 1);
	b = run_on(&eve, "my epyc", 1, 102);
	assert_ptr_equal(cell_of(&b), was_a);
	counted(alias(&sam, "hardware", "my epyc", NULL));
	assert_ptr_equal(cell_of(&a), was_a);
	assert_ptr_equal(cell_of(&b), was_b);
	assert_int_equal(was_a->standing[0], STANDING_SINGLE);
	assert_int_equal(was_b->standing[0], STANDING_SINGLE);
	assert_int_equal(votes_in(was_a), 1);
	assert_int_equal(votes_in(was_b), 1);
	void_at(alias(&sam, "hardware", "my epyc", NULL), "/raw");
}

/* Names that nobody measured under yet may be joined before. */
static void
said_before(void **state)
{
	struct told a, b;

	(void)state;
	counted(alias(&sam, "engine", "llamacpp", "llama.cpp"));
	counted(alias(&sam, "model", "model", "org/model"));
	counted(alias(&sam, "quantization", "q8", "Q8_0"));
	a = submit(&ada);
	{
		json_t *body = submission_body(12.5), *model = json_object_get(body, "model");

		json_object_set_new(model, "name", json_string("model"));
		json_object_set_new(model, "quantization", json_string("q8"));
		json_object_set_new(
		    json_object_get(body, "engine"), "name", json_string("llamacpp"));
		b = say(KIND_SUBMISSION, body, &eve);
	}
	assert_ptr_equal(cell_of(&a), cell_of(&b));
	counted(alias(&sam, "quantization", "q8", NULL));
	assert_ptr_not_equal(cell_of(&a), cell_of(&b));
	/* a subject as a whole goes before its parts */
	counted(alias(&sam, "model", "model@main+q8", "org/model@main+Q8_0"));
	assert_ptr_equal(cell_of(&a), cell_of(&b));
}

/* No chain, no circle, in whatever order they are said. */
static void
chains(void **state)
{
	(void)state;
	counted(alias(&sam, "hardware", "a", "b"));
	void_at(alias(&sam, "hardware", "b", "c"), "/raw");
	void_at(alias(&sam, "hardware", "b", "a"), "/canonical");
	void_at(alias(&sam, "hardware", "c", "a"), "/canonical");
	void_at(alias(&sam, "hardware", "a", "b"), "/canonical");
	void_at(alias(&sam, "hardware", "c", NULL), "/raw");
	counted(alias(&sam, "engine", "b", "a")); /* of another thing */
	counted(alias(&sam, "hardware", "c", "b"));
	counted(alias(&sam, "hardware", "a", "d")); /* said anew */
	void_at(alias(&sam, "hardware", "b", "d"), "/raw");
	counted(alias(&sam, "hardware", "c", NULL));
	counted(alias(&sam, "hardware", "b", "d"));
	void_at(alias(&sam, "hardware", "d", "b"), "/canonical");
}

static void
who_may(void **state)
{
	struct told t = alias(&ada, "hardware", "a", "b");
	json_t *old = json_pack("{s:s, s:s, s:s, s:s, s:s}", "of", "engine", "raw", "a",
	    "canonical", "b", "reason", "x", "created_at", "2026-01-01T03:04:04Z");

	(void)state;
	void_at(t, "/key");
	void_at(alias(&root, "hardware", "a", "b"), "/key");
	void_at(say(KIND_ALIAS, old, &sam), "/created_at");
	t = alias(&sam, "hardware", "a", "b");
	counted(t);
	void_at(retract(&sam, t.id), "/target");
	void_at(act(&tom, "confirm", t.id), "/target"); /* it does not wait */
	void_at(act(&tom, "withhold", t.id), "/target");
	counted(grant(&root, "revoke", &sam, "staff"));
	void_at(alias(&sam, "hardware", "a", NULL), "/key");
	counted(alias(&tom, "hardware", "a", NULL)); /* any of them may undo it */
}

/* Three established ones who agree. */
static struct told
reproduce(const char *hardware, int cell)
{
	if (!is_established(&ada)) {
		counted(act(&sam, "trust", id_of(&ada)));
		counted(act(&sam, "trust", id_of(&eve)));
		counted(act(&tom, "trust", id_of(&sam)));
	}
	(void)run_on(&ada, hardware, cell, 100);
	(void)run_on(&eve, hardware, cell, 101);
	return run_on(&sam, hardware, cell, 99);
}

static void
confirmed(void **state)
{
	struct told solid = reproduce("EPYC 9654", 1), lone = run_on(&tom, "my epyc", 1, 100);
	struct told first = alias(&sam, "hardware", "my epyc", "EPYC 9654"), second;

	(void)state;
	counted(first);
	assert_ptr_not_equal(cell_of(&solid), cell_of(&lone));
	void_at(act(&sam, "confirm", first.id), "/target");
	counted(act(&tom, "confirm", first.id));
	assert_ptr_equal(cell_of(&solid), cell_of(&lone));
	void_at(act(&tom, "confirm", first.id), "/target");
	/* so does what would take runs out of it */
	second = alias(&sam, "hardware", "my epyc", NULL);
	counted(second);
	assert_ptr_equal(cell_of(&solid), cell_of(&lone));
	world.now_ms += INT64_C(8) * 24 * 3600 * 1000;
	void_at(act(&tom, "confirm", second.id), "/target");
	/* what became impossible meanwhile is not confirmed */
	first = alias(&sam, "hardware", "EPYC 9654", "AMD EPYC 9654");
	void_at(first, "/raw");
	second = alias(&sam, "hardware", "my epyc", NULL);
	counted(second);
	counted(act(&tom, "confirm", second.id));
	assert_ptr_not_equal(cell_of(&solid), cell_of(&lone));
	/* where nothing counts, nobody needs to look */
	counted(alias(&sam, "hardware", "nobody's", "EPYC 9654"));
	assert_string_equal(
	    names_canonical(&world.book.names, NAME_HARDWARE, "nobody's"), "EPYC 9654");
}

/* Two aliases wait for the same name: the second to be confirmed says the same again. */
static void
confirmed_twice(void **state)
{
	struct told solid = reproduce("EPYC 9654", 1), lone = run_on(&tom, "my epyc", 1, 100);
	struct told first = alias(&sam, "hardware", "my epyc", "EPYC 9654"),
		    second = alias(&sam, "hardware", "my epyc", "EPYC 9654");

	(void)state;
	counted(act(&tom, "confirm", first.id));
	void_at(act(&tom, "confirm", second.id), "/canonical");
	assert_ptr_equal(cell_of(&solid), cell_of(&lone));
}

/* Accord in cells that are one now is accord in one. */
static void
accords_join(void **state)
{
	(void)state;
	counted(act(&sam, "trust", id_of(&ada)));
	for (int i = 0; i < 2; i++) {
		(void)run_on(&ada, i ? "other" : "EPYC", 1, 100);
		(void)run_on(&eve, i ? "other" : "EPYC", 1, 101);
	}
	counted(alias(&sam, "hardware", "other", "EPYC"));
	(void)run_on(&ada, "EPYC", 2, 100);
	(void)run_on(&eve, "EPYC", 2, 101);
	assert_false(is_established(&eve));
	(void)run_on(&ada, "EPYC", 3, 100);
	(void)run_on(&eve, "EPYC", 3, 101);
	assert_true(is_established(&eve));
}

/* Linked submitters who used two names are one voter in the joined cell. */
static void
linked_voters(void **state)
{
	struct told a = run_on(&ada, "EPYC", 1, 100);

	(void)state;
	(void)run_on(&eve, "other", 1, 101);
	counted(act_on_two(&sam, "link", id_of(&ada), id_of(&eve)));
	counted(alias(&sam, "hardware", "other", "EPYC"));
	assert_int_equal(cell_of(&a)->runs_n, 2);
	assert_int_equal(votes_in(cell_of(&a)), 1);
}

/* What is held, or out of the count, is moved all the same, and stands there once released. */
static void
held_moves(void **state)
{
	struct told a = run_on(&ada, "EPYC", 1, 100), b = run_on(&eve, "other", 1, 1e16);

	(void)state;
	assert_int_equal(b.o.state, STATE_HELD);
	counted(alias(&sam, "hardware", "other", "EPYC"));
	assert_int_equal(cell_of(&a)->runs_n, 1);
	counted(act(&sam, "release", b.id));
	assert_ptr_equal(cell_of(&a), cell_of(&b));
	assert_int_equal(cell_of(&a)->runs_n, 2);
}

/* One run of this submitter in so many cells. */
static struct told
run_in_many(const struct keypair *who, const char *hardware, int cells, double value)
{
	json_t *body = submission_body(value), *results = json_object_get(body, "results");

	json_object_set_new(json_object_get(json_object_get(body, "hardware"), "cpu"), "name",
	    json_string(hardware));
	for (int i = 1; i < cells; i++) {
		json_t *result = json_deep_copy(json_array_get(results, 0));

		json_object_set_new(
		    json_object_get(result, "conditions"), "n_prompt", json_integer(i));
		json_array_append_new(results, result);
	}
	return say(KIND_SUBMISSION, body, who);
}

/* Of many cells the runs meet at once, and the standing follows when a leaf touches them. */
static void
many_cells(void **state)
{
	struct told a, b;

	(void)state;
	counted(act(&sam, "trust", id_of(&ada)));
	for (int more = 0; more < 2; more++) {
		const char *raw = more ? "more" : "as many", *name = more ? "MORE" : "AS MANY";

		a = run_in_many(&ada, name, ALIAS_SETTLED_MAX + more, 100);
		b = run_in_many(&eve, raw, ALIAS_SETTLED_MAX + more, 101);
		counted(a);
		counted(b);
		counted(alias(&sam, "hardware", raw, name));
		assert_ptr_equal(cell_of(&a), cell_of(&b));
		assert_int_equal(votes_in(cell_of(&a)), 2);
		assert_int_equal(
		    cell_of(&a)->standing[0], more ? STANDING_SINGLE : STANDING_CORROBORATED);
	}
	counted(run_in_many(&tom, "MORE", 1, 100));
	assert_int_equal(cell_of(&a)->standing[0], STANDING_CORROBORATED);
}

static void
fields(void **state)
{
	struct names n = {0};
	json_t *raw = json_pack("{s:s, s:s, s:s, s:s}", "hardware", "B + C", "subject", "m@r+q",
		   "base", "m@+f16", "conditions.kind", "B"),
	       *called;

	(void)state;
	assert_true(names_put(&n, NAME_HARDWARE, "C", "A", 1));
	assert_true(names_put(&n, NAME_MODEL, "m", "org/m", 2));
	assert_true(names_put(&n, NAME_QUANTIZATION, "q", "Q4", 3));
	called = names_fields(&n, raw);
	assert_string_equal(json_get_text(called, "hardware"), "A + B");
	assert_string_equal(json_get_text(called, "subject"), "org/m@r+Q4");
	assert_string_equal(json_get_text(called, "base"), "org/m@+f16");
	assert_string_equal(json_get_text(called, "conditions.kind"), "B");
	json_decref(called);
	assert_true(names_put(&n, NAME_HARDWARE, "C", "B", 4));
	called = names_fields(&n, raw);
	assert_string_equal(json_get_text(called, "hardware"), "B");
	json_decref(called);
	assert_true(names_put(&n, NAME_HARDWARE, "C", NULL, 5));
	assert_int_equal(n.in_force, 2);
	assert_int_equal(n.last_index, 5);
	json_decref(raw);
	names_clear(&n);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(two_names_one_cell),
	    CASE(undone),
	    CASE(said_before),
	    CASE(chains),
	    CASE(who_may),
	    CASE(confirmed),
	    CASE(confirmed_twice),
	    CASE(accords_join),
	    CASE(linked_voters),
	    CASE(held_moves),
	    CASE(many_cells),
	    CASE(fields),
	};

	return cmocka_run_group_tests_name("alias", tests, NULL, NULL);
}
