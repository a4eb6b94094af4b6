/* test_fault.c — the table of refusals, and how one is filled in.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fault.h"
#include "text.h"
#include "unit.h"

static bool
is_snake_case(const char *s)
{
	return s[0] != 0 && s[0] != '_' && s[strlen(s) - 1] != '_' && strstr(s, "__") == NULL &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(s);
}

static bool
is_sentence(const char *s)
{
	size_t n = strlen(s);

	return n > 10 && s[0] >= 'A' && s[0] <= 'Z' && s[n - 1] == '.';
}

static void
test_every_code_has_a_row(void **state)
{
	(void)state;
	for (int code = 0; code < FAULT__MAX; code++) {
		const struct fault_info *info = fault_info((enum fault_code)code);

		assert_non_null(info->name);
		assert_non_null(info->title);
		assert_non_null(info->help);
		assert_true(is_snake_case(info->name));
		assert_true(is_sentence(info->title));
		assert_true(is_sentence(info->help));
		assert_int_equal(fault_named(info->name), code);
	}
}

static void
test_names_and_titles_are_unique(void **state)
{
	(void)state;
	for (int a = 0; a < FAULT__MAX; a++)
		for (int b = a + 1; b < FAULT__MAX; b++) {
			const struct fault_info *one = fault_info((enum fault_code)a);
			const struct fault_info *two = fault_info((enum fault_code)b);

			assert_string_not_equal(one->name, two->name);
			assert_string_not_equal(one->title, two->title);
		}
}

/* Only a runner that can do something later is told to come back later. */
static void
test_status_and_exit_code_agree(void **state)
{
	(void)state;
	for (int code = 1; code < FAULT__MAX; code++) {
		const struct fault_info *info = fault_info((enum fault_code)code);
		int status = info->http_status;

		assert_int_not_equal(info->exit_code, EXIT_CODE_DONE);
		assert_true(status == 0 || (status >= 400 && status <= 507));
		if (status >= 500 && status != 501 && status != 505)
			assert_int_equal(info->exit_code, EXIT_CODE_LATER);
		if (status >= 400 && status < 500 && status != 408 && status != 429)
			assert_int_equal(info->exit_code, EXIT_CODE_REFUSED);
	}
}

static void
test_statuses_of_the_protocol(void **state)
{
	static const struct {
		const char *name;
		int status;
	} rows[] = {
	    {"bad_request", 400},
	    {"envelope", 400},
	    {"base64", 400},
	    {"not_json", 400},
	    {"signature", 401},
	    {"key_mismatch", 401},
	    {"not_enrolled", 403},
	    {"not_entitled", 403},
	    {"not_found", 404},
	    {"statement_not_found", 404},
	    {"method_not_allowed", 405},
	    {"request_timeout", 408},
	    {"key_taken", 409},
	    {"length_required", 411},
	    {"body_too_large", 413},
	    {"media_type", 415},
	    {"expectation", 417},
	    {"unknown_kind", 422},
	    {"weak_key", 422},
	    {"too_deep", 422},
	    {"wrong_audience", 422},
	    {"created_in_future", 422},
	    {"terms", 422},
	    {"proof_of_work", 422},
	    {"head_too_large", 431},
	    {"internal", 500},
	    {"not_implemented", 501},
	    {"busy", 503},
	    {"database", 503},
	    {"deadline", 503},
	    {"starting", 503},
	    {"door_closed", 503},
	    {"too_many_connections", 503},
	    {"too_many_requests", 429},
	    {"http_version", 505},
	    {"usage", 0},
	    {"key_file_mode", 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_not_equal(fault_named(rows[i].name), FAULT_NONE);
		assert_int_equal(
		    fault_info(fault_named(rows[i].name))->http_status, rows[i].status);
	}
}

static void
test_unknown_names_and_codes(void **state)
{
	(void)state;
	assert_int_equal(fault_named("no_such_code"), FAULT_NONE);
	assert_int_equal(fault_named(""), FAULT_NONE);
	assert_ptr_equal(fault_info((enum fault_code)12345), fault_info(FAULT_INTERNAL));
}

static void
test_set_fills_all_parts(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_false(fault_set(&f, FAULT_OUT_OF_RANGE, "/results/0/n", "1 to 9", "%d", 12));
	assert_int_equal(f.code, FAULT_OUT_OF_RANGE);
	assert_string_equal(f.path, "/results/0/n");
	assert_string_equal(f.expected, "1 to 9");
	assert_string_equal(f.got, "12");
}

static void
test_first_fault_stays(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_false(fault_set(&f, FAULT_BUSY, "a", "b", "c"));
	assert_false(fault_set(&f, FAULT_INTERNAL, "x", "y", "z"));
	assert_int_equal(f.code, FAULT_BUSY);
	assert_string_equal(f.path, "a");
	assert_string_equal(f.expected, "b");
	assert_string_equal(f.got, "c");
}

static void
test_null_is_allowed(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_false(fault_set(NULL, FAULT_BUSY, "a", "b", "c"));
	assert_false(fault_set(&f, FAULT_BUSY, NULL, NULL, "%s", "c"));
	assert_string_equal(f.path, "");
	assert_string_equal(f.expected, "");
}

/* An absent member and an empty text are told like any other thing that came. */
static void
test_empty_is_nothing(void **state)
{
	struct fault told = {0}, bare = {0};

	(void)state;
	fault_set(&told, FAULT_WRONG_FORM, "/status", "\"success\"", "%s", "");
	assert_string_equal(told.got, "nothing");
	fault_set(&bare, FAULT_BUSY, NULL, NULL, "%s", "");
	assert_string_equal(bare.got, "");
}

static bool
is_utf8(const char *s)
{
	size_t n = strlen(s), at = 0;

	while (at < n) {
		uint32_t point;
		size_t size = utf8_read(s + at, n - at, &point);

		if (size == 0)
			return false;
		at += size;
	}
	return true;
}

/* Shifted byte by byte, so that the end of the field falls on every place of a character. */
static void
test_cuts_between_characters(void **state)
{
	char long_text[2000];

	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		struct fault f = {0};

		memset(long_text, 'a', shift);
		for (size_t i = 0; i < 400; i++)
			memcpy(long_text + shift + 4 * i, "\xf0\x9f\x98\x80", 4);
		long_text[shift + 1600] = 0;
		fault_set(&f, FAULT_BUSY, long_text, long_text, "%s", long_text);
		assert_true(is_utf8(f.path) && is_utf8(f.expected) && is_utf8(f.got));
		assert_true(strlen(f.path) > sizeof(f.path) - 5);
		assert_int_equal(strlen(f.got), strlen(f.path));
		assert_memory_equal(f.got, long_text, strlen(f.got));
	}
}

static void
test_quotes_hostile_bytes_harmlessly(void **state)
{
	struct fault f = {0};

	(void)state;
	fault_set(&f, FAULT_BUSY, "a\nb", "c\x1b[2Jd\x7f", "x\xc3y\xff\xc2\x9bz\xed\xa0\x80");
	assert_string_equal(f.path, "a?b");
	assert_string_equal(f.expected, "c?[2Jd?");
	assert_string_equal(f.got, "x?y??z???");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_code_has_a_row),
	    cmocka_unit_test(test_names_and_titles_are_unique),
	    cmocka_unit_test(test_status_and_exit_code_agree),
	    cmocka_unit_test(test_statuses_of_the_protocol),
	    cmocka_unit_test(test_unknown_names_and_codes),
	    cmocka_unit_test(test_set_fills_all_parts),
	    cmocka_unit_test(test_first_fault_stays),
	    cmocka_unit_test(test_null_is_allowed),
	    cmocka_unit_test(test_empty_is_nothing),
	    cmocka_unit_test(test_cuts_between_characters),
	    cmocka_unit_test(test_quotes_hostile_bytes_harmlessly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
