/* test_feed.c — the Atom feed: its bytes, ids that stay, text that is only text.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "feed.h"
#include "unit.h"

#define ORIGIN "example.org/log"

/* RFC 4287, from two entries. The ids were made with coreutils:
 *	printf 'assay-feed-v1\nexample.org/log\n42\na cell\n' | sha256sum
 * begins 270ae7d6d2a04ea205e3091da56de43b, where RFC 9562, 5.8, sets the version's four bits to 8
 * and the variant's two to binary 10; `0 feed` and `42 another` in the same way. 1767323045 s are
 * 2026-01-02T03:04:05Z, 1709251199 s the last of 2024-02-29. */
static void
whole(void **state)
{
	static const char expected[] =
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
	    "<id>urn:uuid:7d7aa4d5-99e0-8a54-858f-7319793b3708</id>\n"
	    "<title>What changed in example.org/log</title>\n"
	    "<subtitle>The newest 2 changes of standing. Older ones stand in the daily dumps"
	    " (dumps.json) and follow from the log.</subtitle>\n"
	    "<updated>2026-01-02T03:04:05Z</updated>\n"
	    "<link rel=\"self\" href=\"feed.atom\"/>\n"
	    "<link rel=\"alternate\" href=\"../../\"/>\n"
	    "<author><name>Assay</name></author>\n"
	    "<entry>\n"
	    "<id>urn:uuid:270ae7d6-d2a0-8ea2-85e3-091da56de43b</id>\n"
	    "<title>a &amp; b</title>\n"
	    "<updated>2026-01-02T03:04:05Z</updated>\n"
	    "<link rel=\"alternate\" href=\"../../?a=1&amp;b=%22\"/>\n"
	    "<summary>It is &lt;better&gt;.</summary>\n"
	    "</entry>\n"
	    "<entry>\n"
	    "<id>urn:uuid:637addb8-72f0-84ce-b294-3052466721d8</id>\n"
	    "<title></title>\n"
	    "<updated>2024-02-29T23:59:59Z</updated>\n"
	    "<link rel=\"alternate\" href=\"\"/>\n"
	    "<summary></summary>\n"
	    "</entry>\n"
	    "</feed>\n";
	const struct feed_entry newer = {.index = 42,
	    .at_ms = 1767323045999,
	    .what = "a cell",
	    .title = "a & b",
	    .summary = "It is <better>.",
	    .href = "../../?a=1&b=%22"};
	const struct feed_entry older = {.index = 42,
	    .at_ms = 1709251199000,
	    .what = "another",
	    .title = "",
	    .summary = "",
	    .href = ""};
	struct text out = {0};

	(void)state;
	feed_begin(&out, ORIGIN, newer.at_ms, 2);
	feed_add(&out, ORIGIN, &newer);
	feed_add(&out, ORIGIN, &older);
	feed_end(&out);
	assert_string_equal(out.data, expected);
	assert_false(out.failed);
	text_clear(&out);
}

static void
expect_id(const char *origin, int64_t index, const char *what, const char *id)
{
	const struct feed_entry entry = {
	    .index = index, .at_ms = index, .what = what, .title = id, .summary = "", .href = ""};
	struct text out = {0}, expected = {0};

	text_addf(&expected, "<entry>\n<id>urn:uuid:%s</id>\n", id);
	feed_add(&out, origin, &entry);
	assert_int_equal(strncmp(out.data, expected.data, expected.n), 0);
	text_clear(&out);
	text_clear(&expected);
}

/* An entry's id hangs on the log, the leaf and what changed: on nothing else, and on each. */
static void
ids(void **state)
{
	(void)state;
	expect_id(ORIGIN, 42, "a cell", "270ae7d6-d2a0-8ea2-85e3-091da56de43b");
	expect_id("example.org/lo", 42, "a cell", "bee15b66-cfbe-866b-aa3b-707f7e16a5ce");
	expect_id(ORIGIN, 43, "a cell", "d24d3864-dff1-83e4-b8d7-1fcfdbd62e44");
}

/* A feed in which nothing happened yet is one all the same. */
static void
empty(void **state)
{
	struct text out = {0};

	(void)state;
	feed_begin(&out, "x/<&>\"\x01\xff", 0, 500);
	feed_end(&out);
	assert_non_null(
	    strstr(out.data, "<title>What changed in x/&lt;&amp;&gt;&quot; \xef\xbf\xbd</title>\n"
			     "<subtitle>The newest 500 changes of standing."));
	assert_non_null(strstr(out.data, "<updated>1970-01-01T00:00:00Z</updated>\n"));
	assert_null(strstr(out.data, "<entry>"));
	assert_string_equal(
	    out.data + out.n - strlen("</author>\n</feed>\n"), "</author>\n</feed>\n");
	text_clear(&out);
}

/* No entry's text opens or closes an element. */
static void
hostile(void **state)
{
	static const char evil[] = "</title><script>alert(1)</script>]]>&x;\"'\x1b\xf0\x9f<";
	const struct feed_entry entry = {
	    .index = 1, .what = evil, .title = evil, .summary = evil, .href = evil};
	struct text out = {0};
	size_t opened = 0;

	(void)state;
	feed_add(&out, evil, &entry);
	for (size_t i = 0; i < out.n; i++)
		opened += out.data[i] == '<';
	/* entry, id, title, updated, summary: two each; link: one */
	assert_int_equal(opened, 11);
	assert_null(strstr(out.data, "script>"));
	assert_null(strstr(out.data, "&x;"));
	assert_null(strchr(out.data, '\x1b'));
	text_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole),
	    cmocka_unit_test(ids),
	    cmocka_unit_test(empty),
	    cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
