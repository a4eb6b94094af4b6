/* test_run_bar.c — how far llama-perplexity is, at every point of real logs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run_bar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "file.h"

static char *
log_of(const char *name, size_t *n)
{
	char path[512], *data = NULL;
	struct fault f = {0};

	snprintf(path, sizeof(path), "%s/llama-perplexity/valid/%s/input.log", ASSAY_CASES, name);
	if (!file_read(path, 1 << 20, &data, n, &f))
		fail_msg("%s: %s", path, f.got);
	return data;
}

static void
check(const char *name, uint64_t chunks, bool tells_total)
{
	uint64_t done, total, before = 0;
	size_t n;
	char *log = log_of(name, &n);

	for (size_t k = 0; k <= n; k++) {
		char *cut = malloc(k + 1); /* of its own length: nothing behind it may be read */

		memcpy(cut, log, k);
		cut[k] = 0;
		run_bar_chunks(cut, k, &done, &total);
		free(cut);
		assert_true(total == 0 || total == chunks || (k < n && total < chunks));
		if (total == 0 && tells_total)
			continue; /* what stands before is not counted yet */
		assert_in_range(done, 0, chunks);
		if (k == n) {
			assert_int_equal(done, chunks);
			assert_int_equal(total, tells_total ? chunks : 0);
		}
		before = done > before ? done : before;
	}
	assert_int_equal(before, chunks);
	free(log);
}

static void
test_real_logs(void **state)
{
	(void)state;
	check("b10470-perplexity-q8-combined", 29, true);
	check("b10470-kld-q4-combined", 29, true);
	check("b4748-perplexity-q8-combined", 29, true);
	check("b4748-kld-q4-combined", 29, false);
}

static void
test_noise(void **state)
{
	static const char *const logs[] = {"", "[", "\n", "\n ", "over ", "over  chunks", "[]",
	    "[x]1", "over 5 chunk", "\n7 tokens", "\n 5.0%   KLD", "[12", "over 3 chunks\n[9]"};
	uint64_t done, total;

	(void)state;
	for (size_t k = 0; k < sizeof(logs) / sizeof(logs[0]); k++) {
		run_bar_chunks(logs[k], strlen(logs[k]), &done, &total);
		assert_int_equal(done, 0);
		assert_int_equal(total, strstr(logs[k], "over 3") != NULL ? 3 : 0);
	}
	run_bar_chunks("over 3 chunks\n[1]4.5,[2]4.4,", 28, &done, &total);
	assert_int_equal(done, 2);
	run_bar_chunks("over 30 chunks\n  11   4.5 x\n  12   4.", 37, &done, &total);
	assert_int_equal(done, 12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_real_logs),
	    cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
