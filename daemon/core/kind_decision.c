/* kind_decision.c — a release decision: the policy's text, what it was judged by, what came out.
 * SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <stdio.h>
#include <string.h>

#include "decision.h"
#include "encode.h"
#include "json.h"
#include "kinds.h"

#define COUNT_HIGH 9e15

static const struct shape ruled_shape[] = {
    {.name = "verdict", .type = SHAPE_NAME, .low = 1, .high = 20},
    {.name = "cell", .type = SHAPE_DIGEST, .optional = true},
    {.name = "point", .type = SHAPE_REAL, .optional = true, .low = -DBL_MAX, .high = DBL_MAX},
    {.name = "low", .type = SHAPE_REAL, .optional = true, .low = -DBL_MAX, .high = DBL_MAX},
    {.name = "high", .type = SHAPE_REAL, .optional = true, .low = -DBL_MAX, .high = DBL_MAX},
    {.name = "kind", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 40},
    {.name = "voters", .type = SHAPE_WHOLE, .low = 0, .high = COUNT_HIGH},
    {.name = "standing", .type = SHAPE_NAME, .low = 1, .high = 20},
    {.name = "inputs_n", .type = SHAPE_WHOLE, .low = 0, .high = COUNT_HIGH},
    {.name = "inputs_digest", .type = SHAPE_DIGEST},
    {.name = NULL},
};
static const struct shape ruled_element = {.type = SHAPE_OBJECT, .of = ruled_shape};

static const struct shape unpublished_shape[] = {
    {.name = "id", .type = SHAPE_DIGEST},
    {.name = "payload_sha256", .type = SHAPE_DIGEST},
    {.name = NULL},
};
static const struct shape unpublished_element = {.type = SHAPE_OBJECT, .of = unpublished_shape};

static const struct shape override_shape[] = {
    {.name = "result", .type = SHAPE_NAME, .low = 1, .high = 20},
    {.name = "reason", .type = SHAPE_TEXT, .low = 1, .high = 500},
    {.name = NULL},
};

static const struct shape decision_shape[] = {
    SHAPE_COMMON,
    {.name = "policy", .type = SHAPE_TEXT, .low = 1, .high = POLICY_MAX_BYTES},
    {.name = "candidate", .type = SHAPE_NAME, .low = 1, .high = 400},
    {.name = "baseline", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 400},
    {.name = "checkpoint", .type = SHAPE_OBJECT, .of = seen_shape},
    {.name = "evaluated_at", .type = SHAPE_TIME},
    {.name = "rules",
	.type = SHAPE_ARRAY,
	.low = 1,
	.high = POLICY_RULES_MAX,
	.of = &ruled_element},
    {.name = "result", .type = SHAPE_NAME, .low = 1, .high = 20},
    {.name = "unpublished",
	.type = SHAPE_ARRAY,
	.low = 0,
	.high = DECISION_UNPUBLISHED_MAX,
	.of = &unpublished_element},
    {.name = "earlier_n", .type = SHAPE_WHOLE, .low = 0, .high = COUNT_HIGH},
    {.name = "override", .type = SHAPE_OBJECT, .optional = true, .of = override_shape},
    {.name = NULL},
};

static bool
check_word(const json_t *object, const char *path, enum verdict *out, struct fault *f)
{
	const char *word = json_get_text(object, strrchr(path, '/') + 1);

	return verdict_named(word, out) ||
	       fault_set(f, FAULT_WRONG_FORM, path, "GO, NO-GO or INSUFFICIENT", "\"%s\"", word);
}

static bool
check_rules(
    const json_t *body, const struct gate_policy *policy, enum verdict *worst, struct fault *f)
{
	const json_t *rules = json_object_get(body, "rules"), *rule;
	enum standing standing;
	enum verdict verdict;
	char path[64];
	size_t i;

	if (json_array_size(rules) != policy->rules_n)
		return fault_set(f, FAULT_WRONG_FORM, "/rules",
		    "one result for each of the policy's", "%zu of %zu", json_array_size(rules),
		    policy->rules_n);
	json_array_foreach (rules, i, rule) {
		snprintf(path, sizeof(path), "/rules/%zu/verdict", i);
		if (!check_word(rule, path, &verdict, f))
			return false;
		if (!policy->rules[i].warns && verdict > *worst)
			*worst = verdict;
		snprintf(path, sizeof(path), "/rules/%zu/standing", i);
		if (!standing_named(json_get_text(rule, "standing"), &standing))
			return fault_set(f, FAULT_WRONG_FORM, path, "a standing", "\"%s\"",
			    json_get_text(rule, "standing"));
	}
	return true;
}

/* Who evaluates cannot be later than who signs. */
static bool
check_time(const json_t *body, struct fault *f)
{
	int64_t evaluated, signed_at;

	return (time_parse(json_get_text(body, "evaluated_at"), &evaluated) &&
		   time_parse(json_get_text(body, "created_at"), &signed_at) &&
		   evaluated <= signed_at) ||
	       fault_set(f, FAULT_OUT_OF_RANGE, "/evaluated_at", "a time not after created_at",
		   "%s", json_get_text(body, "evaluated_at"));
}

static bool
check_result(const json_t *body, enum verdict worst, struct fault *f)
{
	const json_t *override = json_object_get(body, "override");
	enum verdict result, word;

	if (!check_word(body, "/result", &result, f) ||
	    (override != NULL && !check_word(override, "/override/result", &word, f)))
		return false;
	return result == worst ||
	       fault_set(f, FAULT_WRONG_FORM, "/result", "the worst of the rules that block",
		   "%s, not %s", verdict_name(result), verdict_name(worst));
}

static bool
decision_check(const json_t *body, struct fault *f)
{
	const json_t *text = json_object_get(body, "policy");
	struct gate_policy policy;
	struct fault inner = {0};
	enum verdict worst = VERDICT_GO;
	bool done =
	    gate_policy_read(json_string_value(text), json_string_length(text), &policy, &inner);

	if (!done)
		gate_policy_blame(&inner, f);
	done = done && check_rules(body, &policy, &worst, f) && check_time(body, f) &&
	       check_result(body, worst, f);
	gate_policy_clear(&policy);
	return done;
}

const struct kind_info kind_decision = {
    .name = "decision",
    .type = "application/vnd.assay.decision.v1+json",
    .shape = decision_shape,
    .check = decision_check,
};
