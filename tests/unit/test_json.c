/* test_json.c — what is read, what is refused and why, and what is printed.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "unit.h"

static enum fault_code
code_of(const char *data, size_t n)
{
	struct fault f = {0};
	json_t *root = json_read_object(data, n, &f);

	assert_true((root == NULL) == (f.code != FAULT_NONE));
	json_decref(root);
	return f.code;
}

static void
test_reads(void **state)
{
	static const char *const rows[] = {"{}", " \t\r\n{} \t\r\n",
	    "{\"a\":[1,-2,3.5,1e3,true,null]}",
	    "{\"a\":9223372036854775807,\"b\":-9223372036854775808}", "{\"\":\"\"}",
	    "{\"a\":1.7976931348623157e308,\"b\":1e-400}", "{\"\\u00e9\":\"\\ud83d\\ude00\"}",
	    "{\"a\":{\"b\":{}},\"b\":{\"b\":{}}}", "{\"a\":-0}"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(code_of(rows[i], strlen(rows[i])), FAULT_NONE);
}

static void
test_refuses(void **state)
{
	static const char *const rows[] = {"", " ", "null", "1", "\"a\"", "[]", "[{}]", "{", "}",
	    "{}{}", "{} x", "{},", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":01}", "{\"a\":+1}",
	    "{\"a\":.5}", "{\"a\":5.}", "{\"a\":1e}", "{\"a\":0x1}", "{\"a\":NaN}",
	    "{\"a\":Infinity}", "{\"a\":-Infinity}", "{\"a\":1e309}", "{\"a\":-1e309}",
	    "{\"a\":9223372036854775808}", "{\"a\":-9223372036854775809}", "{\"a\":tru}",
	    "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u0000\"}", "{\"\\u0000\":1}",
	    "{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}", "{\"a\":\"\xff\"}",
	    "{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}", "\xef\xbb\xbf{}", "{}/**/",
	    "//\n{}", "{\"a\":1 \"b\":2}", "\v{}", "{}\f", "\xc2\xa0{}"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(code_of(rows[i], strlen(rows[i])), FAULT_NOT_JSON);
}

static void
test_refuses_nul_bytes(void **state)
{
	(void)state;
	assert_int_equal(code_of("{}\0", 3), FAULT_NOT_JSON);
	assert_int_equal(code_of("\0{}", 3), FAULT_NOT_JSON);
	assert_int_equal(code_of("{\"a\":\"\0\"}", 9), FAULT_NOT_JSON);
	assert_int_equal(code_of("{\"a\0b\":1}", 9), FAULT_NOT_JSON);
}

static void
test_refuses_duplicate_names(void **state)
{
	static const char *const rows[] = {
	    "{\"a\":1,\"a\":1}", "{\"x\":[{\"a\":1,\"b\":2,\"a\":3}]}", "{\"a\":1,\"\\u0061\":2}"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(code_of(rows[i], strlen(rows[i])), FAULT_DUPLICATE_MEMBER);
}

/* {"a":[[…]]} with `levels` levels in all. */
static char *
nested(size_t levels)
{
	struct text t = {0};

	text_add_str(&t, "{\"a\":");
	for (size_t i = 1; i < levels; i++)
		text_add_str(&t, "[");
	for (size_t i = 1; i < levels; i++)
		text_add_str(&t, "]");
	text_add_str(&t, "}");
	return text_take(&t);
}

static void
test_limits_depth(void **state)
{
	static const size_t deep[] = {17, 18, 3000, 20000};
	char *data = nested(16);

	(void)state;
	assert_int_equal(code_of(data, strlen(data)), FAULT_NONE);
	free(data);
	for (size_t i = 0; i < COUNT(deep); i++) {
		data = nested(deep[i]);
		assert_int_equal(code_of(data, strlen(data)), FAULT_TOO_DEEP);
		free(data);
	}
}

static void
test_brackets_in_strings_are_not_depth(void **state)
{
	const char data[] = "{\"[[[[[[[[[[[[[[[[[[[[\":\"\\\"{{{{{{{{{{{{{{{{{{{{\\\\\"}";

	(void)state;
	assert_int_equal(code_of(data, strlen(data)), FAULT_NONE);
}

static void
test_says_where(void **state)
{
	struct fault f = {0};
	const char data[] = "{\n  \"a\": 1,\n  \"a\": 2\n}";

	(void)state;
	assert_null(json_read_object(data, strlen(data), &f));
	assert_string_equal(f.path, "");
	assert_memory_equal(f.got, "line 3, column ", 15);
	assert_non_null(strstr(f.got, "was there before"));
}

static size_t allocations_left;

static void *
scarce_malloc(size_t n)
{
	if (allocations_left == 0)
		return NULL;
	allocations_left--;
	return malloc(n);
}

/* Every allocation fails once. jansson takes some of them for an invalid token, so only that there
 * is a refusal, and nothing lost, can be asked for. */
static void
test_lack_of_memory_is_survived(void **state)
{
	const char data[] = "{\"a\":[1,2.5,\"x\",{\"b\":null,\"c\":[[],{}]}],\"d\":\"\\u00e9\"}";
	json_t *root = NULL;
	size_t n;

	(void)state;
	json_set_alloc_funcs(scarce_malloc, free);
	for (n = 0; root == NULL && n < 1000; n++) {
		struct fault f = {0};

		allocations_left = n;
		root = json_read_object(data, strlen(data), &f);
		assert_true((root == NULL) == (f.code == FAULT_NO_MEMORY));
	}
	assert_in_range(n, 10, 999);
	json_decref(root);
	json_set_alloc_funcs(malloc, free);
}

static void
expect_print(const char *in, const char *compact, const char *pretty)
{
	json_t *root = json_read_object(in, strlen(in), NULL);
	struct text t = {0};

	assert_non_null(root);
	json_print(root, &t);
	assert_string_equal(t.data, compact);
	text_reset(&t);
	json_print_pretty(root, &t);
	assert_string_equal(t.data, pretty);
	text_clear(&t);
	json_decref(root);
}

static void
test_prints(void **state)
{
	(void)state;
	expect_print("{}", "{}", "{}");
	expect_print("{ \"z\" : [ ] , \"a\" : { } }", "{\"z\":[],\"a\":{}}",
	    "{\n  \"z\": [],\n  \"a\": {}\n}");
	expect_print("{\"b\":[1,{\"c\":true}],\"a\":[false,null]}",
	    "{\"b\":[1,{\"c\":true}],\"a\":[false,null]}",
	    "{\n  \"b\": [\n    1,\n    {\n      \"c\": true\n    }\n  ],\n"
	    "  \"a\": [\n    false,\n    null\n  ]\n}");
	expect_print("{\"a\":0.1,\"b\":1.0,\"c\":-9223372036854775808,\"d\":5e-324}",
	    "{\"a\":0.1,\"b\":1,\"c\":-9223372036854775808,\"d\":5e-324}",
	    "{\n  \"a\": 0.1,\n  \"b\": 1,\n  \"c\": -9223372036854775808,\n  \"d\": 5e-324\n}");
}

static void
expect_quoted(const char *s, size_t n, const char *expected)
{
	struct text t = {0};

	json_print_string(s, n, &t);
	assert_string_equal(t.data, expected);
	text_clear(&t);
}

static void
test_prints_strings(void **state)
{
	(void)state;
	expect_quoted("", 0, "\"\"");
	expect_quoted("a/b>&'", 6, "\"a/b>&'\"");
	expect_quoted("\"\\\b\f\n\r\t", 7, "\"\\\"\\\\\\b\\f\\n\\r\\t\"");
	expect_quoted("\x01\x1f\x7f", 3, "\"\\u0001\\u001f\x7f\"");
	expect_quoted("a\0b", 3, "\"a\\u0000b\"");
	expect_quoted("</script><!--", 13, "\"\\u003c/script>\\u003c!--\"");
	expect_quoted("\xc3\xa9\xf0\x9f\x98\x80", 6, "\"\xc3\xa9\xf0\x9f\x98\x80\"");
	expect_quoted("a\xff\xc3", 3, "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
}

/* All of ASCII, through our printer and jansson's reader. */
static void
test_printed_strings_read_back(void **state)
{
	char all[127];
	struct text t = {0};
	json_t *root;

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)(i + 1);
	text_add_str(&t, "{\"a\":");
	json_print_string(all, sizeof(all), &t);
	text_add_str(&t, "}");
	root = json_read_object(t.data, t.n, NULL);
	assert_non_null(root);
	assert_memory_equal(json_get_text(root, "a"), all, sizeof(all));
	json_decref(root);
	text_clear(&t);
}

static void
test_getters(void **state)
{
	const char data[] = "{\"t\":\"x\",\"w\":7,\"r\":2.5,\"n\":null}";
	json_t *root = json_read_object(data, strlen(data), NULL);

	(void)state;
	assert_string_equal(json_get_text(root, "t"), "x");
	assert_string_equal(json_get_text(root, "w"), "");
	assert_string_equal(json_get_text(root, "absent"), "");
	assert_string_equal(json_get_text(NULL, "t"), "");
	assert_int_equal(json_get_whole(root, "w"), 7);
	assert_int_equal(json_get_whole(root, "r"), 0);
	assert_int_equal(json_get_whole(NULL, "w"), 0);
	assert_true(json_get_real(root, "r") == 2.5);
	assert_true(json_get_real(root, "w") == 7.0);
	assert_true(json_get_real(root, "n") == 0.0);
	json_decref(root);
}

static void
test_pointers_grow_and_shrink(void **state)
{
	char path[64] = "";
	size_t old;

	(void)state;
	assert_int_equal(pointer_push(path, sizeof(path), "results"), 0);
	old = pointer_push_index(path, sizeof(path), 12);
	assert_string_equal(path, "/results/12");
	pointer_push(path, sizeof(path), "a/b~c");
	assert_string_equal(path, "/results/12/a~1b~0c");
	path[old] = 0;
	assert_string_equal(path, "/results");
	pointer_push(path, sizeof(path), "");
	assert_string_equal(path, "/results/");
}

static void
test_pointers_are_cut_between_characters(void **state)
{
	(void)state;
	for (size_t room = 1; room < 20; room++) {
		char path[20] = "";
		size_t n;

		pointer_push(path, room, "~\xc3\xa9/\xf0\x9f\x98\x80z");
		n = strlen(path);
		assert_true(n < room);
		assert_memory_equal(path, "/~0\xc3\xa9~1\xf0\x9f\x98\x80z", n);
		assert_true(n == 0 || n == 1 || n == 3 || n == 5 || n == 7 || n == 11 || n == 12);
	}
}

/* The examples of RFC 6901 §5 and what must not be found. */
static void
test_pointer_find(void **state)
{
	const char data[] =
	    "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,"
	    "\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8}";
	static const struct {
		const char *pointer;
		int value;
	} rows[] = {{"/", 0}, {"/a~1b", 1}, {"/c%d", 2}, {"/e^f", 3}, {"/g|h", 4}, {"/i\\j", 5},
	    {"/k\"l", 6}, {"/ ", 7}, {"/m~0n", 8}};
	static const char *const absent[] = {"foo", "/fo", "/fooo", "/foo/2", "/foo/-", "/foo/00",
	    "/foo/01", "/foo/", "/foo/a", "/foo/0/x", "/m~2n", "/m~", "/m~n",
	    "/foo/99999999999999999999", "//x"};
	json_t *root = json_read_object(data, strlen(data), NULL);

	(void)state;
	assert_non_null(root);
	assert_ptr_equal(pointer_find(root, ""), root);
	assert_string_equal(json_string_value(pointer_find(root, "/foo/1")), "baz");
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_non_null(pointer_find(root, rows[i].pointer));
		assert_int_equal(
		    json_integer_value(pointer_find(root, rows[i].pointer)), rows[i].value);
	}
	for (size_t i = 0; i < COUNT(absent); i++)
		assert_null(pointer_find(root, absent[i]));
	assert_null(pointer_find(NULL, "/a"));
	json_decref(root);
}

/* Whatever is printed is read again, also a real that has no point and fits into no integer. */
static void
test_reads_what_it_printed(void **state)
{
	static const double numbers[] = {0, 1, 0.1, 5e-324, 9007199254740993.0,
	    9223372036854775808.0, -9223372036854775808.0, 1e20, 1.7976931348623157e308};

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		json_t *value = json_pack("{s:[f]}", "a", numbers[i]), *again;
		struct text text = {0};

		json_print(value, &text);
		again = json_read_printed(text.data);
		assert_non_null(again);
		assert_true(json_number_value(json_array_get(json_object_get(again, "a"), 0)) ==
			    numbers[i]);
		json_decref(again);
		json_decref(value);
		text_clear(&text);
	}
	assert_null(json_read_printed("{\"a\":"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reads),
	    cmocka_unit_test(test_refuses),
	    cmocka_unit_test(test_refuses_nul_bytes),
	    cmocka_unit_test(test_refuses_duplicate_names),
	    cmocka_unit_test(test_limits_depth),
	    cmocka_unit_test(test_brackets_in_strings_are_not_depth),
	    cmocka_unit_test(test_says_where),
	    cmocka_unit_test(test_lack_of_memory_is_survived),
	    cmocka_unit_test(test_prints),
	    cmocka_unit_test(test_prints_strings),
	    cmocka_unit_test(test_printed_strings_read_back),
	    cmocka_unit_test(test_getters),
	    cmocka_unit_test(test_pointers_grow_and_shrink),
	    cmocka_unit_test(test_pointers_are_cut_between_characters),
	    cmocka_unit_test(test_pointer_find),
	    cmocka_unit_test(test_reads_what_it_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
