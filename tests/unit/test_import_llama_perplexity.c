/* test_import_llama_perplexity.c — real and broken logs of llama-perplexity, case by case.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "file.h"
#include "importer.h"
#include "json.h"
#include "unit.h"

#define CASE_MAX_BYTES (1024 * 1024)

static bool
import(const char *data, size_t n, struct drafts *out, struct fault *f)
{
	struct source in = {.data = data, .n = n};

	return importer_llama_perplexity.read(&in, out, f);
}

static void
file_in(const char *folder, const char *name, char **data, size_t *n)
{
	char *path = path_join(folder, name);
	struct fault f = {0};

	if (!file_read(path, CASE_MAX_BYTES, data, n, &f))
		fail_msg("%s: %s", path, f.got);
	free(path);
}

static void
walk(const char *kind, void (*check)(const char *folder, const char *data, size_t n))
{
	char *root = path_join(ASSAY_CASES "/llama-perplexity", kind);
	struct dirent **names = NULL;
	int all = scandir(root, &names, NULL, alphasort), cases = 0;

	for (int i = 0; i < all; i++) {
		char *folder = path_join(root, names[i]->d_name);

		if (names[i]->d_name[0] != '.') {
			size_t n;
			char *data;

			file_in(folder, "input.log", &data, &n);
			check(folder, data, n);
			free(data);
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
check_accepted(const char *folder, const char *data, size_t n)
{
	char *path = path_join(folder, "expected.json");
	json_t *expected = json_load_file(path, 0, NULL);
	struct text got = {0}, wanted = {0};
	struct drafts drafts;
	struct fault f = {0};

	assert_non_null(expected);
	if (!import(data, n, &drafts, &f))
		fail_msg("%s: %s: expected %s, got %s", folder, f.path, f.expected, f.got);
	assert_int_equal(drafts.n, 1);
	json_print(drafts.list[0].body, &got);
	json_print(expected, &wanted);
	if (!json_equal(drafts.list[0].body, expected))
		fail_msg("%s:\n got      %s\n expected %s", folder, got.data, wanted.data);
	assert_true(drafts.list[0].devices_unclear);
	assert_int_equal(drafts.list[0].wants_base, strstr(data, "KLD") != NULL);
	text_clear(&got);
	text_clear(&wanted);
	drafts_clear(&drafts);
	json_decref(expected);
	free(path);
}

static void
accepted(void **state)
{
	(void)state;
	walk("valid", check_accepted);
}

static void
check_refused(const char *folder, const char *data, size_t n)
{
	size_t expected_n;
	char *expected, *words;
	struct drafts drafts;
	struct fault f = {0};

	file_in(folder, "expected", &expected, &expected_n);
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
}

static void
refused(void **state)
{
	(void)state;
	walk("invalid", check_refused);
}

/* Whatever byte a log ends at: all of its statistics, or none. */
static void
every_cut(void **state)
{
	size_t n;
	char *data;

	(void)state;
	file_in(
	    ASSAY_CASES "/llama-perplexity/valid/b10470-kld-q4-combined", "input.log", &data, &n);
	for (size_t cut = 0; cut < n; cut++) {
		struct drafts drafts;
		struct fault f = {0};
		char *piece = malloc(cut + 1);

		memcpy(piece, data, cut);
		if (import(piece, cut, &drafts, &f))
			assert_true(
			    json_get_real(
				json_array_get(json_object_get(drafts.list[0].body, "results"), 7),
				"value") == 70.899);
		else
			assert_int_equal(f.code, FAULT_FILE_FORMAT);
		drafts_clear(&drafts);
		free(piece);
	}
	free(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accepted),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(every_cut),
	};

	return cmocka_run_group_tests_name("import_llama_perplexity", tests, NULL, NULL);
}
