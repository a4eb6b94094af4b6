/* test_route.c — which row of a route table a request is for, from its head alone.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "route.h"
#include "unit.h"

static const char *const types[] = {"application/json", "application/x+json", NULL};

static const char *const other_types[] = {"application/x-lines", NULL};

const struct route routes[] = {
    {.name = "post",
	.method = HTTP_POST,
	.pattern = "/v1/things",
	.body_max_bytes = 100,
	.media_types = types},
    {.name = "many",
	.method = HTTP_POST,
	.pattern = "/v1/things",
	.body_max_bytes = 200,
	.media_types = other_types},
    {.name = "patch",
	.method = HTTP_PATCH,
	.pattern = "/v1/things",
	.body_max_bytes = 300,
	.media_types = types},
    {.name = "get", .method = HTTP_GET, .pattern = "/v1/things/*"},
    {.name = "put", .method = HTTP_PUT, .pattern = "/v1/things/*", .body_max_bytes = 100},
    {.name = "exact", .method = HTTP_GET, .pattern = "/exact"},
    {.name = "deep", .method = HTTP_GET, .pattern = "/deep/**"},
    {.name = NULL},
};

static const struct route *
find(const char *line, const char *fields, const char *path, const char **argument, struct fault *f)
{
	static const struct http_limits limits = {.head_max_bytes = 4096, .fields_max_n = 100};
	static char request[4096];
	struct http_head head;

	snprintf(
	    request, sizeof(request), "%s %s HTTP/1.1\r\nHost: a\r\n%s\r\n", line, path, fields);
	memset(f, 0, sizeof(*f));
	assert_int_equal(http_head_read(request, strlen(request), &limits, &head, f), HTTP_DONE);
	return route_find(&head, path, argument, f);
}

static void
expect_route(
    const char *method, const char *fields, const char *path, const char *name, const char *rest)
{
	const char *argument = NULL;
	struct fault f = {0};
	const struct route *found = find(method, fields, path, &argument, &f);

	if (found == NULL)
		fail_msg("%s %s: %s", method, path, fault_info(f.code)->name);
	assert_string_equal(found->name, name);
	assert_string_equal(argument, rest);
}

static void
expect_fault(const char *method, const char *fields, const char *path, enum fault_code code,
    const char *expected)
{
	const char *argument;
	struct fault f = {0};

	if (find(method, fields, path, &argument, &f) != NULL)
		fail_msg("%s %s was found", method, path);
	if (f.code != code)
		fail_msg("%s %s: got %s", method, path, fault_info(f.code)->name);
	if (expected != NULL)
		assert_string_equal(f.expected, expected);
}

#define JSON "Content-Type: application/json\r\n"

static void
test_found(void **state)
{
	(void)state;
	expect_route("GET", "", "/exact", "exact", "");
	expect_route("HEAD", "", "/exact", "exact", "");
	expect_route("GET", "Content-Length: 0\r\n", "/exact", "exact", "");
	expect_route("GET", "", "/v1/things/abc", "get", "abc");
	expect_route("PUT", "Content-Length: 5\r\n", "/v1/things/abc", "put", "abc");
	expect_route("GET", "", "/deep/", "deep", "");
	expect_route("GET", "", "/deep/a/b", "deep", "a/b");
}

static void
test_not_found(void **state)
{
	static const char *const paths[] = {
	    "/", "/exact/", "/exac", "/exactly", "/v1", "/v1/things/", "/v1/things/a/b", "/deep"};

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		expect_fault("GET", "", paths[i], FAULT_NOT_FOUND, NULL);
		expect_fault("DELETE", "", paths[i], FAULT_NOT_FOUND, NULL);
	}
}

static void
test_method(void **state)
{
	(void)state;
	expect_fault("GET", "", "/v1/things", FAULT_METHOD_NOT_ALLOWED, "POST, PATCH");
	expect_fault("POST", "", "/exact", FAULT_METHOD_NOT_ALLOWED, "GET, HEAD");
	expect_fault("DELETE", "", "/v1/things/a", FAULT_METHOD_NOT_ALLOWED, "GET, HEAD, PUT");
	expect_fault("OPTIONS", "", "/deep/a", FAULT_METHOD_NOT_ALLOWED, "GET, HEAD");
	expect_fault(
	    "PATCH", "Content-Length: 999999\r\n", "/exact", FAULT_METHOD_NOT_ALLOWED, "GET, HEAD");
}

static void
test_body(void **state)
{
	(void)state;
	expect_route("POST", JSON "Content-Length: 100\r\n", "/v1/things", "post", "");
	expect_route("POST", JSON "Content-Length: 0\r\n", "/v1/things", "post", "");
	expect_fault("POST", JSON "Content-Length: 101\r\n", "/v1/things", FAULT_BODY_TOO_LARGE,
	    "a body of at most 100 bytes");
	expect_fault("POST", JSON, "/v1/things", FAULT_LENGTH_REQUIRED, NULL);
	expect_fault("GET", "Content-Length: 1\r\n", "/exact", FAULT_BAD_REQUEST, NULL);
	expect_fault("HEAD", "Content-Length: 1\r\n", "/exact", FAULT_BAD_REQUEST, NULL);
}

static void
test_media_type(void **state)
{
	static const char *const good[] = {"application/json", "Application/JSON",
	    "application/x+json", "application/json; charset=utf-8",
	    "application/json ;charset=\"x\"", "application/json;"};
	static const char *const bad[] = {"", "text/plain", "application/jsonx", "application/jso",
	    "json", "application/json, text/plain", "text/plain; application/json",
	    ";application/json"};
	char field[128];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		snprintf(
		    field, sizeof(field), "Content-Length: 1\r\nContent-Type: %s\r\n", good[i]);
		expect_route("POST", field, "/v1/things", "post", "");
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		snprintf(field, sizeof(field), "Content-Length: 1\r\nContent-Type: %s\r\n", bad[i]);
		expect_fault("POST", field, "/v1/things", FAULT_MEDIA_TYPE,
		    "Content-Type application/json or application/x+json or application/x-lines");
	}
	expect_fault("POST", "Content-Length: 1\r\n", "/v1/things", FAULT_MEDIA_TYPE, NULL);
}

#define LINES "Content-Type: application/x-lines\r\n"

/* Rows that share method and pattern: each has its own bound, the media type decides. */
static void
test_shared_pattern(void **state)
{
	(void)state;
	expect_route("POST", LINES "Content-Length: 200\r\n", "/v1/things", "many", "");
	expect_route("POST", JSON "Content-Length: 100\r\n", "/v1/things", "post", "");
	expect_route("PATCH", JSON "Content-Length: 300\r\n", "/v1/things", "patch", "");
	expect_fault("POST", LINES "Content-Length: 201\r\n", "/v1/things", FAULT_BODY_TOO_LARGE,
	    "a body of at most 200 bytes");
	expect_fault("POST", JSON "Content-Length: 200\r\n", "/v1/things", FAULT_BODY_TOO_LARGE,
	    "a body of at most 100 bytes");
	expect_fault("POST", LINES, "/v1/things", FAULT_LENGTH_REQUIRED, NULL);
	expect_fault("PATCH", LINES "Content-Length: 1\r\n", "/v1/things", FAULT_MEDIA_TYPE,
	    "Content-Type application/json or application/x+json");
	expect_fault("POST", "Content-Length: 999999\r\n", "/v1/things", FAULT_MEDIA_TYPE, NULL);
	expect_fault("GET", LINES, "/v1/things", FAULT_METHOD_NOT_ALLOWED, "POST, PATCH");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_found),
	    cmocka_unit_test(test_not_found),
	    cmocka_unit_test(test_method),
	    cmocka_unit_test(test_body),
	    cmocka_unit_test(test_media_type),
	    cmocka_unit_test(test_shared_pattern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
