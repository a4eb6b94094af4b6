/* test_text.c — the growing buffer and UTF-8.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "unit.h"

static void
test_appends(void **state)
{
	struct text t = {0};

	(void)state;
	text_add_str(&t, "one");
	text_add(&t, "\0two", 4);
	text_addf(&t, " %d %s", 3, "four");
	assert_int_equal(t.n, 14);
	assert_memory_equal(t.data, "one\0two 3 four", 15);
	assert_false(t.failed);
	text_clear(&t);
	assert_null(t.data);
	text_clear(&t);
}

static void
test_grows_byte_by_byte(void **state)
{
	struct text t = {0};

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		char c = (char)('a' + i % 26);

		text_add(&t, &c, 1);
		assert_int_equal(t.n, i + 1);
		assert_int_equal(t.data[t.n], 0);
		assert_true(t.room > t.n);
	}
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(t.data[i], 'a' + i % 26);
	text_clear(&t);
}

static void
test_formats_long_texts(void **state)
{
	struct text t = {0};

	(void)state;
	for (int width = 0; width < 300; width++) {
		text_reset(&t);
		text_addf(&t, "%*s", width, "");
		assert_int_equal(t.n, width);
		assert_int_equal(strlen(t.data), width);
	}
	text_clear(&t);
}

static void
test_appending_nothing_makes_an_empty_text(void **state)
{
	struct text t = {0};

	(void)state;
	text_add(&t, NULL, 0);
	assert_non_null(t.data);
	assert_string_equal(t.data, "");
	text_clear(&t);
}

static void
test_reset_keeps_the_memory(void **state)
{
	struct text t = {0};
	char *before;

	(void)state;
	text_reset(&t);
	assert_null(t.data);
	text_add_str(&t, "something");
	before = t.data;
	text_reset(&t);
	assert_ptr_equal(t.data, before);
	assert_string_equal(t.data, "");
	assert_int_equal(t.n, 0);
	text_clear(&t);
}

static void
test_take(void **state)
{
	struct text t = {0};
	char *data = text_take(&t);

	(void)state;
	assert_non_null(data);
	assert_string_equal(data, "");
	free(data);
	text_add_str(&t, "abc");
	data = text_take(&t);
	assert_string_equal(data, "abc");
	assert_null(t.data);
	assert_int_equal(t.n, 0);
	free(data);
}

static void
test_failure_latches(void **state)
{
	struct text t = {0};

	(void)state;
	text_add_str(&t, "abc");
	text_add(&t, "x", SIZE_MAX);
	assert_true(t.failed);
	text_add_str(&t, "def");
	text_addf(&t, "%d", 1);
	assert_string_equal(t.data, "abc");
	text_reset(&t);
	assert_true(t.failed);
	assert_null(text_take(&t));
	assert_null(t.data);
	assert_false(t.failed);
}

static void
test_reads_characters(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		uint32_t point;
	} rows[] = {
	    {"a", 1, 'a'},
	    {"\x7f", 1, 0x7f},
	    {"\xc2\x80", 2, 0x80},
	    {"\xdf\xbf", 2, 0x7ff},
	    {"\xe0\xa0\x80", 3, 0x800},
	    {"\xed\x9f\xbf", 3, 0xd7ff},
	    {"\xee\x80\x80", 3, 0xe000},
	    {"\xef\xbf\xbf", 3, 0xffff},
	    {"\xf0\x90\x80\x80", 4, 0x10000},
	    {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t point = 0;

		assert_int_equal(utf8_read(rows[i].bytes, rows[i].size, &point), rows[i].size);
		assert_int_equal(point, rows[i].point);
		/* a character that is not all there is none */
		if (rows[i].size > 1)
			assert_int_equal(utf8_read(rows[i].bytes, rows[i].size - 1, &point), 0);
	}
}

static void
test_refuses_what_is_not_utf8(void **state)
{
	static const char *const rows[] = {
	    "\x80",
	    "\xbf",
	    "\xc0\x80",
	    "\xc1\xbf",
	    "\xe0\x9f\xbf",
	    "\xed\xa0\x80",
	    "\xed\xbf\xbf",
	    "\xf0\x8f\xbf\xbf",
	    "\xf4\x90\x80\x80",
	    "\xf5\x80\x80\x80",
	    "\xff",
	    "\xc3(",
	    "\xe2\x82(",
	};
	uint32_t point;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(utf8_read(rows[i], strlen(rows[i]), &point), 0);
	assert_int_equal(utf8_read("", 0, &point), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_appends),
	    cmocka_unit_test(test_grows_byte_by_byte),
	    cmocka_unit_test(test_formats_long_texts),
	    cmocka_unit_test(test_appending_nothing_makes_an_empty_text),
	    cmocka_unit_test(test_reset_keeps_the_memory),
	    cmocka_unit_test(test_take),
	    cmocka_unit_test(test_failure_latches),
	    cmocka_unit_test(test_reads_characters),
	    cmocka_unit_test(test_refuses_what_is_not_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
