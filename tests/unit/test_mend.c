/* test_mend.c — what Python calls JSON, made into JSON; and formats told apart at a glance.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "glance.h"
#include "importer.h"
#include "mend.h"
#include "records.h"
#include "unit.h"

static void
mends(const char *from, const char *to)
{
	char *out;
	size_t n;
	struct fault f = {0};

	assert_true(mend(from, strlen(from), &out, &n, &f));
	if (to == NULL) {
		assert_null(out);
		assert_int_equal(n, strlen(from));
		return;
	}
	assert_non_null(out);
	assert_int_equal(n, strlen(to));
	assert_memory_equal(out, to, n);
	free(out);
}

static void
test_words(void **state)
{
	(void)state;
	mends("{\"a\": 1, \"NaN\": \"NaN, Infinity\"}", NULL);
	mends("[NaN, Infinity,-Infinity]", "[\"NaN\", \"Infinity\",\"-Infinity\"]");
	mends("[nan,-nan,inf,-inf]", "[\"NaN\",\"NaN\",\"Infinity\",\"-Infinity\"]");
	mends("[NaNa, info, -1, null, -Infinite]", NULL);
	mends("NaN", "\"NaN\"");
	mends("-", NULL);
	mends("\"\\", NULL);
}

static void
test_texts(void **state)
{
	(void)state;
	mends("\"\\ud83d\\ude00 \\u00e9 \\\\u0000\"", NULL);
	mends("\"a\\u0000b\"", "\"a\\ufffdb\"");
	mends("\"\\ud83dx\\ude00\\ud83d\"", "\"\\ufffdx\\ufffd\\ufffd\"");
	mends("\"\\ud83d\\ud83d\\ude00\"", "\"\\ufffd\\ud83d\\ude00\"");
	mends("\"\\ud8", NULL);
}

static void
test_too_many(void **state)
{
	size_t n = MEND_VALUES_MAX + 2, out_n;
	char *data = malloc(n), *out;
	struct fault f = {0};

	(void)state;
	memset(data, '[', n);
	data[0] = '\n';
	assert_false(mend(data, n, &out, &out_n, &f));
	assert_int_equal(f.code, FAULT_FILE_FORMAT);
	assert_string_equal(f.path, "2");
	free(data);
}

/* Line and key of what cannot be read, however deep it lies. */
static void
test_places(void **state)
{
	static const char bad[] = "{\"a\": {\n \"b\": 1,\n \"c\": 01}}";
	static const char good[] = "{\"b\": {\"x\":\n 1},\n \"a\": {\n \"b\": NaN}}";
	struct records r;
	struct fault f = {0};
	double value;

	(void)state;
	assert_false(records_read_python(bad, strlen(bad), &r, &f));
	assert_string_equal(f.path, "3: record 1, key c");
	records_clear(&r);
	memset(&f, 0, sizeof(f));
	assert_true(records_read_python(good, strlen(good), &r, &f));
	assert_int_equal(
	    real_of(json_object_get(json_object_get(r.list[0].json, "a"), "b"), &value),
	    REAL_NOT_FINITE);
	record_fault(&f, &r.list[0], "a\nb", "a number", "NaN");
	assert_string_equal(f.path, "4: record 1, key a/b");
	assert_int_equal(real_of(NULL, &value), REAL_ABSENT);
	records_clear(&r);
}

static void
test_depth(void **state)
{
	char deep[2 * RECORDS_PYTHON_DEPTH + 40], *s = deep;
	struct records r;
	struct fault f = {0};

	(void)state;
	s += sprintf(s, "{\"a\":");
	for (int i = 0; i < RECORDS_PYTHON_DEPTH; i++)
		*s++ = '[';
	*s = 0;
	assert_false(records_read_python(deep, strlen(deep), &r, &f));
	assert_string_equal(f.expected, "objects nested at most 200 deep");
	records_clear(&r);
}

static const char *
kind_of(const char *data)
{
	const struct importer *i;
	struct glance g;

	glance_at(data, strlen(data), &g);
	i = importer_of(&g);
	return i != NULL ? i->name : "";
}

static void
test_recognise(void **state)
{
	(void)state;
	assert_string_equal(
	    kind_of("[\n{\"build_commit\": \"x\", \"n_prompt\": 1, \"avg_ts\": 2"), "llama-bench");
	assert_string_equal(
	    kind_of("\xef\xbb\xbf{\"avg_ts\":2,\"n_prompt\":1,\"build_commit\":\"x\"}\n{}"),
	    "llama-bench");
	assert_string_equal(kind_of("| model | size |"), "llama-bench");
	assert_string_equal(kind_of("… 0.01 I Final estimate: PPL = 1"), "llama-perplexity");
	assert_string_equal(kind_of("{\"x\":\"Final estimate: PPL =\"}"), "");
	assert_string_equal(
	    kind_of("{\"session\":\"s\",\"suite\":{\"version\":1,\"name\":\"chat\"}}\n{}"), "chat");
	assert_string_equal(kind_of("{\"session\":\"s\",\"suite\":{\"name\":\"chats\"}}"), "");
	assert_string_equal(kind_of("{\"session\":\"s\",\"suite\":{\"name\":\"chat"), "");
	assert_string_equal(kind_of(""), "");
	assert_string_equal(kind_of("["), "");
	assert_string_equal(
	    kind_of("{\"a\":{\"build_commit\":1,\"n_prompt\":1,\"avg_ts\":1}}"), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_too_many),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_recognise),
	};

	return cmocka_run_group_tests_name("mend", tests, NULL, NULL);
}
