/* test_gate_cost.c — rules on what a million tokens cost: which price holds, and how sure it is.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_cost.h"

#include <math.h>
#include <string.h>

#include "decision.h"
#include "gate_inputs.h"
#include "gate_world.h"
#include "unit.h"

#define HEAD "{\"name\":\"p\",\"candidate\":\"new\",\"baseline\":\"old\",\"rules\":["
#define COST                                                                                       \
	"{\"metric\":\"cost\",\"suite\":\"quality\",\"min_standing\":\"single\",\"where\":{"       \
	"\"place\":\"a\"},"
#define AT_MOST(margin) HEAD COST "\"compare\":\"absolute\",\"margin\":" margin "}]}"
#define LISTED "{\"metric\":\"cost\",\"suite\":\"listed\","

#define HOURLY(name, amount, from)                                                                 \
	"{\"of\":\"hardware\",\"name\":\"" name "\",\"unit\":\"hour\",\"currency\":\"USD\","       \
	"\"amount\":\"" amount "\",\"valid_from\":\"" from "\",\"source\":\"x\"}"
#define SOLD(name, unit, amount)                                                                   \
	"{\"of\":\"model\",\"name\":\"" name "\",\"unit\":\"million_" unit                         \
	"_tokens\",\"currency\":\"USD\",\"amount\":\"" amount                                      \
	"\",\"valid_from\":\"2025-10-01T00:00:00Z\",\"source\":\"x\"}"

static struct finding
worst(struct gate_world *w, const char *policy, enum verdict verdict, enum lack lack)
{
	struct gate_outcome o;
	struct finding d;

	gate_world_judge(w, policy, &o);
	d = o.rules[0].findings[0];
	assert_string_equal(verdict_name(d.verdict), verdict_name(verdict));
	assert_string_equal(lack_name(d.lack), lack_name(lack));
	d.inputs = NULL; /* gone with the outcome */
	gate_outcome_clear(&o);
	return d;
}

static void
rates(struct gate_world *w, size_t n, const double *values)
{
	for (size_t i = 0; i < n; i++)
		gate_world_rate(w, "new", "a", (int)i, values[i])->accepted_at_ms -= 1000;
}

static void
near(double got, double expected)
{
	assert_true(fabs(got - expected) <= 1e-12 * fabs(expected));
}

static void
begin(struct gate_world *w)
{
	gate_world_begin(w, true, false, 0);
}

/* 0.72 an hour and device, two devices: 400 / rate a million. The rate's interval, turned round. */
static void
by_a_rate(void **state)
{
	static const double values[] = {190, 200, 210};
	struct gate_world w;
	struct finding d;

	(void)state;
	begin(&w);
	gate_world_price(&w, HOURLY("a", "0.72", "2025-10-01T00:00:00Z"));
	rates(&w, 3, values);
	d = worst(&w, AT_MOST("3"), VERDICT_GO, LACK_NONE);
	near(d.interval.point, 2);
	near(d.rate.point, 200);
	near(d.interval.low, 400 / d.rate.high);
	near(d.interval.high, 400 / d.rate.low);
	assert_true(d.wide.low <= d.interval.low && d.wide.high >= d.interval.high);
	assert_int_equal(d.interval.kind, INTERVAL_STUDENT);
	assert_int_equal(d.voters, 3);
	assert_int_equal(d.inputs_n, 4); /* three runs and the price */
	assert_true(d.devices == 2);
	worst(&w, AT_MOST("1.5"), VERDICT_NO_GO, LACK_NONE);
	d = worst(&w, AT_MOST("2.1"), VERDICT_INSUFFICIENT, LACK_PRECISION);
	assert_true(d.needed > 3);
	/* working half of the time it costs twice as much */
	d = worst(&w, HEAD COST "\"utilisation\":0.5,\"compare\":\"absolute\",\"margin\":3}]}",
	    VERDICT_NO_GO, LACK_NONE);
	near(d.interval.point, 4);
	gate_world_end(&w);
}

/* The same by the gate on the rate: a limit of C on the cost is one of P·10⁶/(3600·C) on it. */
static void
as_the_rate_would(void **state)
{
	static const double values[] = {150, 190, 200, 210, 230, 260, 300};
	struct gate_world w;
	struct finding cost, rate;

	(void)state;
	begin(&w);
	gate_world_price(&w, HOURLY("a", "0.72", "2025-10-01T00:00:00Z"));
	rates(&w, COUNT(values), values);
	cost = worst(&w, AT_MOST("2"), VERDICT_INSUFFICIENT, LACK_PRECISION);
	rate = worst(&w,
	    HEAD "{\"metric\":\"total\",\"suite\":\"quality\",\"min_standing\":\"single\","
		 "\"compare\":\"absolute\",\"margin\":200}]}",
	    VERDICT_INSUFFICIENT, LACK_PRECISION);
	assert_int_equal(cost.needed, rate.needed);
	near(cost.interval.high, 400 / rate.interval.low);
	gate_world_end(&w);
}

static void
which_price_holds(void **state)
{
	static const double values[] = {200, 200, 200};
	struct gate_world w;
	struct said_price *p;

	(void)state;
	begin(&w);
	rates(&w, 3, values);
	assert_true(worst(&w, AT_MOST("3"), VERDICT_INSUFFICIENT, LACK_PRICE).unpriced);
	gate_world_price(&w, HOURLY("b", "0.1", "2025-10-01T00:00:00Z")); /* of another */
	gate_world_price(&w, HOURLY("a", "0.1", "2026-01-01T00:00:01Z")); /* not yet */
	worst(&w, AT_MOST("3"), VERDICT_INSUFFICIENT, LACK_PRICE);
	gate_world_price(&w, HOURLY("a", "0.72", "2025-11-01T00:00:00Z"));
	near(worst(&w, AT_MOST("3"), VERDICT_GO, LACK_NONE).interval.point, 2);
	gate_world_price(
	    &w, HOURLY("a", "7.2", "2025-10-01T00:00:00Z")); /* said later, but older */
	near(worst(&w, AT_MOST("3"), VERDICT_GO, LACK_NONE).interval.point, 2);
	gate_world_price(&w, HOURLY("a", "1.44", "2025-11-01T00:00:00Z")); /* corrected */
	near(worst(&w, AT_MOST("5"), VERDICT_GO, LACK_NONE).interval.point, 4);
	p = gate_world_price(&w, HOURLY("a", "0.36", "2026-01-01T00:00:00Z"));
	near(worst(&w, AT_MOST("5"), VERDICT_GO, LACK_NONE).interval.point, 1);
	/* what is too old counts no more than a run that is */
	p->accepted_at_ms -= INT64_C(8) * 24 * 3600 * 1000;
	worst(&w, HEAD COST "\"max_age_days\":7,\"compare\":\"absolute\",\"margin\":5}]}",
	    VERDICT_INSUFFICIENT, LACK_PRICE);
	/* in another currency there is none, and nothing is converted */
	worst(&w, HEAD COST "\"currency\":\"EUR\",\"compare\":\"absolute\",\"margin\":5}]}",
	    VERDICT_INSUFFICIENT, LACK_PRICE);
	gate_world_price(&w, HOURLY("a", "0", "2026-01-01T00:00:00Z"));
	worst(&w, AT_MOST("5"), VERDICT_INSUFFICIENT, LACK_PRICE);
	gate_world_end(&w);
}

/* A price that was taken back says nothing. */
static void
taken_back(void **state)
{
	static const double values[] = {200, 200, 200};
	struct gate_world w;
	struct settled *s;

	(void)state;
	begin(&w);
	rates(&w, 3, values);
	s = book_add_statement(&w.book,
	    gate_world_price(&w, HOURLY("a", "0.72", "2025-11-01T00:00:00Z"))->id, KIND_PRICE);
	s->state = STATE_COUNTED;
	worst(&w, AT_MOST("3"), VERDICT_GO, LACK_NONE);
	s->state = STATE_RETRACTED;
	worst(&w, AT_MOST("3"), VERDICT_INSUFFICIENT, LACK_PRICE);
	gate_world_end(&w);
}

/* Both are missing: both are told. */
static void
both_missing(void **state)
{
	struct gate_world w;
	struct finding d;

	(void)state;
	begin(&w);
	d = worst(&w,
	    HEAD "{\"metric\":\"cost\",\"suite\":\"quality\",\"where\":{\"hardware\":\"a\"},"
		 "\"compare\":\"absolute\",\"margin\":5}]}",
	    VERDICT_INSUFFICIENT, LACK_RUNS);
	assert_true(d.unpriced);
	gate_world_rate(&w, "new", "a", 1, 200);
	assert_true(worst(&w, AT_MOST("5"), VERDICT_INSUFFICIENT, LACK_SUBMITTERS).unpriced);
	gate_world_end(&w);
}

/* On the same machine the price is the same, and need not be known. */
static void
against_a_baseline(void **state)
{
	static const double values[] = {200, 210, 220};
	struct gate_world w;
	struct finding d;

	(void)state;
	begin(&w);
	rates(&w, 3, values);
	for (int i = 0; i < 3; i++)
		gate_world_rate(&w, "old", "a", i, values[i] * 1.25);
	d = worst(
	    &w, HEAD COST "\"compare\":\"baseline\",\"margin\":0.3}]}", VERDICT_GO, LACK_NONE);
	near(d.interval.point, 1.25);
	worst(&w, HEAD COST "\"compare\":\"baseline\",\"margin\":0.2}]}", VERDICT_NO_GO, LACK_NONE);
	gate_world_end(&w);
}

static void
where_it_is_sold(void **state)
{
	static const char policy[] = HEAD LISTED "\"compare\":\"absolute\",\"margin\":2}]}";
	struct gate_world w;
	struct finding d;

	(void)state;
	begin(&w);
	worst(&w, policy, VERDICT_INSUFFICIENT, LACK_PRICE);
	gate_world_price(&w, SOLD("new", "input", "0.5"));
	gate_world_price(&w, SOLD("newer", "output", "0.5"));
	worst(&w, policy, VERDICT_INSUFFICIENT, LACK_PRICE);
	gate_world_price(&w, SOLD("new", "output", "2.5"));
	d = worst(&w, policy, VERDICT_NO_GO, LACK_NONE);
	assert_int_equal(d.interval.kind, INTERVAL_LISTED);
	assert_int_equal(d.standing, STANDING_REPORTED);
	assert_int_equal(d.voters, 0);
	assert_int_equal(d.inputs_n, 1);
	assert_true(d.interval.point == 2.5 && d.interval.low == 2.5 && d.interval.high == 2.5);
	worst(&w,
	    "{\"name\":\"p\",\"candidate\":\"new@main+Q4\",\"rules\":[" LISTED
	    "\"compare\":\"absolute\",\"margin\":2}]}",
	    VERDICT_NO_GO, LACK_NONE);
	worst(&w, HEAD LISTED "\"rate\":\"input\",\"compare\":\"absolute\",\"margin\":0.5}]}",
	    VERDICT_GO, LACK_NONE);
	worst(&w, HEAD LISTED "\"compare\":\"baseline\",\"margin\":0.3}]}", VERDICT_INSUFFICIENT,
	    LACK_BASELINE);
	gate_world_price(&w, SOLD("old", "output", "2"));
	d = worst(
	    &w, HEAD LISTED "\"compare\":\"baseline\",\"margin\":0.3}]}", VERDICT_GO, LACK_NONE);
	near(d.interval.point, 1.25);
	gate_world_end(&w);
}

static void
refusals(void **state)
{
	static const struct {
		const char *rule, *path;
	} rows[] = {
	    {"\"metric\":\"score\",\"suite\":\"quality\",\"utilisation\":0.5",
		"/rules/0/utilisation"},
	    {"\"metric\":\"score\",\"suite\":\"quality\",\"rate\":\"total\"", "/rules/0/rate"},
	    {"\"metric\":\"cost\",\"suite\":\"quality\",\"rate\":\"score\"", "/rules/0/rate"},
	    {"\"metric\":\"cost\",\"suite\":\"quality\",\"utilisation\":0", "/rules/0/utilisation"},
	    {"\"metric\":\"cost\",\"suite\":\"quality\",\"utilisation\":1.5",
		"/rules/0/utilisation"},
	    {"\"metric\":\"cost\",\"suite\":\"quality\",\"currency\":\"usd\"", "/rules/0/currency"},
	    {"\"metric\":\"cost\",\"suite\":\"quality\",\"currency\":\"US\"", "/rules/0/currency"},
	    {"\"metric\":\"cost\",\"suite\":\"listed\",\"where\":{}", "/rules/0/where"},
	    {"\"metric\":\"cost\",\"suite\":\"listed\",\"min_submitters\":2",
		"/rules/0/min_submitters"},
	    {"\"metric\":\"cost\",\"suite\":\"listed\",\"rate\":\"total\"", "/rules/0/rate"},
	    {"\"metric\":\"cost\",\"suite\":\"nothing\"", "/rules/0/suite"},
	    {"\"metric\":\"score\",\"suite\":\"listed\"", "/rules/0/suite"},
	};
	struct gate_world w;

	(void)state;
	begin(&w);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct suite *suites[] = {w.suite};
		const struct suite_set set = {suites, 1};
		struct text policy = {0};
		struct gate_policy p;
		struct fault f = {0};

		text_addf(&policy,
		    "{\"name\":\"p\",\"rules\":[{%s,\"compare\":\"absolute\",\"margin\":1}]}",
		    rows[i].rule);
		assert_false(gate_policy_read(policy.data, policy.n, &p, &f) &&
			     gate_policy_bind(&p, &set, &f));
		assert_string_equal(f.path, rows[i].path);
		assert_true(f.expected[0] != 0);
		gate_policy_clear(&p);
		text_clear(&policy);
	}
	gate_world_end(&w);
}

/* A decision's statements are found by their digest, the price among them. */
static void
inputs_by_name(void **state)
{
	static const double values[] = {200, 200, 200};
	static const char listed[] = HEAD LISTED "\"compare\":\"absolute\",\"margin\":2}]}";
	const char *const policies[] = {AT_MOST("3"), listed};
	struct gate_world w;

	(void)state;
	begin(&w);
	rates(&w, 3, values);
	gate_world_price(&w, HOURLY("a", "0.72", "2025-10-01T00:00:00Z"));
	gate_world_price(&w, SOLD("new", "output", "1"));
	for (size_t i = 0; i < COUNT(policies); i++) {
		struct gate_policy policy;
		struct gate_outcome o = {0};
		struct gate_query q = {.policy = &policy,
		    .candidate = "new",
		    .baseline = "old",
		    .evaluated_at_ms = WORLD_NOW_MS};
		json_t *rules, *inputs;

		gate_world_policy(&w, policies[i], &policy);
		assert_true(gate_evaluate(&w.evidence, &q, &o));
		rules = decision_rules(&o);
		inputs =
		    decision_inputs(&w.evidence, &q, &policy.rules[0], json_array_get(rules, 0));
		assert_int_equal(json_array_size(inputs), i == 0 ? 4 : 1);
		q.evaluated_at_ms -= INT64_C(200) * 24 * 3600 * 1000; /* before the price */
		json_decref(inputs);
		inputs =
		    decision_inputs(&w.evidence, &q, &policy.rules[0], json_array_get(rules, 0));
		assert_true(json_is_null(inputs));
		json_decref(inputs);
		json_decref(rules);
		gate_outcome_clear(&o);
		gate_policy_clear(&policy);
	}
	gate_world_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(by_a_rate),
	    cmocka_unit_test(as_the_rate_would),
	    cmocka_unit_test(which_price_holds),
	    cmocka_unit_test(taken_back),
	    cmocka_unit_test(both_missing),
	    cmocka_unit_test(against_a_baseline),
	    cmocka_unit_test(where_it_is_sold),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(inputs_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
