/* decision.c — a gate's signed result: its members, and how one is compared with another.
 * SPDX-License-Identifier: Apache-2.0 */
#include "decision.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "encode.h"
#include "gate_inputs.h"
#include "json.h"

#define NEAR 1e-9 /* of the greater magnitude: reals may differ so much between builds */

static void
put_hex(json_t *object, const char *name, const uint8_t bytes[SHA256_SIZE])
{
	char hex[HEX32_SIZE];

	hex_print(bytes, SHA256_SIZE, hex);
	json_object_set_new(object, name, json_string(hex));
}

static json_t *
rule_json(const struct rule_outcome *o)
{
	const struct finding *d = &o->findings[0];
	json_t *rule = json_pack("{s:s}", "verdict", verdict_name(d->verdict));
	uint8_t digest[SHA256_SIZE];

	if (d->cell != NULL)
		put_hex(rule, "cell", d->cell->id);
	if (finding_has_numbers(d)) {
		json_object_set_new(rule, "point", json_real(d->interval.point));
		json_object_set_new(rule, "low", json_real(d->interval.low));
		json_object_set_new(rule, "high", json_real(d->interval.high));
		json_object_set_new(
		    rule, "kind", json_string(interval_kind_name(d->interval.kind)));
	}
	json_object_set_new(rule, "voters", json_integer((json_int_t)d->voters));
	json_object_set_new(rule, "standing", json_string(standing_name(d->standing)));
	json_object_set_new(rule, "inputs_n", json_integer((json_int_t)d->inputs_n));
	finding_digest(d, digest);
	put_hex(rule, "inputs_digest", digest);
	return rule;
}

json_t *
decision_rules(const struct gate_outcome *o)
{
	json_t *rules = json_array();

	for (size_t i = 0; i < o->rules_n; i++)
		json_array_append_new(rules, rule_json(&o->rules[i]));
	return rules;
}

json_t *
decision_unpublished(const struct gate_evidence *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->sources_n; i++) {
		json_t *entry;

		if (!e->sources[i].unpublished)
			continue;
		entry = json_object();
		put_hex(entry, "id", e->sources[i].id);
		put_hex(entry, "payload_sha256", e->sources[i].payload_sha256);
		json_array_append_new(list, entry);
	}
	return list;
}

static bool
same_value(const json_t *a, const json_t *b)
{
	double x = json_number_value(a), y = json_number_value(b);

	if (!json_is_number(a) || !json_is_number(b) || (json_is_integer(a) && json_is_integer(b)))
		return json_equal(a, b);
	return fabs(x - y) <= NEAR * fmax(fabs(x), fabs(y));
}

/* Fill the fault with both values. */
static bool
differ(const char *path, const json_t *own, const json_t *told, struct fault *f)
{
	struct text x = {0}, y = {0};

	text_add_str(&x, "");
	text_add_str(&y, "");
	if (own != NULL)
		json_print(own, &x);
	if (told != NULL)
		json_print(told, &y);
	fault_set(f, FAULT_BREACH, path, own != NULL ? x.data : "nothing", "%s",
	    told != NULL ? y.data : "nothing");
	text_clear(&x);
	text_clear(&y);
	return false;
}

static bool
same_rule(const json_t *own, const json_t *told, size_t i, struct fault *f)
{
	char path[96];
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)told, name, value) {
		snprintf(path, sizeof(path), "/rules/%zu/%s", i, name);
		if (json_object_get(own, name) == NULL)
			return differ(path, NULL, value, f);
	}
	json_object_foreach ((json_t *)own, name, value) {
		const json_t *theirs = json_object_get(told, name);

		snprintf(path, sizeof(path), "/rules/%zu/%s", i, name);
		if (theirs == NULL || !same_value(value, theirs))
			return differ(path, value, theirs, f);
	}
	return true;
}

bool
decision_agrees(const json_t *decision, const json_t *rules, enum verdict result, struct fault *f)
{
	const json_t *told = json_object_get(decision, "rules"), *rule;
	size_t i;

	json_array_foreach (rules, i, rule)
		if (!same_rule(rule, json_array_get(told, i), i, f))
			return false;
	return strcmp(json_get_text(decision, "result"), verdict_name(result)) == 0 ||
	       fault_set(f, FAULT_BREACH, "/result", verdict_name(result), "%s",
		   json_get_text(decision, "result"));
}

enum verdict
decision_result(const json_t *body)
{
	const json_t *override = json_object_get(body, "override");
	enum verdict v = VERDICT_INSUFFICIENT;

	(void)!verdict_named(json_get_text(override != NULL ? override : body, "result"), &v);
	return v;
}

void
decision_question(const char *policy, const char *candidate, uint8_t out[SHA256_SIZE])
{
	struct text both = {0};

	text_addf(&both, "%s\n%s", policy, candidate);
	sha256_of(both.data != NULL ? both.data : "", both.n, out);
	text_clear(&both);
}
