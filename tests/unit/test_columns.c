/* test_columns.c — a board's rows as columns and back; boards from outside that are none.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "cases.h"
#include "columns.h"
#include "json.h"
#include "unit.h"

static const char suite_text[] =
    "{\"name\":\"s\",\"version\":1,\"title\":\"S\",\"requires\":[],\"cell\":[\"subject\","
    "\"conditions.n\"],\"rank_within\":[],\"conditions\":{\"n\":\"integer\"},\"metrics\":[{"
    "\"name\":\"speed\",\"unit\":\"tokens/s\",\"direction\":\"higher\",\"scale\":\"log\","
    "\"bounds\":[0.001,1000],\"tolerance\":{\"relative\":0.1},\"items\":false}]}";

static struct suite *suite;

static int
begin(void **state)
{
	struct fault f = {0};

	(void)state;
	suite = suite_read(suite_text, sizeof(suite_text) - 1, NULL, 0, &f);
	return suite == NULL;
}

static int
end(void **state)
{
	(void)state;
	suite_free(suite);
	return 0;
}

/* The members that rows make, as a board has them. Takes rows. */
static char *
board_of(json_t *rows)
{
	struct columns *c = columns_new(suite);
	struct text out = {0}, cut = {0};
	const json_t *row;
	size_t i;

	assert_non_null(rows);
	assert_non_null(c);
	json_array_foreach (rows, i, row) {
		text_reset(&cut);
		columns_cut(suite, row, &cut);
		columns_add(c, cut.data, cut.n, NULL);
	}
	text_clear(&cut);
	text_add_str(&out, "{\n\"format\":\"" BOARD_FORMAT "\"");
	columns_print(c, &out);
	text_add_str(&out, "\n}\n");
	columns_free(c);
	json_decref(rows);
	return text_take(&out);
}

/* Rows as a board's columns say them. */
static json_t *
rows_of(const char *printed)
{
	json_t *board = json_read_printed(printed), *rows = json_array(), *row;
	struct columns_reader r;
	struct fault f = {0};

	assert_non_null(board);
	if (!columns_open(board, &r, &f))
		fail_msg("%s: %s, not %s", f.path, f.got, f.expected);
	while ((row = columns_next(&r)) != NULL)
		json_array_append_new(rows, row);
	assert_int_equal(r.row, r.rows_n);
	assert_int_equal(r.estimate, r.estimates_n);
	json_decref(board);
	return rows;
}

static json_t *
estimate(double point, double lowest, double highest)
{
	return json_pack("{s:s, s:f, s:f, s:f, s:s, s:f, s:s, s:i, s:i, s:i, s:i, s:i, s:f, s:f, "
			 "s:i, s:i, s:i}",
	    "metric", "speed", "point", point, "low", point / 3, "high", point * 3, "interval",
	    "student", "spread", 0.0, "standing", "single", "voters", 2, "agreeing", 1,
	    "established", 0, "outliers", 0, "runs", 3, "lowest_vote", lowest, "highest_vote",
	    highest, "best", 1, "worst", 2, "of", 2);
}

/* Takes estimates. */
static json_t *
row(int log_size, const char *subject, const char *n, json_t *estimates)
{
	return json_pack("{s:i, s:{s:s, s:s}, s:{s:s, s:s}, s:{s:s, s:[s]}, s:i, s:o}", "log_size",
	    log_size, "fields", "subject", subject, "conditions.n", n, "model", "name", "o/m",
	    "document", "models/o/m.json", "engine", "name", "llama.cpp", "versions", "b1", "held",
	    0, "estimates", estimates);
}

static void
same_json(const json_t *a, const json_t *b)
{
	struct text x = {0}, y = {0};

	json_print(a, &x);
	json_print(b, &y);
	assert_string_equal(x.data, y.data);
	text_clear(&x);
	text_clear(&y);
}

/* The whole form at once: it is what the page and every mirror read. */
static void
whole_form(void **state)
{
	char *printed = board_of(json_pack("[o, o, o]", row(4, "x", "1", json_array()),
	    row(7, "x\xc3\xa9", "1", json_pack("[o]", estimate(2.0 / 3, 0.5, 2.0 / 3))),
	    row(5, "x", "1", json_pack("[o]", estimate(3, 3, 3)))));

	(void)state;
	assert_string_equal(printed,
	    "{\n\"format\":\"assay-board-v2\",\n\"rows_n\":3,\n\"columns\":{\n"
	    "\"log_size\":[4,7,5],\n"
	    "\"model\":{\"values\":[{\"name\":\"o/m\",\"document\":\"models/o/"
	    "m.json\"}],\"of\":[0,0,0]},\n"
	    "\"engine\":{\"values\":[\"llama.cpp\"],\"of\":[0,0,0]},\n"
	    "\"versions\":{\"values\":[[\"b1\"]],\"of\":[0,0,0]},\n"
	    "\"held\":[0,0,0],\n"
	    "\"fields\":{\n"
	    "\"subject\":{\"values\":[\"x\",\n\"x\xc3\xa9\"],\"of\":[0,1,0]},\n"
	    "\"conditions.n\":{\"values\":[\"1\"],\"of\":[0,0,0]}\n}\n},\n"
	    "\"estimates\":{\n\"row\":[1,2],\n"
	    "\"metric\":{\"values\":[\"speed\"],\"of\":[0,0]},\n"
	    "\"point\":[0.6666666667,3],\n\"low\":[0.2222222222,1],\n\"high\":[2,9],\n"
	    "\"interval\":{\"values\":[\"student\"],\"of\":[0,0]},\n\"spread\":[0,0],\n"
	    "\"standing\":{\"values\":[\"single\"],\"of\":[0,0]},\n"
	    "\"voters\":[2,2],\n\"agreeing\":[1,1],\n\"established\":[0,0],\n\"outliers\":[0,0],\n"
	    "\"runs\":[3,3],\n\"lowest_vote\":[0.5,null],\n\"highest_vote\":[null,null],\n"
	    "\"best\":[1,1],\n\"worst\":[2,2],\n\"of\":[2,2]\n}\n}\n");
	free(printed);
}

static void
rows_come_back(void **state)
{
	json_t *items = estimate(1.5, 1, 2), *wanted, *found, *two;
	char *printed, *again;

	(void)state;
	json_object_set_new(
	    items, "items", json_pack("{s:i, s:i, s:f}", "n", 9, "clusters", 3, "se", 0.25));
	json_object_set_new(items, "joint_low", json_real(0.125));
	json_object_set_new(items, "joint_high", json_real(12));
	wanted = json_pack("[o, o, o, o]", row(4, "x", "1", json_array()),
	    row(7, "y", "10", json_pack("[o, o]", estimate(1.5, 1.5, 1.75), items)),
	    row(2, "<\"\n", "", json_array()),
	    row(5, "x", "2", json_pack("[o]", estimate(-1e300, -1e300, 1e-300))));
	printed = board_of(json_incref(wanted));
	found = rows_of(printed);
	assert_int_equal(json_array_size(found), 4);
	again = board_of(json_incref(found));
	assert_string_equal(again, printed);
	for (size_t i = 0; i < 4; i++) {
		const json_t *one = json_array_get(wanted, i), *read = json_array_get(found, i);
		static const char *const members[] = {
		    "log_size", "fields", "model", "engine", "held"};

		for (size_t k = 0; k < COUNT(members); k++)
			same_json(
			    json_object_get(one, members[k]), json_object_get(read, members[k]));
		assert_int_equal(json_array_size(json_object_get(one, "estimates")),
		    json_array_size(json_object_get(read, "estimates")));
	}
	two = json_object_get(json_array_get(found, 1), "estimates");
	assert_int_equal(json_get_real(json_array_get(two, 0), "lowest_vote") == 1.5, 1);
	assert_null(json_object_get(json_array_get(two, 0), "items"));
	same_json(
	    json_object_get(json_array_get(two, 1), "items"), json_object_get(items, "items"));
	assert_true(json_get_real(json_array_get(two, 1), "joint_low") == 0.125);
	free(printed);
	free(again);
	json_decref(found);
	json_decref(wanted);
}

/* What is printed differs by at most 5e-10 of itself: an audit allows 1e-9. */
static void
digits(void **state)
{
	static const double values[] = {1.0 / 3, 2.0 / 3, 1.00000000005, 9.9999999995,
	    9.99999999949, 123456789012.5, 5e-324, 2.2250738585072014e-308, 1.7976931341e308, -0.1,
	    1.7976931348623157e308, -1.7976931348623157e308, 1e22 / 3, 99999999995, 0.99999999995};

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		char *printed = board_of(json_pack(
		    "[o]", row(1, "x", "1", json_pack("[o]", estimate(1, values[i], 1)))));
		json_t *rows = rows_of(printed);
		double read = json_get_real(
		    json_array_get(json_object_get(json_array_get(rows, 0), "estimates"), 0),
		    "lowest_vote");

		assert_true(fabs(read - values[i]) <= 5.0000001e-10 * fabs(values[i]));
		json_decref(rows);
		free(printed);
	}
}

/* What differs behind the digits that a board prints is the same for ranks, and what is read from
 * it competes by the same bounds. */
static void
bounds_are_as_printed(void **state)
{
	static const double values[] = {0.7523, 0.7523000000000001, 1.0 / 3, 5.992310449541052e307};
	struct bounds made[COUNT(values)];

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		json_t *own =
		    json_pack("{s:i, s:f, s:f}", "voters", 2, "low", values[i], "high", values[i]);
		char *printed = board_of(json_pack(
		    "[o]", row(1, "x", "1", json_pack("[o]", estimate(values[i], 1, 1)))));
		json_t *rows = rows_of(printed);
		struct bounds read = bounds_of_estimate(
		    json_array_get(json_object_get(json_array_get(rows, 0), "estimates"), 0));
		json_t *whole = estimate(values[i], 1, 1);
		struct bounds of_whole = bounds_of_estimate(whole);

		made[i] = bounds_of_estimate(own);
		assert_true(read.low == of_whole.low && read.high == of_whole.high);
		json_decref(own);
		json_decref(whole);
		json_decref(rows);
		free(printed);
	}
	assert_true(made[0].low == made[1].low && made[0].high == made[1].high);
	assert_true(made[2].low != made[1].low);
}

static void
empty_board(void **state)
{
	char *printed = board_of(json_array());
	json_t *rows = rows_of(printed);

	(void)state;
	assert_non_null(strstr(printed, "\"rows_n\":0,"));
	assert_non_null(strstr(printed, "\"subject\":{\"values\":[],\"of\":[]}"));
	assert_non_null(strstr(printed, "\"row\":[],"));
	assert_int_equal(json_array_size(rows), 0);
	json_decref(rows);
	free(printed);
}

static void
check_board(const char *name, const char *data, size_t n, const char *expected)
{
	json_t *board = json_loadb(data, n, 0, NULL);
	struct columns_reader r;
	struct fault f = {0};
	bool done;

	assert_non_null(board);
	done = columns_open(board, &r, &f);
	if (done != (expected == NULL))
		fail_msg("%s: %s", name, done ? "taken" : f.path);
	if (!done)
		case_expect(name, expected, &f);
	json_decref(board);
}

static void
boards_from_outside(void **state)
{
	(void)state;
	assert_true(cases_walk("boards/valid", "board.json", check_board) > 0);
	assert_true(cases_walk("boards/invalid", "board.json", check_board) > 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_form),
	    cmocka_unit_test(rows_come_back),
	    cmocka_unit_test(digits),
	    cmocka_unit_test(bounds_are_as_printed),
	    cmocka_unit_test(empty_board),
	    cmocka_unit_test(boards_from_outside),
	};

	return cmocka_run_group_tests_name("columns", tests, begin, end);
}
