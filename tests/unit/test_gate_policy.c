/* test_gate_policy.c — policies that are taken, those that are not, and the lines faults point to.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_policy.h"

#include <string.h>

#include "unit.h"

#define RULE "{\"metric\":\"m\",\"suite\":\"s\",\"compare\":\"absolute\",\"margin\":1}"

static bool
reads(const char *text, struct fault *f)
{
	struct gate_policy p;
	bool done = gate_policy_read(text, strlen(text), &p, f);

	gate_policy_clear(&p);
	return done;
}

static void
defaults(void **state)
{
	static const char text[] = "{\"name\":\"p\",\"rules\":[" RULE "]}";
	struct gate_policy p;

	(void)state;
	assert_true(gate_policy_read(text, strlen(text), &p, NULL));
	assert_string_equal(p.name, "p");
	assert_null(p.candidate);
	assert_null(p.baseline);
	assert_int_equal(p.settle_hours, 0);
	assert_int_equal(p.rules_n, 1);
	assert_int_equal(p.rules[0].min_standing, STANDING_CORROBORATED);
	assert_int_equal(p.rules[0].min_submitters, 2);
	assert_int_equal(p.rules[0].min_submitters_internal, 0);
	assert_int_equal(p.rules[0].max_age_days, 0);
	assert_false(p.rules[0].warns);
	assert_false(p.rules[0].against_baseline);
	gate_policy_clear(&p);
}

static void
refusals(void **state)
{
	static const struct {
		const char *text, *path;
	} rows[] = {
	    {"{\"rules\":[" RULE "]}", "/name"},
	    {"{\"name\":\"p\"}", "/rules"},
	    {"{\"name\":\"p\",\"rules\":[]}", "/rules"},
	    {"{\"name\":\"p\",\"rules\":[{}]}", "/rules/0/metric"},
	    {"{\"name\":\"p\",\"colour\":1,\"rules\":[" RULE "]}", "/colour"},
	    {"{\"name\":\"p\",\"rules\":[" RULE "," RULE "]}", "/rules/1"},
	    {"{\"name\":\"p\",\"settle_hours\":-1,\"rules\":[" RULE "]}", "/settle_hours"},
	    {"{\"name\":\"p\",\"rules\":[{\"metric\":\"m\",\"suite\":\"s\",\"compare\":\"nearly\","
	     "\"margin\":1}]}",
		"/rules/0/compare"},
	    {"{\"name\":\"p\",\"rules\":[{\"metric\":\"m\",\"suite\":\"s\",\"compare\":"
	     "\"baseline\","
	     "\"margin\":-1}]}",
		"/rules/0/margin"},
	    {"{\"name\":\"p\",\"rules\":[{\"metric\":\"m\",\"suite\":\"s\",\"compare\":"
	     "\"absolute\","
	     "\"margin\":1,\"severity\":\"warn\"}]}",
		"/rules"},
	    {"{\"name\":\"p\",\"rules\":[{\"metric\":\"m\",\"suite\":\"s\",\"compare\":"
	     "\"absolute\","
	     "\"margin\":1,\"min_standing\":\"contested\"}]}",
		"/rules/0/min_standing"},
	    {"{\"name\":\"p\",\"rules\":[{\"metric\":\"m\",\"suite\":\"s\",\"compare\":"
	     "\"absolute\","
	     "\"margin\":1,\"min_submitters\":1}]}",
		"/rules/0/min_submitters"},
	    {"[]", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = {0};

		assert_false(reads(rows[i].text, &f));
		assert_string_equal(f.path, rows[i].path);
		assert_true(f.expected[0] != 0);
	}
}

/* The same question for another severity, or another place, is another rule. */
static void
not_the_same(void **state)
{
	(void)state;
	assert_true(
	    reads("{\"name\":\"p\",\"rules\":[" RULE
		  ",{\"metric\":\"m\",\"suite\":\"s\",\"compare\":\"absolute\",\"margin\":2,"
		  "\"severity\":\"warn\"},{\"metric\":\"m\",\"suite\":\"s\",\"where\":{\"a\":1},"
		  "\"compare\":\"absolute\",\"margin\":2}]}",
		NULL));
}

static void
lines(void **state)
{
	static const char text[] =
	    "\n{ \"a\": \"x\\\"}\",\n \"b\": [ {\"c\": 1},\n  {\"c\":\n -2.5e3, "
	    "\"d/e\": [[],\n{}]}\n], \"z\": true }\n";
	static const struct {
		const char *pointer;
		size_t line;
	} rows[] = {{"", 2}, {"/a", 2}, {"/b", 3}, {"/b/0", 3}, {"/b/0/c", 3}, {"/b/1", 4},
	    {"/b/1/c", 5}, {"/b/1/d~1e", 5}, {"/b/1/d~1e/1", 6}, {"/z", 7}, {"/b/2", 3},
	    {"/b/1/missing", 4}, {"/nothing/at/all", 2}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(json_line(text, strlen(text), rows[i].pointer), rows[i].line);
	/* what ends too early ends the search too */
	for (size_t n = 0; n < strlen(text); n++)
		assert_in_range(json_line(text, n, "/b/1/d~1e/1"), 1, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(defaults),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(not_the_same),
	    cmocka_unit_test(lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
