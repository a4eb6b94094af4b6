/* test_votes.c — one voter, one vote.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "unit.h"
#include "votes.h"

static struct run
run_of(uint8_t voter, uint8_t submitter, int64_t index, double value)
{
	struct run r = {.index = index, .value = value};

	memset(r.voter, voter, SHA256_SIZE);
	memset(r.submitter, submitter, SHA256_SIZE);
	return r;
}

/* A vote's noise is that of the run in the middle, of two the later in the log. */
static void
the_run_in_the_middle(void **state)
{
	struct run runs[] = {run_of(1, 1, 0, 30), run_of(1, 1, 1, 10), run_of(1, 1, 2, 20),
	    run_of(2, 2, 3, 7), run_of(2, 2, 9, 5), run_of(3, 3, 4, 5), run_of(3, 3, 8, 7)};
	struct vote votes[COUNT(runs)];

	(void)state;
	for (size_t i = 0; i < COUNT(runs); i++)
		runs[i].within = (struct within_run){WITHIN_SE, (double)runs[i].index, 0};
	assert_int_equal(votes_form(runs, COUNT(runs), false, votes), 3);
	assert_true(votes[0].value == 20);
	assert_true(votes[0].run->within.size == 2);
	assert_true(votes[1].value == 6);
	assert_true(votes[1].run->within.size == 9);
	assert_true(votes[2].value == 6);
	assert_true(votes[2].run->within.size == 8);
}

/* Who is linked with an established submitter votes as one. */
static void
established_together(void **state)
{
	struct run runs[] = {run_of(1, 1, 0, 1), run_of(1, 2, 1, 4), run_of(2, 3, 2, 9)};
	struct vote votes[3];
	double values[3];

	(void)state;
	runs[1].established = true;
	assert_int_equal(votes_form(runs, 3, true, votes), 2);
	assert_true(votes[0].established && !votes[1].established);
	votes_values(votes, 2, values);
	assert_true(values[0] == 2 && values[1] == 9);
}

/* A thousand runs beside three voters' single ones, through to the estimate: one vote of four. */
static void
thousand_runs_one_vote(void **state)
{
	static struct run many[1003], few[4];
	static struct vote votes[1003];
	struct interval a, b;
	double values[4];

	(void)state;
	for (int i = 0; i < 1000; i++)
		many[i] = run_of(1, 1, i, 1000);
	for (uint8_t i = 0; i < 4; i++)
		few[i] = run_of((uint8_t)(i + 1), (uint8_t)(i + 1), 1000 + i, i ? 10 + i : 1000);
	memcpy(many + 1000, few + 1, 3 * sizeof(*few));
	assert_int_equal(votes_form(many, 1003, true, votes), 4);
	votes_values(votes, 4, values);
	assert_true(
	    estimate_votes(&(struct votes){.values = values, .n = 4, .log_scale = true}, 0.95, &a));
	assert_int_equal(votes_form(few, 4, true, votes), 4);
	votes_values(votes, 4, values);
	assert_true(
	    estimate_votes(&(struct votes){.values = values, .n = 4, .log_scale = true}, 0.95, &b));
	assert_true(a.point == b.point && a.low == b.low && a.high == b.high);
}

/* Whatever order the runs come in, also where values repeat. */
static void
order_does_not_matter(void **state)
{
	struct run runs[30], turned[30];
	struct vote a[30], b[30];

	(void)state;
	for (int i = 0; i < 30; i++)
		runs[i] = run_of((uint8_t)(i % 4), (uint8_t)(i % 8), i, i * i % 5);
	for (int turn = 0; turn < 30; turn++) {
		size_t n;

		for (int i = 0; i < 30; i++)
			turned[i] = runs[(i * 7 + turn) % 30];
		n = votes_form(turned, 30, false, a);
		assert_int_equal(n, 4);
		assert_int_equal(votes_form(runs, 30, false, b), n);
		for (size_t v = 0; v < n; v++) {
			assert_true(a[v].value == b[v].value);
			assert_int_equal(a[v].run->index, b[v].run->index);
		}
	}
}

static void
nobody(void **state)
{
	struct run runs[1];
	struct vote votes[1];

	(void)state;
	assert_int_equal(votes_form(runs, 0, false, votes), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_run_in_the_middle),
	    cmocka_unit_test(established_together),
	    cmocka_unit_test(thousand_runs_one_vote),
	    cmocka_unit_test(order_does_not_matter),
	    cmocka_unit_test(nobody),
	};

	return cmocka_run_group_tests_name("votes", tests, NULL, NULL);
}
