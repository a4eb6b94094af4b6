/* test_import_llama_bench.c — real and broken outputs of llama-bench, case by case.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cases.h"
#include "file.h"
#include "importer.h"
#include "json.h"
#include "unit.h"

#define CASE_MAX_BYTES (1024 * 1024)

static struct suite_set *set;

static int
setup(void **state)
{
	struct fault f = {0};

	(void)state;
	if (!crypto_start())
		return 1;
	set = suite_set_load(ASSAY_SUITES, &f);
	return set == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	suite_set_free(set);
	return 0;
}

static bool
import(const char *data, size_t n, struct drafts *out, struct fault *f)
{
	struct source in = {.data = data, .n = n, .suite = suite_find(set, "throughput", 1)};

	return importer_llama_bench.read(&in, out, f);
}

/* Read the input of a case: input.json or input.jsonl. */
static char *
input_of(const char *folder, size_t *n)
{
	static const char *const names[] = {"input.json", "input.jsonl"};
	struct fault f = {0};
	char *data = NULL;

	for (size_t i = 0; i < COUNT(names); i++) {
		char *path = path_join(folder, names[i]);

		if (access(path, F_OK) == 0 && !file_read(path, CASE_MAX_BYTES, &data, n, &f))
			fail_msg("%s: %s", path, f.got);
		free(path);
	}
	if (data == NULL)
		fail_msg("%s has no input", folder);
	return data;
}

/* Call check for every case below a folder; there must be some. */
static void
walk(const char *kind, void (*check)(const char *folder))
{
	char *root = path_join(ASSAY_CASES "/llama-bench", kind);
	struct dirent **names = NULL;
	int n = scandir(root, &names, NULL, alphasort), cases = 0;

	for (int i = 0; i < n; i++) {
		char *folder = path_join(root, names[i]->d_name);

		if (names[i]->d_name[0] != '.') {
			check(folder);
			cases++;
		}
		free(folder);
		free(names[i]);
	}
	free(names);
	free(root);
	assert_true(cases > 5);
}

static void
assert_body(const char *folder, size_t index, const json_t *got, const json_t *wanted)
{
	struct text told = {0}, expected = {0};

	if (json_equal(got, wanted))
		return;
	json_print(got, &told);
	json_print(wanted, &expected);
	fail_msg("%s, statement %zu:\n got      %s\n expected %s", folder, index, told.data,
	    expected.data);
}

static void
check_accepted(const char *folder)
{
	struct drafts drafts;
	struct fault f = {0};
	size_t n = 0, i;
	char *data = input_of(folder, &n), *path = path_join(folder, "expected.json");
	json_t *expected = json_load_file(path, 0, NULL), *body;
	const json_t *bodies = json_object_get(expected, "statements");

	assert_non_null(expected);
	if (!import(data, n, &drafts, &f))
		fail_msg("%s: %s: expected %s, got %s", folder, f.path, f.expected, f.got);
	assert_int_equal(drafts.n, json_array_size(bodies));
	assert_int_equal(json_array_size(drafts.notes), json_get_whole(expected, "notes"));
	json_array_foreach (bodies, i, body) {
		bool unclear = json_is_true(json_object_get(expected, "devices_unclear"));

		assert_body(folder, i, drafts.list[i].body, body);
		assert_int_equal(drafts.list[i].devices_unclear, unclear);
	}
	drafts_clear(&drafts);
	json_decref(expected);
	free(path);
	free(data);
}

static void
test_accepted(void **state)
{
	(void)state;
	walk("valid", check_accepted);
	walk("made", check_accepted);
}

/* The second line of `expected` names words that must be told. */
static void
check_refused(const char *folder)
{
	struct drafts drafts;
	struct fault f = {0};
	size_t n = 0, expected_n = 0;
	char *data = input_of(folder, &n), *path = path_join(folder, "expected"), *expected = NULL,
	     *words;

	assert_true(file_read(path, CASE_MAX_BYTES, &expected, &expected_n, &f));
	if (import(data, n, &drafts, &f))
		fail_msg("%s: accepted", folder);
	case_expect(folder, expected, &f);
	words = strchr(expected, '\n') + 1;
	words[strcspn(words, "\n")] = 0;
	if (strstr(f.got, words) == NULL)
		fail_msg("%s: got \"%s\" does not tell \"%s\"", folder, f.got, words);
	assert_true(f.expected[0] != 0);
	drafts_clear(&drafts);
	free(expected);
	free(path);
	free(data);
}

static void
test_refused(void **state)
{
	(void)state;
	walk("invalid", check_refused);
}

/* Whatever byte a file ends at, a piece of an array is never taken for the whole. */
static void
test_every_cut(void **state)
{
	size_t n = 0;
	char *data = input_of(ASSAY_CASES "/llama-bench/valid/b10470-json", &n);
	size_t end = n;

	(void)state;
	while (data[end - 1] != ']')
		end--;
	for (size_t cut = 0; cut < end; cut++) {
		struct drafts drafts;
		struct fault f = {0};
		/* A copy of that very size, so that reading behind it is noticed. */
		char *piece = malloc(cut + 1);

		memcpy(piece, data, cut);
		if (import(piece, cut, &drafts, &f))
			fail_msg("a file of %zu bytes was cut to %zu and accepted", n, cut);
		assert_int_equal(f.code, FAULT_FILE_FORMAT);
		drafts_clear(&drafts);
		free(piece);
	}
	free(data);
}

/* JSON lines that end with a whole line are whole. */
static void
test_every_cut_of_lines(void **state)
{
	size_t n = 0;
	char *data = input_of(ASSAY_CASES "/llama-bench/valid/b10470-jsonl", &n);

	(void)state;
	for (size_t cut = 0; cut <= n; cut++) {
		struct drafts drafts;
		struct fault f = {0};
		size_t end = cut;
		bool whole;

		while (end > 0 && data[end - 1] == '\n')
			end--;
		whole = end > 0 && data[end - 1] == '}' && (end == n || data[end] == '\n');
		assert_int_equal(import(data, cut, &drafts, &f), whole);
		drafts_clear(&drafts);
	}
	free(data);
}

static void
test_lost_name(void **state)
{
	size_t n = 0;
	char *data = input_of(ASSAY_CASES "/llama-bench/valid/b10470-nonascii-name", &n);
	struct drafts drafts;
	struct fault f = {0};

	(void)state;
	assert_true(import(data, n, &drafts, &f));
	assert_true(drafts.list[0].name_lost);
	assert_string_equal(
	    drafts.list[0].model_file, "mod\xef\xbf\xbd\xef\xbf\xbdle \"tiny\".gguf");
	drafts_clear(&drafts);
	free(data);
}

static void
test_private_path(void **state)
{
	(void)state;
	assert_string_equal(base_name("/home/a/b.gguf"), "b.gguf");
	assert_string_equal(base_name("C:\\models\\b.gguf"), "b.gguf");
	assert_string_equal(base_name("b.gguf"), "b.gguf");
	assert_string_equal(base_name("dir/"), "");
}

static void
test_media_type(void **state)
{
	(void)state;
	assert_string_equal(importer_llama_bench.media_type("\n[{}]", 5), "application/json");
	assert_string_equal(importer_llama_bench.media_type("{}\n{}", 5), "application/jsonl");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_accepted),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_every_cut),
	    cmocka_unit_test(test_every_cut_of_lines),
	    cmocka_unit_test(test_lost_name),
	    cmocka_unit_test(test_private_path),
	    cmocka_unit_test(test_media_type),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
