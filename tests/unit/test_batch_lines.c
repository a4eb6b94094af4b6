/* test_batch_lines.c — a batch's body cut into its lines.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "batch_lines.h"
#include "text.h"
#include "unit.h"

static struct batch_lines lines;

/* `expected` is NUMBER:TEXT, each with a blank behind it. */
static void
expect(const char *body, const char *expected)
{
	struct fault f = {0};
	struct text told = {0};

	if (!batch_lines_read(body, strlen(body), &lines, &f))
		fail_msg("%s: %s", fault_info(f.code)->name, f.got);
	for (size_t i = 0; i < lines.n; i++)
		text_addf(&told, "%zu:%.*s ", lines.list[i].number, (int)lines.list[i].text.n,
		    lines.list[i].text.s);
	assert_string_equal(told.data, expected);
	text_clear(&told);
}

static void
expect_fault(const char *body, size_t n, enum fault_code code)
{
	struct fault f = {0};

	assert_false(batch_lines_read(body, n, &lines, &f));
	assert_int_equal(f.code, code);
}

static void
test_line_ends(void **state)
{
	(void)state;
	expect("a\n", "1:a ");
	expect("a", "1:a ");
	expect("a\nb", "1:a 2:b ");
	expect("a\r\nb\r\n", "1:a 2:b ");
	expect("a\nb\r", "1:a 2:b ");
	expect("\n\r\na\n\n\nb\n\n", "3:a 6:b ");
	expect(" \n\t\n", "1:  2:\t ");
	expect("a\rb\n", "1:a\rb ");
	expect("a\r\r\n", "1:a\r ");
}

static void
test_any_bytes(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_true(batch_lines_read("\0\n\xff\0x\n", 6, &lines, &f));
	assert_int_equal(lines.n, 2);
	assert_int_equal(lines.list[0].text.n, 1);
	assert_int_equal(lines.list[1].text.n, 3);
}

static void
test_none(void **state)
{
	(void)state;
	expect_fault("", 0, FAULT_ENVELOPE);
	expect_fault("\n", 1, FAULT_ENVELOPE);
	expect_fault("\r", 1, FAULT_ENVELOPE);
	expect_fault("\r\n\n\r", 4, FAULT_ENVELOPE);
}

static void
test_number(void **state)
{
	char body[4 * BATCH_MAX_N + 8] = "";
	struct fault f = {0};

	(void)state;
	for (int i = 0; i < BATCH_MAX_N; i++)
		memcpy(body + 3 * i, "\nx\n", 3);
	assert_true(batch_lines_read(body, 3 * BATCH_MAX_N, &lines, &f));
	assert_int_equal(lines.n, BATCH_MAX_N);
	assert_int_equal(lines.list[BATCH_MAX_N - 1].number, 2 * BATCH_MAX_N);
	strcpy(body + 3 * BATCH_MAX_N, "\r\n\n");
	assert_true(batch_lines_read(body, 3 * BATCH_MAX_N + 3, &lines, &f));
	strcpy(body + 3 * BATCH_MAX_N, "x");
	expect_fault(body, 3 * BATCH_MAX_N + 1, FAULT_BODY_TOO_LARGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_line_ends),
	    cmocka_unit_test(test_any_bytes),
	    cmocka_unit_test(test_none),
	    cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
