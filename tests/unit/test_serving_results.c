/* test_serving_results.c — rates and waiting times from streams that are known.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "serving_results.h"
#include "unit.h"

/* Return the results of a level, new. */
static json_t *
results_of(const char *text)
{
	json_t *line = json_loads(text, 0, NULL), *results = json_array();

	assert_non_null(line);
	assert_true(serving_results(line, 2, 10, results));
	json_decref(line);
	return results;
}

static const json_t *
named(const json_t *results, const char *metric)
{
	const json_t *one;
	size_t k;

	json_array_foreach (results, k, one)
		if (strcmp(json_get_text(one, "metric"), metric) == 0)
			return one;
	return NULL;
}

static void
expect(const json_t *results, const char *metric, double value, int64_t n)
{
	const json_t *one = named(results, metric);

	if (one == NULL || fabs(json_get_real(one, "value") - value) > 1e-12 * (1 + fabs(value)) ||
	    json_get_whole(one, "n") != n)
		fail_msg("%s: %g of %lld", metric, json_get_real(one, "value"),
		    (long long)json_get_whole(one, "n"));
}

static const char *
token_count(const json_t *results)
{
	return json_get_text(
	    json_object_get(json_array_get(results, 0), "conditions"), "token_count");
}

static void
counted(void **state)
{
	json_t *r = results_of("{\"wall_s\":4.0,\"streams\":["
			       "{\"ttft_s\":0.5,\"span_s\":1.0,\"pieces\":5,\"tokens\":5},"
			       "{\"ttft_s\":0.1,\"span_s\":2.0,\"pieces\":7,\"tokens\":9},"
			       "{\"failed\":true},"
			       "{\"ttft_s\":0.2,\"span_s\":0.0,\"pieces\":1,\"tokens\":1}]}");

	(void)state;
	assert_string_equal(token_count(r), "server");
	expect(r, "ttft", 0.2, 3);
	expect(r, "ttft_p95", 0.5, 3);
	expect(r, "decode", 4, 2); /* 4/1 and 8/2 */
	expect(r, "inter_token", 0.25, 2);
	assert_true(json_get_real(named(r, "decode"), "sd") == 0);
	expect(r, "total", 15 / 4.0, 3);
	expect(r, "failed", 0.25, 4);
	json_decref(r);
}

static void
estimated(void **state)
{
	static const char *const tokens[] = {
	    "", ",\"tokens\":4", ",\"tokens\":11", ",\"tokens\":0"};

	(void)state;
	for (size_t k = 0; k < COUNT(tokens); k++) {
		char text[300];
		json_t *r;

		snprintf(text, sizeof(text),
		    "{\"wall_s\":2.0,\"streams\":["
		    "{\"ttft_s\":0.5,\"span_s\":1.0,\"pieces\":5%s},"
		    "{\"ttft_s\":0.3,\"span_s\":2.0,\"pieces\":7,\"tokens\":9}]}",
		    tokens[k]);
		r = results_of(text);
		assert_string_equal(token_count(r), "estimated");
		expect(r, "ttft", 0.4, 2);
		expect(r, "decode", 3.5, 2); /* 4/1 and 6/2 */
		assert_true(fabs(json_get_real(named(r, "decode"), "sd") - sqrt(0.5)) < 1e-12);
		expect(r, "total", 6, 2);
		json_decref(r);
	}
}

static void
nothing(void **state)
{
	json_t *r = results_of("{\"wall_s\":0.0,\"streams\":[{\"failed\":true}]}");

	(void)state;
	assert_int_equal(json_array_size(r), 1);
	expect(r, "failed", 1, 1);
	json_decref(r);
	r = results_of("{}");
	assert_int_equal(json_array_size(r), 0);
	json_decref(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counted),
	    cmocka_unit_test(estimated),
	    cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
