/* watch.h — a policy under watch: when it is judged again, when a change has held for so long that
 * it is told, and what turned it (DESIGN §8, §9). Pure; its time is the log's.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_WATCH_H
#define ASSAY_WATCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gate.h"
#include "ledger.h"

/* One watch. Zero-initialise; watch_clear() frees. What is told is what the policy says first, and
 * then every change that held for settle_hours, once. */
struct watch {
	uint8_t id[SHA256_SIZE], by[SHA256_SIZE]; /* its statement; who signed it */
	int64_t index;                            /* its leaf */
	struct gate_policy policy;
	bool judged;            /* at least once */
	enum verdict told, now; /* as it was told last; as it is */
	int64_t told_index;     /* leaf at which it was told */
	int64_t judged_index;   /* leaf behind which it was judged last */
	/* Where now is not what is told: the leaf that turned it, and the log's time there. */
	int64_t turned_index, turned_at_ms;
	int64_t stale_at_ms; /* from here on it may change without being touched */
	/* What each rule said, see watch_judge(): where what is told began; at the turn; last. */
	json_t *told_rules, *turned_rules, *rules;
	uint8_t (*cells)[SHA256_SIZE]; /* of candidate and baseline, sorted */
	size_t cells_n;
};

/* Where in the log a watch is judged. evidence->catalogue is the one that the leaf was settled by.
 */
struct watch_moment {
	const struct gate_evidence *evidence; /* of the prefix that ends with the leaf at index */
	const struct suite_set *suites;       /* those of the config in force: rules_suites() */
	bool catalogue_changes; /* the leaf names another: prices are looked up in it from the next
				 */
	int64_t index, as_of_ms;
};

/* Read the policy of a watch that stands in the log. Fails as gate_policy_read(). */
bool watch_begin(struct watch *w, const uint8_t id[SHA256_SIZE], int64_t index,
    const uint8_t by[SHA256_SIZE], const json_t *policy, struct fault *f)
    __attribute__((warn_unused_result));
void watch_clear(struct watch *w);

/* Tell whether the leaf that was just settled ends the watch: it takes it back, or its signer is
 * suspended, or no release manager any more. */
bool watch_ended(const struct watch *w, const struct book *book);

/* A leaf, as far as it matters to watches. Zero-initialise; watch_leaf_clear() frees. */
struct watch_leaf {
	int64_t index, as_of_ms;
	json_t *model; /* of a submission that is not void, owned; NULL: no such */
	const struct names
	    *names; /* the book's, borrowed: the same for all that are judged together */
	uint8_t (*touched)[SHA256_SIZE]; /* cells whose runs it changed */
	size_t touched_n;
	bool stirs;  /* it changes who is established, who is one with whom, which name is which,
			or is a config */
	bool prices; /* it is about prices */
	/* It merely adds a run that counts: what was before it can still be seen behind it, see
	 * gate_evidence_as_of(). items: one with scores of items. */
	bool adds, items;
};

/* Take note of the leaf that was just settled. False without memory. */
bool watch_leaf_note(struct watch_leaf *l, const struct leaf_in *in, int64_t as_of_ms)
    __attribute__((warn_unused_result));
void watch_leaf_clear(struct watch_leaf *l);

/* Tell whether two leaves change runs of one cell. */
bool watch_leaves_meet(const struct watch_leaf *a, const struct watch_leaf *b);

/* Tell whether what the policy says may be another behind a leaf, all before it judged, or a change
 * has held long enough. Judging more often than this asks for changes nothing. */
bool watch_concerned(const struct watch *w, const struct watch_leaf *l);

/* Go on to a moment: tell the change that had held until then, judge, note what is new of it.
 * A change that is told is appended to turns:
 *   {"index", "told_at", "from", "to", "turned_index", "turned_at",
 *    "rules": [{"rule", "was", "now"}], "added": [INPUT], "gone": [INPUT]}
 * rule: its number from 0; INPUT {"id", "index"}: what counts in those rules now and did not where
 * what was told before began, and the other way round. w->rules becomes what the rules say, each as
 * `rules` of a decision has it, with "inputs": [INPUT]; none where the config in force has no such
 * suite any more, which is INSUFFICIENT. False without memory. */
bool watch_judge(struct watch *w, const struct watch_moment *at, json_t *turns)
    __attribute__((warn_unused_result));

/* Tell the log time at which a change is told if it holds; INT64_MAX: there is none. */
int64_t watch_settles_at(const struct watch *w);

/* Tell whether a model is the candidate's or the baseline's, by any of its names. */
bool watch_names(const struct watch *w, const struct names *names, const json_t *model);

#endif
