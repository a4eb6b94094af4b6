/* gate_policy.h — a release manager's rules: read, checked, bound to suites (DESIGN §9). Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_GATE_POLICY_H
#define ASSAY_GATE_POLICY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agree.h"
#include "fault.h"
#include "suite.h"
#include "text.h"

#define POLICY_MAX_BYTES 16384
#define POLICY_RULES_MAX 64

/* One rule. Text is borrowed from the policy's json. */
struct gate_rule {
	const char *suite; /* NAME, the newest version, or NAME/VERSION */
	const char *metric;
	const json_t *where;   /* what a cell must have, see gate_where_text(); NULL: anything */
	bool against_baseline; /* else against the limit itself */
	/* The limit itself, in the metric's unit; or the tolerated loss, ≥ 0: on the linear scale
	 * in the metric's unit, on the log scale a ratio: 0.05 lets the better side be 1.05 times
	 * the other. */
	double margin;
	enum standing min_standing;                      /* SINGLE, CORROBORATED or REPRODUCED */
	int64_t min_submitters, min_submitters_internal; /* internal 0: unpublished runs alone
							    never suffice */
	int64_t max_age_days;                            /* 0: any age */
	bool warns;                                      /* it is told, and decides nothing */
	/* What a million tokens cost, metric "cost" (gate_cost.h): on a machine whose rate the
	 * suite measures; listed, suite "listed": where they are sold. */
	bool cost, listed;
	const char *rate;     /* a metric in tokens/s; listed: input or output. NULL: not said */
	const char *currency; /* three letters */
	double utilisation;   /* share of the time that the machine works, 0 < u ≤ 1 */
	/* Set by gate_policy_bind(), borrowed from the set. */
	const struct suite *bound;
	size_t metric_at; /* of what is measured */
};

struct gate_policy {
	const char *name;
	const char *candidate, *baseline; /* NULL: not named in the policy */
	int64_t settle_hours;
	struct gate_rule *rules;
	size_t rules_n;
	json_t *json; /* owned */
};

/* Read and check a policy, its text as it is signed. gate_policy_clear() in any case. Fails as
 * json_read_object() and shape_check(), and with FAULT_POLICY where rules make no sense or speak
 * against each other; path is the JSON pointer. Defaults: min_standing corroborated, min_submitters
 * 2. */
bool gate_policy_read(const char *text, size_t n, struct gate_policy *out, struct fault *f)
    __attribute__((warn_unused_result));
void gate_policy_clear(struct gate_policy *p);

/* Find each rule's suite and metric in the set, and check `where` and margin against them. Fails
 * with FAULT_POLICY. */
bool gate_policy_bind(struct gate_policy *p, const struct suite_set *set, struct fault *f)
    __attribute__((warn_unused_result));

/* Check that no two rules of a bound policy judge the same by two limits, however their suites and
 * places are spelled, and that no `where` names a field twice. Fails with FAULT_POLICY. It is no
 * part of binding: a decision that was logged is made again as it was made. */
bool gate_policy_is_one(const struct gate_policy *p, struct fault *f)
    __attribute__((warn_unused_result));

/* Tell whether a rule compares with a baseline; whether one asks what something costs. */
bool gate_policy_needs_baseline(const struct gate_policy *p);
bool gate_policy_needs_prices(const struct gate_policy *p);

/* Check that a policy can be judged by itself, as one that is watched is: it names its candidate,
 * and the baseline if a rule needs one. Fails with FAULT_POLICY. */
bool gate_policy_watchable(const struct gate_policy *p, struct fault *f)
    __attribute__((warn_unused_result));

/* Fail with FAULT_POLICY at a member of a rule, "" for the rule itself. Returns false. */
bool rule_refuse(
    struct fault *f, size_t rule, const char *member, const char *expected, const char *got);

/* Say of a statement whose `policy` is at fault what is wrong in there: the pointer into the
 * policy's text comes first in `got`. */
void gate_policy_blame(const struct fault *inner, struct fault *f);

/* What a rule's limit is about; what is measured for it: the same, but of a cost the rate. */
const struct suite_metric *rule_metric(const struct gate_rule *r);
const struct suite_metric *rule_measured(const struct gate_rule *r);

/* Return the cell field of the suite that a name in `where` stands for: itself, or
 * "conditions.NAME" for NAME; NULL if it is neither. "quantization" and "format" stand for the
 * model's. */
const char *gate_field(const struct suite *suite, const char *name);

/* Append the value of a `where` member as a cell's field prints it. */
void gate_where_text(const json_t *value, struct text *out);

/* Return the line of text, from 1 on, where the value that a JSON pointer names begins; of a member
 * that is missing, its object's. text is a JSON document that was read before; else 1. */
size_t json_line(const char *text, size_t n, const char *pointer);

#endif
