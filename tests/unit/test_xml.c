/* test_xml.c — text in XML documents, whatever it is.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "unit.h"
#include "xml.h"

#define INSTEAD "\xef\xbf\xbd" /* U+FFFD */

static void
texts(void **state)
{
	static const struct {
		const char *text, *xml;
	} rows[] = {
	    {"plain", "plain"},
	    {"<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;"},
	    {"&amp;", "&amp;amp;"}, /* text is text, also what looks escaped */
	    {"]]>", "]]&gt;"},
	    {"a\tb\nc\rd", "a b c d"},
	    {"\x01\x1b[31m\x7f", "  [31m "},
	    {"\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80"},
	    {"\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80"}, /* beside the surrogates */
	    {"\xef\xbf\xbd", INSTEAD},
	    {"a\xef\xbf\xbe\xef\xbf\xbf"
	     "b",
		"a" INSTEAD INSTEAD "b"},             /* U+FFFE, U+FFFF */
	    {"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"}, /* U+10FFFF */
	    {"\x80", INSTEAD},
	    {"\xc3<", INSTEAD "&lt;"}, /* half a character hides nothing behind it */
	    {"\xe2\x82<", INSTEAD INSTEAD "&lt;"},
	    {"\xf0\x9f\x98", INSTEAD INSTEAD INSTEAD},
	    {"\xc0\xbc", INSTEAD INSTEAD},             /* < in two bytes is no < */
	    {"\xe0\x80\xbc", INSTEAD INSTEAD INSTEAD}, /* nor in three */
	    {"\xed\xa0\x80", INSTEAD INSTEAD INSTEAD}, /* a surrogate */
	    {"\xf4\x90\x80\x80", INSTEAD INSTEAD INSTEAD INSTEAD},
	    {"\xff", INSTEAD},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text out = {0};

		text_add_str(&out, "|");
		xml_add_text(&out, rows[i].text);
		assert_string_equal(out.data + 1, rows[i].xml);
		text_clear(&out);
	}
}

static void
nothing(void **state)
{
	struct text out = {0};

	(void)state;
	xml_add_text(&out, "");
	assert_int_equal(out.n, 0);
	assert_false(out.failed);
	text_clear(&out);
}

/* Any three bytes: well-formed UTF-8, and nothing that begins markup. */
static void
any_bytes(void **state)
{
	static const unsigned char begin[] = {1, '<', '&', 'a', 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2,
	    0xed, 0xef, 0xf0, 0xf4, 0xf8, 0xff};
	char text[4] = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(begin); i++)
		for (int b = 1; b < 256; b++)
			for (size_t j = 0; j < COUNT(begin); j++) {
				struct text out = {0};
				uint32_t point;

				text[0] = (char)begin[i];
				text[1] = (char)b;
				text[2] = (char)begin[j];
				xml_add_text(&out, text);
				assert_null(strpbrk(out.data, "<>\"'\n\t"));
				for (size_t at = 0, n; at < out.n; at += n) {
					n = utf8_read(out.data + at, out.n - at, &point);
					assert_true(n > 0 && point >= ' ');
					assert_true(point != 0xfffe && point != 0xffff);
				}
				text_clear(&out);
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts),
	    cmocka_unit_test(nothing),
	    cmocka_unit_test(any_bytes),
	};

	return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
