/* test_encode.c — base64, hex and time, exactly.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "unit.h"

static void
test_hex(void **state)
{
	const uint8_t bytes[] = {0x00, 0x01, 0x9a, 0xff};
	uint8_t back[4];
	char text[9];

	(void)state;
	hex_print(bytes, 4, text);
	assert_string_equal(text, "00019aff");
	assert_true(hex_parse("00019aff", back, 4));
	assert_memory_equal(back, bytes, 4);
	assert_true(hex_parse("", back, 0));
}

static void
test_hex_refuses(void **state)
{
	static const char *const rows[] = {"", "0", "00019af", "00019aff0", "00019aff ", "00019AFF",
	    "0x019aff", "00019afg", " 0019aff", "0001\0aff"};
	uint8_t back[4];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_false(hex_parse(rows[i], back, 4));
}

/* RFC 4648 §10. */
static const struct {
	const char *plain;
	const char *base64;
} rfc4648[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

static void
test_base64_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rfc4648); i++) {
		size_t n = strlen(rfc4648[i].plain), back_n;
		struct text t = {0};
		uint8_t exact[8], *back;

		base64_print((const uint8_t *)rfc4648[i].plain, n, &t);
		assert_string_equal(t.data ? t.data : "", rfc4648[i].base64);
		assert_true(base64_parse_exact(rfc4648[i].base64, exact, n));
		assert_memory_equal(exact, rfc4648[i].plain, n);
		assert_true(
		    base64_parse_any(rfc4648[i].base64, strlen(rfc4648[i].base64), &back, &back_n));
		assert_int_equal(back_n, n);
		assert_string_equal((char *)back, rfc4648[i].plain);
		free(back);
		text_clear(&t);
	}
}

static void
test_base64_round_trip(void **state)
{
	uint8_t bytes[100], exact[100], *any;
	size_t any_n;

	(void)state;
	for (size_t n = 0; n < sizeof(bytes); n++) {
		struct text t = {0};

		bytes[n] = (uint8_t)(n * 151 + 7);
		base64_print(bytes, n, &t);
		text_add_str(&t, "");
		assert_true(base64_parse_exact(t.data, exact, n));
		assert_memory_equal(exact, bytes, n);
		assert_false(base64_parse_exact(t.data, exact, n + 1));
		assert_true(n == 0 || !base64_parse_exact(t.data, exact, n - 1));
		assert_true(base64_parse_any(t.data, t.n, &any, &any_n));
		assert_int_equal(any_n, n);
		assert_memory_equal(any, bytes, n);
		free(any);
		text_clear(&t);
	}
}

static bool
any_reads(const char *s)
{
	uint8_t *out;
	size_t n;
	bool done = base64_parse_any(s, strlen(s), &out, &n);

	assert_true(done == (out != NULL));
	free(out);
	return done;
}

static void
test_base64_any_takes_what_dsse_allows(void **state)
{
	static const char *const rows[] = {
	    "+/+/", "-_-_", "Zg", "Zg==", "Zm8", "Zm8=", "_w==", "_w", "/w"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(any_reads(rows[i]));
}

static void
test_base64_any_refuses(void **state)
{
	static const char *const rows[] = {"+/-_", "+_", "Zm9v\n", "Zm 9v", " Zm9v", "Z", "Zm9vZ",
	    "Zg=", "Zm8==", "Zm9v=", "Zm9v==", "Zm9v====", "=",
	    "==", "====", "Z===", "Zg==Zg==", "Zm=v", "Zh==", "Zm9=", "Zh", "Zm9vYmFy!",
	    "Zm9\xc3\xa9"};
	uint8_t *out;
	size_t n;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_false(any_reads(rows[i]));
	assert_false(base64_parse_any("Zm\0v", 4, &out, &n));
}

static void
test_base64_exact_refuses(void **state)
{
	static const char *const rows[] = {"", "Zg", "Zh==", "Zg=", "Zg===", "Zg==\n",
	    " Zg==", "-w==", "Zm8=", "Zm9v", "Z===", "===="};
	uint8_t out[1];

	(void)state;
	assert_true(base64_parse_exact("+w==", out, 1));
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_false(base64_parse_exact(rows[i], out, 1));
}

/* Seconds from GNU date -u +%s. */
static const struct {
	int64_t at;
	const char *text;
} times[] = {
    {0, "1970-01-01T00:00:00Z"},
    {1, "1970-01-01T00:00:01Z"},
    {68169599, "1972-02-28T23:59:59Z"},
    {68169600, "1972-02-29T00:00:00Z"},
    {68256000, "1972-03-01T00:00:00Z"},
    {951782400, "2000-02-29T00:00:00Z"},
    {951868800, "2000-03-01T00:00:00Z"},
    {978307199, "2000-12-31T23:59:59Z"},
    {1767323045, "2026-01-02T03:04:05Z"},
    {2147483648, "2038-01-19T03:14:08Z"},
    {4107542399, "2100-02-28T23:59:59Z"},
    {4107542400, "2100-03-01T00:00:00Z"},
    {INT64_C(13574563200), "2400-02-29T00:00:00Z"},
    {INT64_C(253402300799), "9999-12-31T23:59:59Z"},
};

static void
test_time_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		char text[TIME_SIZE];
		int64_t at = -1;

		time_print(times[i].at, text);
		assert_string_equal(text, times[i].text);
		assert_true(time_parse(times[i].text, &at));
		assert_int_equal(at, times[i].at);
	}
}

/* One time on every day there is, so every leap year and every end of a month. */
static void
test_time_round_trip(void **state)
{
	(void)state;
	for (int64_t at = 0; at <= INT64_C(253402300799); at += 86400 - 7) {
		char text[TIME_SIZE];
		int64_t back = -1;

		time_print(at, text);
		if (!time_parse(text, &back) || back != at)
			fail_msg("%s", text);
	}
}

static void
test_time_print_stays_in_its_years(void **state)
{
	char text[TIME_SIZE];

	(void)state;
	time_print(INT64_MIN, text);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	time_print(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void
test_time_refuses(void **state)
{
	static const char *const rows[] = {"", "2026", "2026-01-02", "2026-01-02T03:04:05",
	    "2026-01-02T03:04:05z", "2026-01-02t03:04:05Z", "2026-01-02 03:04:05Z",
	    "2026-01-02T03:04:05.0Z", "2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05ZZ",
	    "2026-01-02T03:04:05Z ", " 2026-01-02T03:04:05Z", "2026-1-02T03:04:05Z",
	    "+026-01-02T03:04:05Z", "2026-00-02T03:04:05Z", "2026-13-02T03:04:05Z",
	    "2026-01-00T03:04:05Z", "2026-01-32T03:04:05Z", "2026-04-31T03:04:05Z",
	    "2025-02-29T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
	    "2026-01-02T24:00:00Z", "2026-01-02T03:60:05Z", "2016-12-31T23:59:60Z",
	    "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "2026-01-02T03:04:0",
	    "10000-01-01T00:00:00Z"};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_false(time_parse(rows[i], &at));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hex),
	    cmocka_unit_test(test_hex_refuses),
	    cmocka_unit_test(test_base64_vectors),
	    cmocka_unit_test(test_base64_round_trip),
	    cmocka_unit_test(test_base64_any_takes_what_dsse_allows),
	    cmocka_unit_test(test_base64_any_refuses),
	    cmocka_unit_test(test_base64_exact_refuses),
	    cmocka_unit_test(test_time_vectors),
	    cmocka_unit_test(test_time_round_trip),
	    cmocka_unit_test(test_time_print_stays_in_its_years),
	    cmocka_unit_test(test_time_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
