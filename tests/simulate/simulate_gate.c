/* simulate_gate.c — how often is a gate wrong, and does the number of submitters it names decide?
 * SPDX-License-Identifier: Apache-2.0
 *
 * Run by `tests/run long`. The seeds are fixed: the same figures each time.
 */
#include <stdio.h>

#include "draws.h"
#include "gate_world.h"
#include "unit.h"

#define TRIALS 20000 /* of a share of 2.5 %: one standard error is 0.11 % */
#define MARGIN 1.
#define SITE_SD                                                                                    \
	20. /* how far submitters lie apart; within one of them the models differ by 1 sd          \
	     */

#define RULE                                                                                       \
	"{\"metric\":\"score\",\"suite\":\"quality\",\"min_standing\":\"single\","                 \
	"\"compare\":\"baseline\",\"margin\":1}"

static const char policy[] =
    "{\"name\":\"p\",\"candidate\":\"new\",\"baseline\":\"old\",\"rules\":[" RULE "]}";

/* Voters from … to − 1 measure both models in a place; the candidate is better by `gain`. */
static void
measure(struct gate_world *w, const char *place, int from, int to, double gain, uint64_t *seed)
{
	for (int voter = from; voter < to; voter++) {
		double site = 500 + SITE_SD * normal(seed);

		gate_world_run(w, "old", place, voter, site);
		gate_world_run(w, "new", place, voter, site + gain + normal(seed));
	}
}

static enum verdict
judged(struct gate_world *w, int64_t *needed)
{
	struct gate_outcome o;
	enum verdict result;

	gate_world_judge(w, policy, &o);
	result = o.result;
	if (needed != NULL)
		*needed = o.rules[0].findings[0].needed;
	gate_outcome_clear(&o);
	return result;
}

static double
share_of(enum verdict wanted, int places, int voters, double gain, uint64_t seed)
{
	char place[16];
	int hits = 0;

	for (int trial = 0; trial < TRIALS; trial++) {
		struct gate_world w;

		gate_world_begin(&w, true, false, 0);
		for (int i = 0; i < places; i++) {
			snprintf(place, sizeof(place), "%d", i);
			measure(&w, place, 0, voters, gain, &seed);
		}
		hits += judged(&w, NULL) == wanted;
		gate_world_end(&w);
	}
	return (double)hits / TRIALS;
}

/* As much as is promised, and three standard errors. */
static void
at_most(double share, double promised, const char *what, int voters)
{
	if (share > promised + 3 * sqrt(promised * (1 - promised) / TRIALS))
		fail_msg("%s, %d voters: %.2f %%", what, voters, 100 * share);
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

/* The models are equal. A few measure, then as many as the gate says would decide, until it
 * decides or asks for nobody more. */
static void
enough_voters(void **state)
{
	static const int starts[] = {3, 4, 6};

	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		uint64_t seed = 99 + i;
		int go = 0, go_at_once = 0, asked = 0;
		double voters_sum = 0;

		for (int trial = 0; trial < TRIALS / 10; trial++) {
			int64_t needed = 0;
			int voters = starts[i];
			struct gate_world w;
			enum verdict v;

			gate_world_begin(&w, true, false, 0);
			measure(&w, "a", 0, voters, 0, &seed);
			v = judged(&w, &needed);
			go_at_once += v == VERDICT_GO;
			if (v == VERDICT_INSUFFICIENT && needed > voters) {
				asked++;
				measure(&w, "a", voters, (int)needed, 0, &seed);
				voters = (int)needed;
				v = judged(&w, &needed);
				go += v == VERDICT_GO;
				voters_sum += voters;
			}
			gate_world_end(&w);
		}
		printf(
		    "equal models, %d voters first: %.1f %% GO at once; with as many as were asked "
		    "for (%.1f on average) %.1f %% of the others\n",
		    starts[i], 100. * go_at_once / (TRIALS / 10), voters_sum / asked,
		    100. * go / asked);
	}
}

/* The same where the spread is known: that of many votes. */
static void
recommended(void **state)
{
	int64_t needed = 0;
	struct gate_world w;
	uint64_t seed = 5;
	double share;
	int n;

	(void)state;
	gate_world_begin(&w, true, false, 0);
	/* two voters at a time whose deltas are ± 1 sd: no effect, and the very spread */
	for (n = 0; n < 4; n++) {
		gate_world_run(&w, "old", "a", n, 500);
		gate_world_run(&w, "new", "a", n, 500 + (n % 2 == 0 ? 1 : -1) * sqrt(0.75));
	}
	assert_int_equal(judged(&w, &needed), VERDICT_INSUFFICIENT);
	gate_world_end(&w);
	share = share_of(VERDICT_GO, 1, (int)needed, 0, seed);
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
