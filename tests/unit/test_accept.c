/* test_accept.c — what clients say of content codings, and what they get.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "accept.h"
#include "unit.h"

/* B: br, G: gzip, I: the file itself. */
static const struct row {
	const char *value, *order;
} rows[] = {
    {"", "I"},
    {"gzip", "GI"},
    {"br", "BI"},
    {"gzip, br", "BGI"},
    {"gzip, deflate, br, zstd", "BGI"},
    {"GZip,BR", "BGI"},
    {"x-gzip", "GI"},
    {"deflate", "I"},
    {"*", "BGI"},
    {"gzip;q=1.0, br;q=0.9", "GBI"},
    {"gzip;q=0.999, br;q=1", "BGI"},
    {"gzip;q=0.5, br;q=0.5", "BGI"},
    {"gzip;q=0.001", "GI"},
    {"gzip;q=0", "I"},
    {"gzip;q=0.000, br", "BI"},
    {"gzip;q=0, *", "BI"},
    {"*;q=0", "I"},
    {"*;q=0, gzip", "GI"},
    {"br;q=0.2, *;q=0.7", "GI"}, /* "*" is the file itself, too */
    {"identity", "I"},
    {"identity, gzip", "GI"}, /* equal: what is shorter */
    {"identity, gzip;q=0.5", "I"},
    {"identity;q=0.5, gzip;q=0.6, br;q=0.4", "GI"},
    {"identity;q=0", "I"}, /* nothing fits: the file, not a refusal */
    {"identity;q=0, gzip;q=0.1", "GI"},
    {"gzip ; q=0.5 , br", "BGI"},
    {"gzip;\tQ=0.5,br", "BGI"},
    {", ,gzip,,", "GI"},
    {"gzip;q=1.", "GI"},
    {"gzip;q=0.", "I"},
    /* Not of the grammar: passed over. */
    {"gzip;q=2", "I"},
    {"gzip;q=1.001", "I"},
    {"gzip;q=0.1234", "I"},
    {"gzip;q=-1", "I"},
    {"gzip;q=.5", "I"},
    {"gzip;q=0,5", "I"},
    {"gzip;q=0.5x", "I"},
    {"gzip;q", "I"},
    {"gzip;q=", "I"},
    {"gzip;q =1", "I"},
    {"gzip;level=9", "I"},
    {"gzip;q=1;q=0", "I"},
    {"gzip br", "I"},
    {"gzipx", "I"},
    {";q=1", "I"},
    {"\"gzip\"", "I"},
};

static void
expect(const struct http_head *head, const char *value, const char *order)
{
	static const char letters[] = {
	    [CODING_BR] = 'B', [CODING_GZIP] = 'G', [CODING_IDENTITY] = 'I'};
	enum coding got[CODING__MAX];
	char text[CODING__MAX + 1] = "";
	size_t n = accept_codings(head, got);

	assert_in_range(n, 1, CODING__MAX);
	for (size_t i = 0; i < n; i++)
		text[i] = letters[got[i]];
	if (strcmp(text, order) != 0)
		fail_msg("\"%s\": expected %s, got %s", value, order, text);
}

static struct http_span
span_of(const char *s)
{
	return (struct http_span){s, strlen(s)};
}

static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct http_head head = {.fields_n = 1,
		    .fields = {{span_of("accept-encoding"), span_of(rows[i].value)}}};

		expect(&head, rows[i].value, rows[i].order);
	}
}

static void
test_several_fields(void **state)
{
	struct http_head head = {.fields_n = 4,
	    .fields = {{span_of("Accept-Encoding"), span_of("gzip")},
		{span_of("Accept"), span_of("br")},
		{span_of("ACCEPT-ENCODING"), span_of("br;q=0.5")},
		{span_of("Accept-Encodings"), span_of("identity")}}};

	(void)state;
	expect(&head, "gzip; br;q=0.5", "GBI");
	head.fields_n = 0;
	expect(&head, "no field", "I");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_table),
	    cmocka_unit_test(test_several_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
