/* test_address.c — addresses and ranges in text, and who stands behind a proxy.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "address.h"
#include "forwarded.h"
#include "unit.h"

static struct address
address(const char *text)
{
	struct address a;

	if (!address_read(text, strlen(text), &a))
		fail_msg("\"%s\" is no address", text);
	return a;
}

static void
test_read(void **state)
{
	static const char *const good[][2] = {{"192.0.2.7", "192.0.2.7"},
	    {"2001:DB8::7", "2001:db8::7"}, {"::ffff:192.0.2.7", "192.0.2.7"},
	    {"::ffff:c000:207", "192.0.2.7"}, {"::", "::"}, {"::192.0.2.7", "::192.0.2.7"}};
	static const char *const bad[] = {"", " ", "192.0.2", "192.0.2.256", "192.0.2.7 ",
	    "192.0.2.07", "192.0.2.7:80", "[2001:db8::7]", "2001:db8::7%eth0", "2001:db8:::7",
	    "unknown", "_x", "0x7f.1", "1111:2222:3333:4444:5555:6666:7777:8888:9999",
	    "1111:2222:3333:4444:5555:6666:255.255.255.2555555555"};
	struct address a;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_string_equal(address(good[i][0]).text, good[i][1]);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (address_read(bad[i], strlen(bad[i]), &a))
			fail_msg("\"%s\" was read as %s", bad[i], a.text);
	assert_false(address_read("192.0.2.7\0", 10, &a));
	assert_true(address_read("192.0.2.77", 9, &a));
	assert_string_equal(a.text, "192.0.2.7");
}

static bool
same_network(const char *one, const char *two)
{
	struct address a = address(one), b = address(two);
	uint8_t x[ADDRESS_BYTES], y[ADDRESS_BYTES];

	address_network(&a, x);
	address_network(&b, y);
	return memcmp(x, y, sizeof(x)) == 0;
}

static void
test_network(void **state)
{
	(void)state;
	assert_true(same_network("192.0.2.7", "::ffff:192.0.2.7"));
	assert_false(same_network("192.0.2.7", "192.0.2.8"));
	assert_true(same_network("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff"));
	assert_false(same_network("2001:db8:0:1::1", "2001:db8:0:2::1"));
	assert_false(same_network("0.0.0.0", "::"));
}

static bool
has(const char *ranges, const char *text)
{
	struct address_ranges read;
	struct address a = address(text);
	struct fault f = {0};

	if (!address_ranges_read(ranges, "trusted_proxies", &read, &f))
		fail_msg("\"%s\": %s", ranges, f.got);
	return address_ranges_have(&read, &a);
}

static void
test_ranges(void **state)
{
	(void)state;
	assert_false(has("", "192.0.2.7"));
	assert_true(has("192.0.2.7", "192.0.2.7"));
	assert_true(has("192.0.2.7", "::ffff:192.0.2.7"));
	assert_false(has("192.0.2.7", "192.0.2.6"));
	assert_true(has("10.0.0.0/9", "10.127.255.255"));
	assert_false(has("10.0.0.0/9", "10.128.0.0"));
	assert_true(has("0.0.0.0/0", "203.0.113.9"));
	assert_false(has("0.0.0.0/0", "2001:db8::1"));
	assert_true(has("2001:db8::/33", "2001:db8:7fff::1"));
	assert_false(has("2001:db8::/33", "2001:db8:8000::1"));
	assert_true(has("::/0", "2001:db8::1"));
	assert_false(has("::/0", "192.0.2.7")); /* who trusts all of IPv6 said nothing of IPv4 */
	assert_true(has("::ffff:10.0.0.0/104", "10.1.2.3"));
	assert_true(has(" ::1,\t127.0.0.1 ,, 10.0.0.0/8", "10.1.2.3"));
}

static void
test_ranges_refused(void **state)
{
	static const char *const bad[] = {"nginx", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
	    "10.0.0.0/0x8", "10.0.0.0/008 1", "10.0.0.1/8", "2001:db8::/129", "2001:db8::1/64",
	    "10.0.0.0/8/8", "10.0.0.0/0008", "/8", "10.0.0.0;10.0.0.1"};
	struct address_ranges read;
	char many[ADDRESS_RANGES_MAX * 8 + 16] = "";

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct fault f = {0};

		if (address_ranges_read(bad[i], "here", &read, &f))
			fail_msg("\"%s\" was read", bad[i]);
		assert_int_equal(f.code, FAULT_OPTION);
		assert_string_equal(f.path, "here");
	}
	for (int i = 0; i < ADDRESS_RANGES_MAX; i++)
		strcat(many, "1.1.1.1 ");
	assert_true(address_ranges_read(many, "here", &read, NULL));
	strcat(many, "1.1.1.1");
	assert_false(address_ranges_read(many, "here", &read, NULL));
}

/* Who is behind 127.0.0.1 or another peer, given the head's further fields. */
static void
expect_client(const char *trusted, const char *peer, const char *fields, const char *expected)
{
	static const struct http_limits limits = {.head_max_bytes = 4096, .fields_max_n = 100};
	struct address_ranges ranges;
	struct address from = address(peer), client;
	struct http_head head;
	struct fault f = {0};
	char request[4096];

	snprintf(request, sizeof(request), "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", fields);
	assert_int_equal(http_head_read(request, strlen(request), &limits, &head, &f), HTTP_DONE);
	assert_true(address_ranges_read(trusted, "here", &ranges, &f));
	forwarded_client(&head, &ranges, &from, &client);
	if (strcmp(client.text, expected) != 0)
		fail_msg("%s%s: %s instead of %s", peer, fields, client.text, expected);
}

#define XFF "X-Forwarded-For: "

static void
test_forwarded(void **state)
{
	static const char near[] = "127.0.0.1, ::1, 10.0.0.0/8", own[] = "127.0.0.1";

	(void)state;
	expect_client("", own, XFF "192.0.2.7\r\n", own);
	expect_client(near, "192.0.2.1", XFF "192.0.2.7\r\n", "192.0.2.1");
	expect_client(near, own, "", own);
	expect_client(near, own, XFF "192.0.2.7\r\n", "192.0.2.7");
	expect_client(near, "::1", "x-forwarded-for:2001:db8::7\r\n", "2001:db8::7");
	/* what the client itself put in front counts for nothing */
	expect_client(near, own, XFF "198.51.100.1, 192.0.2.7\r\n", "192.0.2.7");
	expect_client(near, own, XFF "127.0.0.1, 192.0.2.7\r\n", "192.0.2.7");
	/* proxies behind proxies, over one field or several */
	expect_client(near, own, XFF "6.6.6.6, 192.0.2.7 , 10.1.1.1,10.2.2.2\r\n", "192.0.2.7");
	expect_client(
	    near, own, XFF "6.6.6.6, 192.0.2.7\r\nA: b\r\n" XFF "10.1.1.1\r\n", "192.0.2.7");
	/* the last good hop, where the list ends or is garbage */
	expect_client(near, own, XFF "10.3.3.3, 10.2.2.2\r\n", "10.3.3.3");
	expect_client(near, own, XFF "192.0.2.7, unknown, 10.2.2.2\r\n", "10.2.2.2");
	expect_client(near, own, XFF "192.0.2.7,\r\n", own);
	expect_client(near, own, XFF "\r\n", own);
	expect_client(near, own, XFF "192.0.2.7:1234\r\n", own);
	expect_client(near, own, XFF "192.0.2.7 10.1.1.1\r\n", own);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read),
	    cmocka_unit_test(test_network),
	    cmocka_unit_test(test_ranges),
	    cmocka_unit_test(test_ranges_refused),
	    cmocka_unit_test(test_forwarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
