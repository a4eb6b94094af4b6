/* test_args.c — the runner's command line and the tables it is read by.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "help.h"
#include "home_fixture.h"
#include "unit.h"

static void
test_forms(void **state)
{
	struct args a;
	size_t cursor = 0;

	(void)state;
	args_of(&a, &verb_import,
	    (const char *[]){"llama-bench", "--model", "a=b/c", "one.json", "--model=d=e/f",
		"--json", "--", "--two.json", NULL});
	assert_int_equal(a.operands_n, 3);
	assert_string_equal(a.operands[1], "one.json");
	assert_string_equal(a.operands[2], "--two.json");
	assert_string_equal(args_next(&a, "model", &cursor), "a=b/c");
	assert_string_equal(args_next(&a, "model", &cursor), "d=e/f");
	assert_null(args_next(&a, "model", &cursor));
	assert_true(args_has(&a, "json"));
	assert_false(args_has(&a, "again"));
	assert_null(args_text(&a, "cpu"));
	args_clear(&a);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *words[5];
		const char *path;
	} rows[] = {
	    {{"--frobnicate"}, "--frobnicate"},
	    {{"-x"}, "-x"},
	    {{"--server"}, "--server"},
	    {{"--server="}, "--server"},
	    {{"--server", "a", "--server", "b"}, "--server"},
	    {{"--json=yes"}, "--json=yes"},
	    {{"--name", "\xff"}, "--name"},
	    {{"operand"}, "operand"},
	};

	(void)state;
	for (size_t k = 0; k < COUNT(rows); k++) {
		struct args a;
		struct fault f = {0};
		char *words[5];
		int n = 0;

		for (; n < 5 && rows[k].words[n] != NULL; n++)
			words[n] = (char *)rows[k].words[n];
		assert_false(args_read(&verb_enrol, n, words, &a, &f));
		assert_int_equal(fault_info(f.code)->exit_code, EXIT_CODE_USAGE);
		assert_string_equal(f.path, rows[k].path);
		args_clear(&a);
	}
}

static void
test_numbers(void **state)
{
	static const char *const bad[] = {"x", "1x", "-1", "86401", "99999999999999999999"};
	struct args a;
	long value = 5;

	(void)state;
	for (size_t k = 0; k < COUNT(bad); k++) {
		struct fault f = {0};

		args_of(&a, &verb_submit, (const char *[]){"--wait", bad[k], NULL});
		assert_false(args_whole(&a, "wait", 0, 86400, &value, &f));
		assert_int_equal(f.code, FAULT_OPTION);
		assert_int_equal(value, 5);
		args_clear(&a);
	}
	args_of(&a, &verb_submit, (const char *[]){"--wait", "0", NULL});
	assert_true(args_whole(&a, "wait", 0, 86400, &value, NULL));
	assert_int_equal(value, 0);
	args_clear(&a);
}

/* Every verb has all that help, manual and scripts are made from. */
static void
test_tables(void **state)
{
	(void)state;
	for (const struct verb *const *v = verbs; *v != NULL; v++) {
		assert_ptr_equal(verb_named((*v)->name), *v);
		assert_true((*v)->examples[0].command != NULL);
		assert_int_equal((*v)->exits[0].code, EXIT_CODE_DONE);
		assert_true((*v)->about[strlen((*v)->about) - 1] == '\n');
		assert_true((*v)->operands_max >= (*v)->operands_min);
		for (const struct flag *flag = (*v)->flags; flag->name != NULL; flag++) {
			for (const struct flag *other = flag + 1; other->name != NULL; other++)
				assert_string_not_equal(flag->name, other->name);
			for (const struct flag *other = common_flags; other->name != NULL; other++)
				assert_string_not_equal(flag->name, other->name);
			assert_true(flag->help[strlen(flag->help) - 1] == '.');
		}
	}
}

static void
test_help(void **state)
{
	char *words = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&words, &n);

	(void)state;
	help_verb(&verb_import, out);
	fclose(out);
	assert_non_null(strstr(words, "--weights-sha256"));
	assert_non_null(strstr(words, "--home"));
	assert_non_null(strstr(words, "Examples:"));
	assert_non_null(strstr(words, "Exit codes:"));
	for (char *line = strtok(words, "\n"); line != NULL; line = strtok(NULL, "\n"))
		if (strstr(line, "assay import") == NULL)
			assert_true(strlen(line) <= 90);
	free(words);
}

static void
test_manual(void **state)
{
	char *words = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&words, &n);

	(void)state;
	help_man(out);
	fclose(out);
	assert_memory_equal(words, ".Dd ", 4);
	for (const struct verb *const *v = verbs; *v != NULL; v++)
		assert_non_null(strstr(words, (*v)->name));
	free(words);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_tables),
	    cmocka_unit_test(test_help),
	    cmocka_unit_test(test_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
