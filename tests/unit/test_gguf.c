/* test_gguf.c — what is read from the heads of GGUF files, and what is refused.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <string.h>

#include "gguf.h"
#include "text.h"
#include "unit.h"

#define CASES ASSAY_CASES "/gguf/"

static void
test_experts(void **state)
{
	struct fault f = {0};
	struct gguf g;

	(void)state;
	assert_true(gguf_read(CASES "valid/experts/input.gguf", &g, &f));
	assert_string_equal(g.architecture, "mix");
	assert_string_equal(g.quantization, "Q8_0");
	assert_int_equal(g.parameters, 320 + 320 + 1024 + 32);
	assert_int_equal(g.active_parameters, 32 + 320 + 256 + 32);
	assert_int_equal(g.size_bytes, 340 + 340 + 1088 + 128);
	assert_int_equal(g.token_bytes, 34 + 340 + 272 + 128);
	assert_int_equal(g.experts_n, 4);
	assert_int_equal(g.experts_used_n, 1);
	assert_true(g.bits_per_weight == 1896 * 8 / 1696.0);
}

/* Every row of a tied embedding is multiplied with. */
static void
test_tied(void **state)
{
	struct fault f = {0};
	struct gguf g;

	(void)state;
	assert_true(gguf_read(CASES "valid/tied/input.gguf", &g, &f));
	assert_int_equal(g.parameters, 352);
	assert_int_equal(g.active_parameters, 352);
	assert_int_equal(g.token_bytes, 340 + 128);
}

static void
test_invalid(void **state)
{
	DIR *dir = opendir(CASES "invalid");
	struct dirent *entry;
	size_t n = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		struct text path = {0};
		struct fault f = {0};
		struct gguf g;

		if (entry->d_name[0] == '.')
			continue;
		text_addf(&path, CASES "invalid/%s/input.gguf", entry->d_name);
		if (gguf_read(path.data, &g, &f) || f.code != FAULT_FILE_FORMAT)
			fail_msg("%s was not refused", entry->d_name);
		text_clear(&path);
		n++;
	}
	closedir(dir);
	assert_true(n >= 19);
}

static void
test_no_file(void **state)
{
	struct fault f = {0};
	struct gguf g;

	(void)state;
	assert_false(gguf_read(CASES "none", &g, &f));
	assert_int_equal(f.code, FAULT_FILE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_experts),
	    cmocka_unit_test(test_tied),
	    cmocka_unit_test(test_invalid),
	    cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
