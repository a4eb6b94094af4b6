/* rules.c — the rules in force, as the newest logged config says them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "estimate.h"
#include "gate_policy.h"
#include "json.h"
#include "neighbours.h"
#include "statement.h"
#include "submission.h"

bool
rules_read(const struct statement *config, struct rules *out, struct fault *f)
{
	const json_t *body = config->body;

	memset(out, 0, sizeof(*out));
	if (config->kind != KIND_CONFIG)
		return fault_set(f, FAULT_UNKNOWN_KIND, "", "a config statement", "%s",
		    kind_info(config->kind)->name);
	out->body = json_deep_copy(body);
	if (out->body == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for rules", "none");
	out->present = true;
	memcpy(out->id, config->id, SHA256_SIZE);
	snprintf(out->origin, sizeof(out->origin), "%s", json_get_text(body, "audience"));
	out->version = json_get_whole(body, "rules");
	out->estimator = json_get_whole(body, "estimator");
	out->pow_bits = json_get_whole(body, "pow_bits");
	(void)!hex_parse(json_get_text(body, "terms"), out->terms, SHA256_SIZE);
	(void)!hex_parse(json_get_text(body, "catalogue"), out->catalogue, SHA256_SIZE);
	return true;
}

json_t *
rules_newest(void)
{
	return json_pack("{s:i, s:i, s:{s:i, s:i}}", "rules", RULES_NEWEST, "estimator",
	    ESTIMATOR_NEWEST, "thresholds", "neighbours_min", NEIGHBOURS_MIN,
	    "neighbours_tolerances", NEIGHBOURS_TOLERANCES);
}

double
rules_threshold(const struct rules *r, const char *name, double otherwise)
{
	const json_t *said = json_object_get(json_object_get(r->body, "thresholds"), name);

	return json_is_number(said) ? json_number_value(said) : otherwise;
}

bool
rules_copy(const struct rules *from, struct rules *to)
{
	*to = *from;
	to->body = from->body ? json_deep_copy(from->body) : NULL;
	return from->body == NULL || to->body != NULL;
}

void
rules_clear(struct rules *r)
{
	json_decref(r->body);
	memset(r, 0, sizeof(*r));
}

static bool
check_number(const char *pointer, int64_t got, int64_t newest, struct fault *f)
{
	char expected[64];

	snprintf(
	    expected, sizeof(expected), "1 to %lld, which this build knows", (long long)newest);
	return (got >= 1 && got <= newest) ||
	       fault_set(f, FAULT_OUT_OF_RANGE, pointer, expected, "%lld", (long long)got);
}

bool
rules_servable(const struct rules *r, const struct suite_set *set, struct fault *f)
{
	const json_t *list = json_object_get(r->body, "suites"), *named;
	size_t i;

	if (!check_number("/rules", r->version, RULES_NEWEST, f) ||
	    !check_number("/estimator", r->estimator, ESTIMATOR_NEWEST, f))
		return false;
	json_array_foreach (list, i, named) {
		json_t *wrapped = json_pack("{s:O}", "suite", named);
		bool known = wrapped != NULL && submission_suite(wrapped, set, f) != NULL;

		json_decref(wrapped);
		if (!known)
			return false;
	}
	return true;
}

static bool
names_suite(const struct rules *r, const struct suite *suite)
{
	const json_t *named;
	char hex[HEX32_SIZE];
	size_t i;

	hex_print(suite->digest, SHA256_SIZE, hex);
	json_array_foreach (json_object_get(r->body, "suites"), i, named)
		if (strcmp(json_get_text(named, "digest"), hex) == 0)
			return true;
	return false;
}

bool
rules_suites(const struct rules *r, const struct suite_set *set, struct suite_set *out)
{
	*out = (struct suite_set){.suites = calloc(set->n + 1, sizeof(struct suite *))};
	for (size_t i = 0; out->suites != NULL && i < set->n; i++)
		if (names_suite(r, set->suites[i]))
			out->suites[out->n++] = set->suites[i];
	return out->suites != NULL;
}

/* What a policy names must be there when its watch begins. */
bool
rules_take_policy(
    const struct rules *r, const struct suite_set *set, const json_t *text, struct fault *f)
{
	struct gate_policy policy;
	struct suite_set in_force;
	struct fault inner = {0};
	bool done;

	if (!rules_suites(r, set, &in_force))
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for suites", "none");
	done =
	    gate_policy_read(json_string_value(text), json_string_length(text), &policy, &inner) &&
	    gate_policy_bind(&policy, &in_force, &inner);
	if (!done)
		gate_policy_blame(&inner, f);
	gate_policy_clear(&policy);
	free(in_force.suites);
	return done;
}
