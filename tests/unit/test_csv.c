/* test_csv.c — fields of CSV that no spreadsheet may run.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "csv.h"
#include "unit.h"

static void
fields(void **state)
{
	static const struct {
		const char *text, *field;
	} rows[] = {
	    {"", "\"\""},
	    {"plain", "\"plain\""},
	    {"a \"b\" c", "\"a \"\"b\"\" c\""}, /* RFC 4180, 2, rule 7 */
	    {"\"", "\"\"\"\""},
	    {"two\nlines", "\"two\nlines\""}, /* rule 6 */
	    {"ü\xe2\x80\xa8", "\"ü\xe2\x80\xa8\""},
	    {"a=1 b-2 c+3 d@e", "\"a=1 b-2 c+3 d@e\""}, /* no formula begins in the middle */
	    {"=1+1", "\"'=1+1\""},
	    {"+1", "\"'+1\""},
	    {"-1", "\"'-1\""},
	    {"@SUM(A1)", "\"'@SUM(A1)\""},
	    {"\t=1", "\"'\t'=1\""},
	    {"\r=1", "\"'\r'=1\""},
	    {"\n=1", "\"\n'=1\""},
	    {" =1", "\" '=1\""}, /* blanks before it are passed over */
	    {";  =1", "\";  '=1\""},
	    {"a =1", "\"a =1\""},
	    {"|calc", "\"'|calc\""},
	    {"%0A", "\"'%0A\""},
	    /* in full width: plus, minus, equals, at; and two that are none of them */
	    {"\xef\xbc\x8b\x31", "\"'\xef\xbc\x8b\x31\""},
	    {"\xef\xbc\x8d\x31", "\"'\xef\xbc\x8d\x31\""},
	    {"\xef\xbc\x9d\x31", "\"'\xef\xbc\x9d\x31\""},
	    {"\xef\xbc\xa0\x31", "\"'\xef\xbc\xa0\x31\""},
	    {"\xef\xbc\x8c", "\"\xef\xbc\x8c\""},
	    {"\xef\xbc", "\"\xef\xbc\""},
	    {"a;=1", "\"a;'=1\""}, /* a field ends at ; where , is the decimal point */
	    {"a,=1", "\"a,'=1\""},
	    {"a\t@b", "\"a\t'@b\""},
	    {"a\r\n-1", "\"a\r\n'-1\""}, /* after the line's end too */
	    {"x\"=1", "\"x\"\"'=1\""},
	    {"\",=1", "\"\"\",'=1\""},
	    {"==", "\"'==\""},
	    {";;=", "\";;'=\""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text out = {0};

		csv_add_text(&out, rows[i].text);
		assert_string_equal(out.data, rows[i].field);
		text_clear(&out);
	}
}

/* Whatever is in it: one field, which a reader gets back but for the apostrophes. */
static void
read_back(void **state)
{
	char text[3] = {0};

	(void)state;
	for (int a = 1; a < 256; a++)
		for (int b = 1; b < 256; b++) {
			struct text out = {0};
			size_t at = 0;

			text[0] = (char)a;
			text[1] = (char)b;
			csv_add_text(&out, text);
			assert_true(out.n >= 4 && out.data[0] == '"' && out.data[out.n - 1] == '"');
			for (size_t i = 1; i < out.n - 1; i++) {
				if (out.data[i] == '\'' && text[at] != '\'')
					continue;
				assert_int_equal(out.data[i], text[at++]);
				if (out.data[i] == '"')
					assert_int_equal(out.data[++i], '"');
			}
			assert_int_equal(at, 2);
			text_clear(&out);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields),
	    cmocka_unit_test(read_back),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
