/* test_batch.c — a batch: its turns, its duplicates, and the n-th allocation failing, for every n.
 * SPDX-License-Identifier: Apache-2.0 */
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "batch_world.h"
#include "json.h"
#include "known_keys.h"
#include "slices.h"
#include "unit.h"

#define LINES_A_TURN_N 8
#define TRIES_MAX_N 5000

/* Return the answer's lines as a new array. */
static json_t *
lines_told(void)
{
	json_t *list = json_array();
	char *at = answer_body.data, *end;

	for (; at != NULL && (end = strchr(at, '\n')) != NULL; at = end + 1)
		json_array_append_new(list, json_loadb(at, (size_t)(end - at), 0, NULL));
	return list;
}

static void
expect_statuses(const int *expected, size_t n)
{
	json_t *told = lines_told();

	assert_int_equal(answers_n, 1);
	assert_int_equal(answer_status, 200);
	assert_int_equal(json_array_size(told), n);
	for (size_t i = 0; i < n; i++) {
		const json_t *line = json_array_get(told, i);

		assert_int_equal(json_get_whole(line, "line"), i + 1);
		assert_int_equal(json_get_whole(line, "status"), expected[i]);
	}
	json_decref(told);
}

/* ---- tests ---- */

static void
test_few_lines_a_turn(void **state)
{
	struct text body = {0};
	size_t before = 0;
	int turns = 0;

	(void)state;
	forget();
	known_keys_add(worker.known, ada.public, INT64_MAX / 2);
	for (int i = 0; i < 100; i++)
		add_line(&body, &ada);
	assert_true(post(&body));
	assert_int_equal(puts_n, 0);
	for (; puts_n < 100 && turns < 1000; turns++, before = puts_n) {
		turn();
		assert_in_range(puts_n - before, 0, LINES_A_TURN_N);
	}
	assert_in_range(turns, 100 / LINES_A_TURN_N, 999);
	assert_int_equal(answers_n, 0);
	finish();
	assert_int_equal(answers_n, 1);
	assert_int_equal(stored_n, 100);
	text_clear(&body);
}

/* Two batches at once share the turns. */
static void
test_batches_take_turns(void **state)
{
	struct text body = {0}, other = {0};

	(void)state;
	forget();
	known_keys_add(worker.known, ada.public, INT64_MAX / 2);
	for (int i = 0; i < 16; i++)
		add_line(&body, &ada);
	add_line(&other, &ada);
	assert_true(post(&body));
	assert_true(post(&other));
	for (int i = 0; i < 100 && puts_n < LINES_A_TURN_N + 1; i++)
		turn();
	assert_int_equal(puts_n, LINES_A_TURN_N + 1);
	answer_all();
	assert_int_equal(answers_n, 1);
	finish();
	assert_int_equal(answers_n, 2);
	text_clear(&body);
	text_clear(&other);
}

/* A line that comes again waits for the first, whatever the others do. */
static void
test_duplicates(void **state)
{
	struct text body = {0}, twice = {0};

	(void)state;
	forget();
	add_line(&body, &ada);
	for (int i = 0; i < 3; i++)
		text_add(&twice, body.data, body.n);
	assert_true(post(&twice));
	finish();
	expect_statuses((int[]){201, 200, 200}, 3);
	assert_int_equal(stored_n, 1);
	text_clear(&body);
	text_clear(&twice);
}

/* No place for the first: those behind it try for themselves. */
static void
test_full_store(void **state)
{
	struct text body = {0}, twice = {0};

	(void)state;
	forget();
	known_keys_add(worker.known, ada.public, INT64_MAX / 2);
	room_n = 0;
	add_line(&body, &ada);
	text_add(&twice, body.data, body.n);
	text_add(&twice, body.data, body.n);
	assert_true(post(&twice));
	finish();
	expect_statuses((int[]){503, 503}, 2);
	text_clear(&body);
	text_clear(&twice);
}

/* The worker ends in the middle: what is left is done at once, and the answer is given. */
static void
test_slices_free_finishes(void **state)
{
	struct text body = {0};

	(void)state;
	forget();
	known_keys_add(worker.known, ada.public, INT64_MAX / 2);
	for (int i = 0; i < 30; i++)
		add_line(&body, &ada);
	assert_true(post(&body));
	turn();
	slices_free(worker.slices);
	worker.slices = slices_new(worker.base);
	assert_int_equal(puts_n, 30);
	finish();
	assert_int_equal(answers_n, 1);
	text_clear(&body);
}

/* Whatever an answer claims is true: what it calls stored is stored, and refusals are honest. */
static void
check_told(const uint8_t ids[][SHA256_SIZE], const int *good, size_t n)
{
	json_t *told = lines_told();

	assert_in_range(json_array_size(told), answer_status == 200 ? n : 0, n);
	for (size_t i = 0; answer_status == 200 && i < n; i++) {
		int status = (int)json_get_whole(json_array_get(told, i), "status");

		if (status != good[i] && status != 500 && status != 503 &&
		    !(good[i] == 200 && status == 201))
			fail_msg("line %zu: %d\n%s", i + 1, status, answer_body.data);
		if (status == 200 || status == 201)
			assert_true(is_stored(ids[i]));
	}
	json_decref(told);
}

static void
test_every_allocation(void **state)
{
	static const int good[] = {201, 403, 200, 400};
	struct text body = {0}, stranger = {0}, all = {0};
	uint8_t ids[4][SHA256_SIZE] = {{0}};
	int tried_n = 0, left;
	struct statement st;
	struct fault f = {0};

	(void)state;
	add_line(&body, &ada);
	add_line(&stranger, &ben);
	text_add(&all, body.data, body.n);
	text_add(&all, stranger.data, stranger.n);
	text_add(&all, body.data, body.n);
	text_add_str(&all, "{\n");
	assert_true(statement_open(body.data, body.n - 1, &st, &f));
	memcpy(ids[0], st.id, SHA256_SIZE);
	memcpy(ids[2], st.id, SHA256_SIZE);
	statement_clear(&st);
	json_set_alloc_funcs(__wrap_malloc, free);
	event_set_mem_functions(__wrap_malloc, __wrap_realloc, free);
	do {
		bool posted;

		forget();
		until_failure = ++tried_n;
		posted = post(&all);
		finish();
		left = until_failure;
		until_failure = 0;
		if (posted)
			assert_in_range(answers_n, 0, 1);
		if (answers_n == 1)
			check_told((const uint8_t(*)[SHA256_SIZE])ids, good, 4);
	} while (left <= 0 && tried_n < TRIES_MAX_N);
	assert_in_range(tried_n, 100, TRIES_MAX_N - 1);
	expect_statuses(good, 4);
	json_set_alloc_funcs(malloc, free);
	text_clear(&body);
	text_clear(&stranger);
	text_clear(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_few_lines_a_turn),
	    cmocka_unit_test(test_batches_take_turns),
	    cmocka_unit_test(test_duplicates),
	    cmocka_unit_test(test_full_store),
	    cmocka_unit_test(test_slices_free_finishes),
	    cmocka_unit_test(test_every_allocation),
	};

	return cmocka_run_group_tests(tests, batch_world_setup, batch_world_teardown);
}
