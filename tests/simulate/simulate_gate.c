/* simulate_gate.c — how often is a gate wrong, and does the number of submitters it names decide?
 * SPDX-License-Identifier: Apache-2.0
 *
 * Run by `tests/run long`. The seeds are fixed: the same figures each time.
 */
#include <stdio.h>
#include <string.h>

#include "draws.h"
#include "gate_world.h"
#include "meeting.h"
#include "unit.h"

#define TRIALS 20000 /* of a share of 2.5 %: one standard error is 0.11 % */
#define MARGIN 1.
#define SITE_SD                                                                                    \
	20. /* how far submitters lie apart; within one of them the models differ by 1 sd          \
	     */
#define PLACES_MAX 10

#define RULE                                                                                       \
	"{\"metric\":\"score\",\"suite\":\"quality\",\"min_standing\":\"single\","                 \
	"\"compare\":\"baseline\",\"margin\":1}"

static const char policy[] =
    "{\"name\":\"p\",\"candidate\":\"new\",\"baseline\":\"old\",\"rules\":[" RULE "]}";

/* A crowd that measures both models in some places, again and again: only values change. */
struct crowd {
	struct gate_world w;
	struct gate_policy policy;
	struct meeting *old[PLACES_MAX], *new[PLACES_MAX];
	int places, voters;
};

/* The meeting that the last run was put into. */
static struct meeting *
put(struct crowd *c, const char *model, const char *place, int voter)
{
	gate_world_run(&c->w, model, place, voter, 500);
	return gate_world_meeting(&c->w, model, place);
}

static void
crowd_grow(struct crowd *c, int voters)
{
	char place[16];

	for (int i = 0; i < c->places; i++)
		for (int voter = c->voters; voter < voters; voter++) {
			snprintf(place, sizeof(place), "%d", i);
			c->old[i] = put(c, "old", place, voter);
			c->new[i] = put(c, "new", place, voter);
		}
	c->voters = voters;
}

static void
crowd_begin(struct crowd *c, int places, int voters)
{
	memset(c, 0, sizeof(*c));
	c->places = places;
	gate_world_begin(&c->w, true, false, 0);
	gate_world_policy(&c->w, policy, &c->policy);
	crowd_grow(c, voters);
}

static void
crowd_end(struct crowd *c)
{
	gate_policy_clear(&c->policy);
	gate_world_end(&c->w);
}

/* Voters from … on measure anew; the candidate is better by `gain`. */
static void
measure(struct crowd *c, int from, double gain, uint64_t *seed)
{
	for (int i = 0; i < c->places; i++)
		for (int voter = from; voter < c->voters; voter++) {
			double site = 500 + SITE_SD * normal(seed);

			c->old[i]->runs[voter].value = site;
			c->new[i]->runs[voter].value = site + gain + normal(seed);
		}
}

static enum verdict
judged(struct crowd *c, int64_t *needed)
{
	const struct gate_query q = {.policy = &c->policy,
	    .candidate = c->policy.candidate,
	    .baseline = c->policy.baseline,
	    .evaluated_at_ms = WORLD_NOW_MS};
	struct gate_outcome o = {0};
	enum verdict result;

	assert_true(gate_evaluate(&c->w.evidence, &q, &o));
	result = o.result;
	if (needed != NULL)
		*needed = o.rules[0].findings[0].needed;
	gate_outcome_clear(&o);
	return result;
}

static double
share_of(enum verdict wanted, int places, int voters, double gain, uint64_t seed)
{
	struct crowd c;
	int hits = 0;

	crowd_begin(&c, places, voters);
	for (int trial = 0; trial < TRIALS; trial++) {
		measure(&c, 0, gain, &seed);
		hits += judged(&c, NULL) == wanted;
	}
	crowd_end(&c);
	return (double)hits / TRIALS;
}

/* As much as is promised, and three standard errors. */
static void
at_most(double share, double promised, const char *what, int voters)
{
	if (share > promised + 3 * sqrt(promised * (1 - promised) / TRIALS))
		fail_msg("%s, %d voters: %.2f %%", what, voters, 100 * share);
}

/* As much as is promised, less three standard errors. */
static void
at_least(double share, double promised, int trials)
{
	if (share < promised - 3 * sqrt(promised * (1 - promised) / trials))
		fail_msg("right GO: %.2f %%", 100 * share);
}

/* The true loss lies at the margin. */
static void
wrong_go(void **state)
{
	static const int sizes[] = {2, 3, 5, 6, 10, 20};

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		double share = share_of(VERDICT_GO, 1, sizes[i], -MARGIN, 20261124 + i);

		printf("loss at the margin, %d voters: %.2f %% wrong GO\n", sizes[i], 100 * share);
		at_most(share, 0.025, "wrong GO", sizes[i]);
	}
}

/* The true loss lies at the margin in every place. */
static void
wrong_no_go(void **state)
{
	static const int places[] = {1, 3, 10}, sizes[] = {3, 6, 10};

	(void)state;
	for (size_t i = 0; i < COUNT(places); i++)
		for (size_t k = 0; k < COUNT(sizes); k++) {
			double share =
			    share_of(VERDICT_NO_GO, places[i], sizes[k], -MARGIN, 7 + 10 * i + k);

			printf("loss at the margin in %d places, %d voters: %.2f %% wrong NO-GO\n",
			    places[i], sizes[k], 100 * share);
			at_most(share, 0.05, "wrong NO-GO", sizes[k]);
		}
}

/* How it went, at once, and for those who were told to come back with more. */
struct told {
	int at_once, asked, go;
	double voters_sum;
};

/* The models are equal. A few measure; if that does not decide, as many more as the gate says
 * would. */
static void
ask_once(int first, uint64_t *seed, struct told *told)
{
	int64_t needed = 0;
	struct crowd c;
	enum verdict v;

	crowd_begin(&c, 1, first);
	measure(&c, 0, 0, seed);
	v = judged(&c, &needed);
	told->at_once += v == VERDICT_GO;
	if (v == VERDICT_INSUFFICIENT && needed > first) {
		told->asked++;
		crowd_grow(&c, (int)needed);
		measure(&c, first, 0, seed);
		told->go += judged(&c, NULL) == VERDICT_GO;
		told->voters_sum += (double)needed;
	}
	crowd_end(&c);
}

static void
enough_voters(void **state)
{
	static const int starts[] = {3, 4, 6, 10};

	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		struct told told = {0};
		uint64_t seed = 99 + i;

		for (int trial = 0; trial < TRIALS / 4; trial++)
			ask_once(starts[i], &seed, &told);
		printf("equal models, %d voters first: %.1f %% GO at once; of those asked for more "
		       "%.1f %% with as many as were asked for (%.1f on average)\n",
		    starts[i], 100. * told.at_once / (TRIALS / 4), 100. * told.go / told.asked,
		    told.voters_sum / told.asked);
		at_least((double)told.go / told.asked, 0.8, told.asked);
	}
}

/* The same where the spread is known: that of many votes. */
static void
recommended(void **state)
{
	int64_t needed = 0;
	struct crowd c;
	double share;

	(void)state;
	crowd_begin(&c, 1, 4);
	/* two voters at a time whose deltas are ± 1 sd: no effect, and the very spread */
	for (int n = 0; n < c.voters; n++) {
		c.old[0]->runs[n].value = 500;
		c.new[0]->runs[n].value = 500 + (n % 2 == 0 ? 1 : -1) * sqrt(0.75);
	}
	assert_int_equal(judged(&c, &needed), VERDICT_INSUFFICIENT);
	crowd_end(&c);
	share = share_of(VERDICT_GO, 1, (int)needed, 0, 5);
	printf("equal models, the %lld voters that the true spread asks for: %.1f %% GO\n",
	    (long long)needed, 100 * share);
	assert_true(share >= 0.8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wrong_go),
	    cmocka_unit_test(wrong_no_go),
	    cmocka_unit_test(enough_voters),
	    cmocka_unit_test(recommended),
	};

	return cmocka_run_group_tests_name("simulate_gate", tests, NULL, NULL);
}
