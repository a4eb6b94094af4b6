/* test_badge.c — a small picture of one word: what strangers write stays text.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "badge.h"
#include "text.h"
#include "unit.h"

static struct text
badge(const char *about, const char *word, const char *title)
{
	struct text out = {0};

	badge_print(about, word, BADGE_GOOD, title, &out);
	assert_false(out.failed);
	assert_int_equal(strncmp(out.data, "<svg xmlns=\"http://www.w3.org/2000/svg\"", 39), 0);
	assert_non_null(strstr(out.data, "role=\"img\" aria-labelledby=\"t\""));
	return out;
}

static void
has(const struct text *t, const char *part)
{
	if (strstr(t->data, part) == NULL)
		fail_msg("no %s in %s", part, t->data);
}

static void
says(void **state)
{
	struct text t = badge("acme/chat", "GO", "acme/chat by quality: GO");

	(void)state;
	has(&t, "<title id=\"t\">acme/chat by quality: GO</title>");
	has(&t, ">acme/chat</text>");
	has(&t, ">GO</text>");
	has(&t, "fill=\"#1a7f37\"");
	text_clear(&t);
}

static void
hostile(void **state)
{
	static const char name[] =
	    "</text><script>alert(1)</script>\"&\xe2\x80\xae\n\x01\xff\xef\xbf\xbf";
	struct text t = badge(name, "NO-GO", name);

	(void)state;
	has(&t, ">&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;</text>");
	assert_null(strstr(t.data, "<script"));
	assert_null(strstr(t.data, "\xe2\x80\xae"));
	assert_null(strchr(t.data, 1));
	assert_null(strchr(t.data, '\xff'));
	text_clear(&t);
}

/* 40 characters, not bytes, and the width goes with them. */
static void
cuts(void **state)
{
	char name[101] = "";
	struct text t;

	(void)state;
	for (int i = 0; i < 50; i++)
		strcat(name, "é");
	t = badge(name, "GO", "");
	has(&t, "é…</text>");
	assert_null(strstr(t.data, name));
	name[80] = 0;
	has(&t, name);
	text_clear(&t);
	t = badge("", "", "");
	has(&t, "<title id=\"t\"></title>");
	text_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(says),
	    cmocka_unit_test(hostile),
	    cmocka_unit_test(cuts),
	};

	return cmocka_run_group_tests_name("badge", tests, NULL, NULL);
}
