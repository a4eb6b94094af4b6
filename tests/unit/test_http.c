/* test_http.c — the request parser against its cases: whole, byte by byte, and cut at every place.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "http.h"
#include "unit.h"

static const struct http_limits limits = {.head_max_bytes = 16384, .fields_max_n = 100};

/* As the expected file of a valid case tells it. */
static void
describe(const struct http_head *head, size_t n, char *out, size_t room)
{
	snprintf(out, room,
	    "method %s\npath %.*s\nquery %.*s\ncontent_length %lld\nkeep_alive %s\n"
	    "expects_continue %s\nrest %zu\n",
	    http_method_name(head->method), (int)head->path.n, head->path.data, (int)head->query.n,
	    head->query.data, (long long)head->content_length, head->keep_alive ? "true" : "false",
	    head->expects_continue ? "true" : "false", n - head->head_n);
}

static void
check_spans(const struct http_head *head, const char *data)
{
	for (size_t i = 0; i < head->fields_n; i++) {
		const struct http_field *field = &head->fields[i];

		assert_true(field->name.data > data && field->name.n > 0);
		assert_true(field->value.data + field->value.n <= data + head->head_n);
	}
}

/* Feed data in two pieces, then as the connection does: the parse waits for the scan. */
static enum http_result
feed(const char *data, size_t n, size_t first, struct http_head *head, struct fault *f)
{
	size_t scanned = 0, have = first;
	enum http_result result = http_head_scan(data, first, &scanned, &limits, f);

	if (result == HTTP_MORE) {
		have = n;
		result = http_head_scan(data, n, &scanned, &limits, f);
	}
	if (result != HTTP_DONE)
		return result;
	assert_true(scanned <= have);
	return http_head_read(data, scanned, &limits, head, f);
}

static enum http_result
feed_bytes(const char *data, size_t n, struct http_head *head, struct fault *f)
{
	enum http_result result = HTTP_MORE;
	size_t scanned = 0;

	for (size_t have = 0; have <= n && result == HTTP_MORE; have++)
		result = http_head_scan(data, have, &scanned, &limits, f);
	return result == HTTP_DONE ? http_head_read(data, scanned, &limits, head, f) : result;
}

/* Cutting a long request everywhere would take as long as the square of it, and show no more. */
static size_t
stride(size_t n)
{
	return n < 2048 ? 1 : 61;
}

static void
check_valid(const char *name, const char *data, size_t n, const char *expected)
{
	struct http_head head, again;
	struct fault f = {0};
	char got[2048];

	if (http_head_read(data, n, &limits, &head, &f) != HTTP_DONE)
		fail_msg("%s: %s: expected %s, got %s", name, fault_info(f.code)->name, f.expected,
		    f.got);
	describe(&head, n, got, sizeof(got));
	if (strcmp(got, expected) != 0)
		fail_msg("%s: got\n%s", name, got);
	check_spans(&head, data);
	assert_int_equal(feed_bytes(data, n, &again, &f), HTTP_DONE);
	assert_int_equal(again.head_n, head.head_n);
	for (size_t cut = 0; cut <= n; cut += stride(n)) {
		assert_int_equal(feed(data, n, cut, &again, &f), HTTP_DONE);
		describe(&again, n, got, sizeof(got));
		assert_string_equal(got, expected);
	}
	for (size_t part = 0; part < head.head_n; part += stride(n))
		assert_int_equal(http_head_read(data, part, &limits, &again, &f), HTTP_MORE);
	assert_int_equal(f.code, FAULT_NONE);
}

static void
check_invalid(const char *name, const char *data, size_t n, const char *expected)
{
	struct fault whole = {0}, bytes = {0}, cut_up;
	struct http_head head;
	char code[64];

	if (http_head_read(data, n, &limits, &head, &whole) != HTTP_BAD)
		fail_msg("%s: was not refused", name);
	snprintf(code, sizeof(code), "%s\n", fault_info(whole.code)->name);
	if (strcmp(code, expected) != 0)
		fail_msg("%s: expected %s got %s: %s, %s", name, expected, code, whole.expected,
		    whole.got);
	assert_true(whole.expected[0] != 0 && whole.got[0] != 0);
	assert_int_equal(feed_bytes(data, n, &head, &bytes), HTTP_BAD);
	assert_memory_equal(&bytes, &whole, sizeof(whole));
	for (size_t cut = 0; cut <= n; cut += stride(n)) {
		memset(&cut_up, 0, sizeof(cut_up));
		assert_int_equal(feed(data, n, cut, &head, &cut_up), HTTP_BAD);
		assert_string_equal(cut_up.got, whole.got);
	}
}

static void
test_valid(void **state)
{
	(void)state;
	assert_true(cases_walk("requests/valid", "request", check_valid) >= 40);
}

static void
test_invalid(void **state)
{
	(void)state;
	assert_true(cases_walk("requests/invalid", "request", check_invalid) >= 100);
}

static void
test_limits(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n";
	struct http_limits tight = {.head_max_bytes = sizeof(request) - 1, .fields_max_n = 2};
	struct fault f = {0};
	struct http_head head;

	(void)state;
	assert_int_equal(
	    http_head_read(request, sizeof(request) - 1, &tight, &head, &f), HTTP_DONE);
	tight.fields_max_n = 1;
	assert_int_equal(http_head_read(request, sizeof(request) - 1, &tight, &head, &f), HTTP_BAD);
	assert_int_equal(f.code, FAULT_HEAD_TOO_LARGE);
	f = (struct fault){0};
	tight = (struct http_limits){.head_max_bytes = sizeof(request) - 2, .fields_max_n = 2};
	assert_int_equal(http_head_read(request, sizeof(request) - 1, &tight, &head, &f), HTTP_BAD);
	assert_int_equal(f.code, FAULT_HEAD_TOO_LARGE);
}

/* No byte may be looked at twice: the scan of one byte more must not depend on how many came. */
static void
test_scan_goes_on(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
	char data[sizeof(request)];
	struct fault f = {0};
	size_t scanned = 0;

	(void)state;
	memcpy(data, request, sizeof(data));
	assert_int_equal(http_head_scan(data, 20, &scanned, &limits, &f), HTTP_MORE);
	assert_int_equal(scanned, 20);
	memset(data, 0, 19); /* but the last byte seen */
	assert_int_equal(http_head_scan(data, sizeof(data) - 1, &scanned, &limits, &f), HTTP_DONE);
	assert_int_equal(scanned, sizeof(data) - 1);
}

static void
test_field(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nx: 2\r\nEmpty:\r\n\r\n";
	struct fault f = {0};
	struct http_head head;

	(void)state;
	assert_int_equal(
	    http_head_read(request, sizeof(request) - 1, &limits, &head, &f), HTTP_DONE);
	assert_true(http_span_is(http_field(&head, "X"), "1"));
	assert_true(http_span_is(http_field(&head, "HOST"), "A"));
	assert_non_null(http_field(&head, "empty").data);
	assert_int_equal(http_field(&head, "empty").n, 0);
	assert_null(http_field(&head, "absent").data);
}

static void
check_path(const char *path, const char *expected)
{
	struct http_span span = {.data = path, .n = strlen(path)};
	char out[32];

	if (http_path_decode(span, out, sizeof(out)) != (expected != NULL))
		fail_msg("%s was %s", path, expected ? "refused" : "taken");
	if (expected != NULL)
		assert_string_equal(out, expected);
}

static void
test_path(void **state)
{
	static const char *const bad[] = {"", "x", "//", "//a", "/a//b", "/a//", "/.", "/..",
	    "/./a", "/../a", "/a/.", "/a/..", "/a/../b", "/%2e", "/%2E%2e/a", "/.%2e", "/a%2fb",
	    "/a%2Fb", "/%5c", "/a\\b", "/%00", "/a%00.json", "/%0a", "/%7f", "/%1f", "/%", "/%2",
	    "/%zz", "/%2z", "/%+1", "/a%2", "/0123456789012345678901234567890"};

	(void)state;
	check_path("/", "/");
	check_path("/a", "/a");
	check_path("/a/", "/a/");
	check_path("/a/b.json", "/a/b.json");
	check_path("/a%20b", "/a b");
	check_path("/%41%62", "/Ab");
	check_path("/...", "/...");
	check_path("/.a/..b/c..", "/.a/..b/c..");
	check_path("/%C3%A9%ff", "/\xc3\xa9\xff");
	check_path("/%252f", "/%2f");
	check_path("/012345678901234567890123456789", "/012345678901234567890123456789");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		check_path(bad[i], NULL);
}

/* A status that the fault table can send must have its phrase. */
static void
test_reasons(void **state)
{
	(void)state;
	for (int code = FAULT_NONE; code < FAULT__MAX; code++) {
		int status = fault_info((enum fault_code)code)->http_status;

		if (status != 0 && strcmp(http_reason(status), "Unknown") == 0)
			fail_msg("no reason phrase for %d", status);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_valid),
	    cmocka_unit_test(test_invalid),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_scan_goes_on),
	    cmocka_unit_test(test_field),
	    cmocka_unit_test(test_path),
	    cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
