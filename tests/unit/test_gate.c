/* test_gate.c — GO, NO-GO and INSUFFICIENT, and what each asks for.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate.h"

#include <math.h>
#include <string.h>

#include "gate_inputs.h"
#include "gate_world.h"
#include "json.h"
#include "quantile.h"
#include "table.h"
#include "unit.h"

#define HEAD "{\"name\":\"p\",\"candidate\":\"new\",\"baseline\":\"old\",\"rules\":["
#define RULE "{\"metric\":\"score\",\"suite\":\"quality\",\"min_standing\":\"single\","
#define ABSOLUTE HEAD RULE "\"compare\":\"absolute\",\"margin\":10}]}"
#define BASELINE HEAD RULE "\"compare\":\"baseline\",\"margin\":1}]}"

static void
votes(struct gate_world *w, const char *model, const char *place, size_t n, const double *values)
{
	for (size_t i = 0; i < n; i++)
		gate_world_run(w, model, place, (int)i, values[i]);
}

/* Judge by one rule, and return its worst finding. */
static struct finding
worst(struct gate_world *w, const char *policy)
{
	struct gate_outcome o;
	struct finding d;

	gate_world_judge(w, policy, &o);
	d = o.rules[0].findings[0];
	assert_int_equal(o.result, d.verdict);
	d.inputs = NULL; /* gone with the outcome */
	gate_outcome_clear(&o);
	return d;
}

static void
expect(struct gate_world *w, const char *policy, enum verdict verdict, enum lack lack)
{
	struct finding d = worst(w, policy);

	assert_string_equal(verdict_name(d.verdict), verdict_name(verdict));
	assert_string_equal(lack_name(d.lack), lack_name(lack));
}

static void
sides_of_a_limit(void **state)
{
	static const double good[] = {11, 11.5, 12, 12.5, 13}, bad[] = {7, 7.5, 8, 8.5, 9};
	static const double about[] = {9, 9.5, 10.5, 11, 11.5};
	struct gate_world w;

	(void)state;
	for (int higher = 0; higher <= 1; higher++)
		for (int log_scale = 0; log_scale <= 1; log_scale++) {
			gate_world_begin(&w, higher, log_scale, 0);
			expect(&w, ABSOLUTE, VERDICT_INSUFFICIENT, LACK_RUNS);
			votes(&w, "new", "a", 5, good);
			expect(&w, ABSOLUTE, higher ? VERDICT_GO : VERDICT_NO_GO, LACK_NONE);
			votes(&w, "new", "b", 5, about);
			expect(&w, ABSOLUTE, higher ? VERDICT_INSUFFICIENT : VERDICT_NO_GO,
			    higher ? LACK_PRECISION : LACK_NONE);
			votes(&w, "new", "c", 5, bad);
			expect(&w, ABSOLUTE, VERDICT_NO_GO, LACK_NONE);
			gate_world_end(&w);
		}
}

/* On the limit is on the good side. */
static void
the_limit_itself(void **state)
{
	static const double same[] = {10, 10, 10};
	struct gate_world w;

	(void)state;
	gate_world_begin(&w, true, false, 0);
	votes(&w, "new", "a", 3, same);
	expect(&w, ABSOLUTE, VERDICT_GO, LACK_NONE);
	gate_world_end(&w);
}

static void
one_never_decides(void **state)
{
	struct gate_world w;
	struct finding d;

	(void)state;
	gate_world_begin(&w, true, false, 0);
	for (int i = 0; i < 9; i++)
		gate_world_run(&w, "new", "a", 1, 500);
	d = worst(&w, ABSOLUTE);
	assert_int_equal(d.verdict, VERDICT_INSUFFICIENT);
	assert_int_equal(d.lack, LACK_SUBMITTERS);
	assert_int_equal(d.voters, 1);
	assert_int_equal(d.inputs_n, 5); /* the latest that make a vote */
	gate_world_run(&w, "new", "a", 2, 501);
	expect(&w, ABSOLUTE, VERDICT_GO, LACK_NONE);
	gate_world_end(&w);
}

static void
standing_is_asked_for(void **state)
{
	static const double values[] = {20, 20.1, 20.2, 20.3};
	static const char corroborated[] = HEAD
	    "{\"metric\":\"score\",\"suite\":\"quality\",\"compare\":\"absolute\",\"margin\":10}]}";
	struct gate_world w;

	(void)state;
	gate_world_begin(&w, true, false, 0);
	votes(&w, "new", "a", 4, values);
	expect(&w, corroborated, VERDICT_INSUFFICIENT, LACK_STANDING);
	gate_world_voter(&w, 0)->trusted = true;
	expect(&w, corroborated, VERDICT_GO, LACK_NONE);
	/* two established far apart: contested, whatever the rule asks for */
	gate_world_voter(&w, 1)->trusted = true;
	gate_world_run(&w, "new", "a", 1, 90);
	gate_world_run(&w, "new", "a", 1, 90);
	gate_world_run(&w, "new", "a", 1, 90);
	expect(&w, ABSOLUTE, VERDICT_INSUFFICIENT, LACK_AGREEMENT);
	gate_world_end(&w);
}

static void
the_old_are_left_out(void **state)
{
	static const char week[] =
	    HEAD RULE "\"compare\":\"absolute\",\"margin\":10,\"max_age_days\":7}]}";
	static const double bad[] = {5, 5, 5}, good[] = {15, 15, 15};
	struct gate_world w;
	struct gate_outcome o;

	(void)state;
	gate_world_begin(&w, true, false, 0);
	votes(&w, "new", "a", 3, bad);
	for (size_t i = 0; i < 3; i++)
		w.evidence.sources[i].accepted_at_ms -= INT64_C(7) * 86400000;
	expect(&w, week, VERDICT_NO_GO, LACK_NONE); /* seven days old is not older */
	for (size_t i = 0; i < 3; i++)
		w.evidence.sources[i].accepted_at_ms--;
	expect(&w, week, VERDICT_INSUFFICIENT, LACK_RUNS);
	expect(&w, ABSOLUTE, VERDICT_NO_GO, LACK_NONE);
	votes(&w, "new", "b", 3, good);
	gate_world_judge(&w, week, &o);
	assert_int_equal(o.result, VERDICT_GO);
	assert_int_equal(o.rules[0].findings_n, 1);
	assert_int_equal(o.rules[0].stale_n, 1);
	gate_outcome_clear(&o);
	gate_world_end(&w);
}

/* NO-GO asks for more the more places are looked at: k times as many chances to be wrong. */
static void
many_places(void **state)
{
	static const double good[] = {11, 11, 11, 11};
	struct gate_world w;
	struct gate_outcome o;
	struct finding alone, among;
	char place[8];

	(void)state;
	gate_world_begin(&w, true, false, 0);
	votes(&w, "new", "a", 4, (const double[]){7, 7.2, 7.4, 8.4});
	alone = worst(&w, ABSOLUTE);
	assert_int_equal(alone.verdict, VERDICT_NO_GO);
	assert_true(alone.wide.high == alone.interval.high);
	for (int i = 0; i < 9; i++) {
		place[0] = (char)('b' + i);
		place[1] = 0;
		votes(&w, "new", place, 4, good);
	}
	gate_world_judge(&w, ABSOLUTE, &o);
	assert_int_equal(o.pairs_n, 10);
	among = o.rules[0].findings[0];
	assert_true(among.wide.high > alone.wide.high);
	assert_true(among.interval.high == alone.interval.high);
	/* t(0.995, 3) and the votes' mean and spread */
	{
		double mean = 7.5, s = sqrt((0.25 + 0.09 + 0.01 + 0.81) / 3);

		expect_near(among.wide.high, mean + quantile_t(0.995, 3) * s / 2, 1e-12);
	}
	gate_outcome_clear(&o);
	gate_world_end(&w);
}

static void
deltas_within_submitters(void **state)
{
	/* the submitters differ far more than the models do */
	static const double old[] = {10, 50, 200, 400}, new[] = {9.6, 49.4, 199.5, 399.7};
	static const double worse[] = {7.9, 48.1, 197.8, 398.0};
	struct gate_world w;
	struct finding d;

	(void)state;
	gate_world_begin(&w, true, false, 0);
	votes(&w, "new", "a", 4, new);
	expect(&w, BASELINE, VERDICT_INSUFFICIENT, LACK_BASELINE);
	votes(&w, "old", "b", 4, old); /* another place is no baseline */
	expect(&w, BASELINE, VERDICT_INSUFFICIENT, LACK_BASELINE);
	votes(&w, "old", "a", 4, old);
	d = worst(&w, BASELINE);
	assert_int_equal(d.verdict, VERDICT_GO);
	assert_int_equal(d.interval.kind, INTERVAL_STUDENT);
	expect_near(d.interval.point, -0.45, 1e-9);
	assert_int_equal(d.inputs_n, 8);
	for (int k = 0; k < 5; k++)
		votes(&w, "new", "a", 4, worse);
	expect(&w, BASELINE, VERDICT_NO_GO, LACK_NONE);
	gate_world_end(&w);
}

/* Nobody, or one alone, measured both: both sides' own noise counts. */
static void
unpaired(void **state)
{
	struct gate_world w;
	struct finding d;

	(void)state;
	gate_world_begin(&w, true, false, 0);
	for (int i = 0; i < 4; i++) {
		gate_world_run(&w, "new", "a", i, 20 + 0.01 * i);
		gate_world_run(&w, "old", "a", i + 3, 20 + 0.01 * i);
	}
	d = worst(&w, BASELINE);
	assert_int_equal(d.interval.kind, INTERVAL_UNPAIRED);
	assert_int_equal(d.verdict, VERDICT_GO);
	assert_int_equal(d.voters, 4);
	gate_world_end(&w);
}

static void
ratios(void **state)
{
	static const char tenth[] = HEAD RULE "\"compare\":\"baseline\",\"margin\":0.1}]}";
	static const double old[] = {100, 200, 400}, slower[] = {92, 184, 368};
	struct gate_world w;
	struct gate_outcome o;

	(void)state;
	gate_world_begin(&w, true, true, 0);
	votes(&w, "old", "a", 3, old);
	votes(&w, "new", "a", 3, slower);
	gate_world_judge(&w, tenth, &o);
	assert_int_equal(o.result, VERDICT_GO);
	expect_near(o.rules[0].findings[0].interval.point, 0.92, 1e-12);
	gate_outcome_clear(&o);
	gate_world_end(&w);
	/* the same ratio where less is better is a gain; its inverse is a loss within a tenth */
	gate_world_begin(&w, false, true, 0);
	votes(&w, "old", "a", 3, slower);
	votes(&w, "new", "a", 3, old);
	expect(&w, tenth, VERDICT_GO, LACK_NONE);
	gate_world_end(&w);
}

/* How many would decide: the first n at which the interval and the point's noise leave the limit
 * aside. */
static void
how_many_more(void **state)
{
	struct gate_world w;
	struct finding d;
	double s;
	int64_t n = 4;

	(void)state;
	gate_world_begin(&w, true, false, 0);
	votes(&w, "new", "a", 4, (const double[]){9.5, 10.5, 11.5, 12.5});
	d = worst(&w, ABSOLUTE);
	assert_int_equal(d.lack, LACK_PRECISION);
	s = d.interval.spread;
	expect_near(s, sqrt(5. / 3), 1e-12);
	while ((quantile_t(0.95, n - 1) * (n >= 6 ? sqrt(acos(-1) / 2) : 1) + quantile_t(0.6, 3)) *
		   s / sqrt((double)n) >
	       1)
		n++;
	assert_int_equal(d.needed, n);
	assert_true(n > 6);
	gate_world_end(&w);
	/* on the limit no number decides */
	gate_world_begin(&w, true, false, 0);
	votes(&w, "new", "a", 4, (const double[]){9, 9.5, 10.5, 11});
	assert_int_equal(worst(&w, ABSOLUTE).needed, 0);
	gate_world_end(&w);
}

/* The choice of questions is noise too: the same votes, with and without items that differ. */
static void
items_widen(void **state)
{
	static const char half[] = HEAD RULE "\"compare\":\"absolute\",\"margin\":0.4}]}";
	struct gate_world w;
	struct finding plain, joined;
	/* four clusters of two, each one off the mean in sum: se² = 4/3 · 4 · 1² / 8² = 1/12 */
	double se = sqrt(1. / 12), t = quantile_t(0.95, 3);

	(void)state;
	gate_world_begin(&w, true, false, 8);
	votes(&w, "new", "a", 3, (const double[]){0.5, 0.5, 0.5});
	plain = worst(&w, half);
	assert_int_equal(plain.verdict, VERDICT_GO);
	assert_true(plain.interval.low == 0.5);
	for (size_t i = 0; i < 3; i++)
		gate_world_items(&w, &w.evidence.sources[i], "[1,1,1,1,0,0,0,0]");
	joined = worst(&w, half);
	expect_near(joined.interval.low, 0.5 - t * se, 1e-12);
	expect_near(joined.interval.high, 0.5 + t * se, 1e-12);
	assert_int_equal(joined.lack, LACK_PRECISION);
	gate_world_end(&w);
}

/* Against a baseline only the questions on which the two differ are noise. */
static void
items_pair(void **state)
{
	static const char tenth[] = HEAD RULE "\"compare\":\"baseline\",\"margin\":0.1}]}";
	struct gate_world w;
	struct finding d;

	(void)state;
	gate_world_begin(&w, true, false, 8);
	for (int i = 0; i < 3; i++) {
		gate_world_items(&w, gate_world_run(&w, "old", "a", i, 0.5), "[1,1,1,1,0,0,0,0]");
		gate_world_items(
		    &w, gate_world_run(&w, "new", "a", i, 0.5), "[1,1,1,1,0,0,0,null]");
	}
	d = worst(&w, tenth);
	assert_int_equal(d.verdict, VERDICT_GO);
	assert_true(d.interval.low == 0 && d.interval.high == 0);
	/* the vote is the mean difference over common items, not the difference of the values */
	gate_world_items(&w, gate_world_run(&w, "new", "a", 0, 0.9), "[0,1,1,1,0,0,0,0]");
	d = worst(&w, tenth);
	assert_true(d.interval.point == 0);
	gate_world_end(&w);
}

static void
inputs_are_named(void **state)
{
	struct gate_world w;
	struct gate_outcome o;
	const struct finding *d;
	uint8_t digest[SHA256_SIZE], own[SHA256_SIZE];
	struct text lines = {0};

	(void)state;
	gate_world_begin(&w, true, false, 0);
	votes(&w, "new", "a", 3, (const double[]){20, 21, 22});
	gate_world_judge(&w, ABSOLUTE, &o);
	d = &o.rules[0].findings[0];
	assert_int_equal(d->inputs_n, 3);
	for (size_t i = 0; i < 3; i++) {
		if (i > 0)
			assert_true(memcmp(d->inputs[i - 1], d->inputs[i], SHA256_SIZE) < 0);
		for (size_t k = 0; k < SHA256_SIZE; k++)
			text_addf(&lines, "%02x", d->inputs[i][k]);
		text_add_str(&lines, "\n");
	}
	sha256_of(lines.data, lines.n, own);
	finding_digest(d, digest);
	assert_memory_equal(own, digest, SHA256_SIZE);
	text_clear(&lines);
	gate_outcome_clear(&o);
	gate_world_end(&w);
}

/* A rule that warns is told, and decides nothing. */
static void
warnings(void **state)
{
	static const char both[] =
	    HEAD RULE "\"compare\":\"absolute\",\"margin\":10}," RULE
		      "\"compare\":\"absolute\",\"margin\":30,\"severity\":\"warn\"}]}";
	struct gate_world w;
	struct gate_outcome o;

	(void)state;
	gate_world_begin(&w, true, false, 0);
	votes(&w, "new", "a", 3, (const double[]){20, 20.1, 20.2});
	gate_world_judge(&w, both, &o);
	assert_int_equal(o.result, VERDICT_GO);
	assert_int_equal(o.rules[1].verdict, VERDICT_NO_GO);
	assert_int_equal(o.pairs_n, 1);
	gate_outcome_clear(&o);
	gate_world_end(&w);
}

static void
models_by_name(void **state)
{
	const struct names no_names = {0};
	json_t *model = json_pack("{s:s, s:s, s:s, s:s}", "name", "acme/chat", "revision", "v1",
	    "quantization", "Q4_K_M", "sha256",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");

	(void)state;
	assert_true(gate_names_model(&no_names, "acme/chat", model));
	assert_true(gate_names_model(&no_names, "acme/chat@v1", model));
	assert_true(gate_names_model(&no_names, "acme/chat+Q4_K_M", model));
	assert_true(gate_names_model(&no_names, "acme/chat@v1+Q4_K_M", model));
	assert_true(gate_names_model(&no_names, json_get_text(model, "sha256"), model));
	assert_false(gate_names_model(&no_names, "acme/cha", model));
	assert_false(gate_names_model(&no_names, "acme/chat2", model));
	assert_false(gate_names_model(&no_names, "acme/chat@v", model));
	assert_false(gate_names_model(&no_names, "acme/chat@v12", model));
	assert_false(gate_names_model(&no_names, "acme/chat+Q4", model));
	assert_false(gate_names_model(&no_names, "acme/chat@v2+Q4_K_M", model));
	assert_false(gate_names_model(&no_names, "", model));
	json_decref(model);
}

/* Two limits for one question are refused however it is spelled; both pointers are told. */
static void
contradictions(void **state)
{
	static const struct {
		const char *first, *second, *path, *got;
	} rows[] = {
	    {"\"suite\":\"quality\"", "\"suite\":\"quality/1\"", "/rules/1", "/rules/0"},
	    {"\"suite\":\"quality\",\"where\":{\"place\":\"1\"}",
		"\"suite\":\"quality/1\",\"where\":{\"conditions.place\":1}", "/rules/1",
		"/rules/0"},
	    {"\"suite\":\"quality\"",
		"\"suite\":\"quality\",\"where\":{\"place\":1,\"conditions.place\":2}",
		"/rules/1/where/place", "/rules/1/where/conditions.place"},
	    {"\"suite\":\"quality\",\"where\":{\"place\":\"1\"}",
		"\"suite\":\"quality\",\"where\":{\"hardware\":\"1\"}", NULL, NULL},
	    {"\"suite\":\"quality\",\"where\":{\"place\":\"1\"}", "\"suite\":\"quality/1\"", NULL,
		NULL},
	    {"\"suite\":\"quality\",\"where\":{\"place\":\"1\",\"hardware\":\"h\"}",
		"\"suite\":\"quality/1\",\"where\":{\"hardware\":\"h\",\"conditions.place\":1}",
		"/rules/1", "margins 10 there and 12.5 here"},
	};
	struct gate_world w;

	(void)state;
	gate_world_begin(&w, true, false, 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text text = {0};
		struct gate_policy p;
		struct fault f = {0};

		text_addf(&text,
		    "{\"name\":\"p\",\"rules\":[{\"metric\":\"score\",%s,\"compare\":\"absolute\","
		    "\"margin\":10},{\"metric\":\"score\",%s,\"compare\":\"absolute\",\"margin\":"
		    "12.5}]}",
		    rows[i].first, rows[i].second);
		gate_world_policy(&w, text.data, &p);
		assert_int_equal(gate_policy_is_one(&p, &f), rows[i].path == NULL);
		if (rows[i].path != NULL) {
			assert_string_equal(f.path, rows[i].path);
			assert_non_null(strstr(f.got, rows[i].got));
		}
		gate_policy_clear(&p);
		text_clear(&text);
	}
	gate_world_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sides_of_a_limit),
	    cmocka_unit_test(contradictions),
	    cmocka_unit_test(the_limit_itself),
	    cmocka_unit_test(one_never_decides),
	    cmocka_unit_test(standing_is_asked_for),
	    cmocka_unit_test(the_old_are_left_out),
	    cmocka_unit_test(many_places),
	    cmocka_unit_test(deltas_within_submitters),
	    cmocka_unit_test(unpaired),
	    cmocka_unit_test(ratios),
	    cmocka_unit_test(how_many_more),
	    cmocka_unit_test(items_widen),
	    cmocka_unit_test(items_pair),
	    cmocka_unit_test(inputs_are_named),
	    cmocka_unit_test(warnings),
	    cmocka_unit_test(models_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
