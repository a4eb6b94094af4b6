/* gate_policy.c — a release manager's rules: read, checked, bound to suites.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_policy.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate_cost.h"
#include "json.h"
#include "number.h"
#include "shape.h"

#define COUNT_HIGH 1000000
#define HOURS_HIGH (24 * 366)

static const struct shape rule_shape[] = {
    {.name = "metric", .type = SHAPE_NAME, .low = 1, .high = 64},
    {.name = "suite", .type = SHAPE_NAME, .low = 1, .high = 80},
    {.name = "where", .type = SHAPE_SCALAR_MAP, .optional = true, .high = 32},
    {.name = "compare", .type = SHAPE_NAME, .low = 1, .high = 20},
    {.name = "margin", .type = SHAPE_REAL, .low = -DBL_MAX, .high = DBL_MAX},
    {.name = "rate", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 64},
    {.name = "currency", .type = SHAPE_NAME, .optional = true, .low = 3, .high = 3},
    {.name = "utilisation", .type = SHAPE_REAL, .optional = true, .low = 0, .high = 1},
    {.name = "min_standing", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 20},
    {.name = "min_submitters", .type = SHAPE_WHOLE, .optional = true, .low = 2, .high = COUNT_HIGH},
    {.name = "min_submitters_internal",
	.type = SHAPE_WHOLE,
	.optional = true,
	.low = 2,
	.high = COUNT_HIGH},
    {.name = "max_age_days", .type = SHAPE_WHOLE, .optional = true, .low = 1, .high = 36600},
    {.name = "severity", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 20},
    {.name = NULL},
};
static const struct shape rule_element = {.type = SHAPE_OBJECT, .of = rule_shape};

static const struct shape policy_shape[] = {
    {.name = "$schema", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 500},
    {.name = "name", .type = SHAPE_NAME, .low = 1, .high = 100},
    {.name = "description", .type = SHAPE_TEXT, .optional = true, .low = 1, .high = 2000},
    {.name = "candidate", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 400},
    {.name = "baseline", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 400},
    {.name = "settle_hours", .type = SHAPE_WHOLE, .optional = true, .low = 0, .high = HOURS_HIGH},
    {.name = "rules", .type = SHAPE_ARRAY, .low = 1, .high = POLICY_RULES_MAX, .of = &rule_element},
    {.name = NULL},
};

bool
rule_refuse(struct fault *f, size_t rule, const char *member, const char *expected, const char *got)
{
	char path[300];

	snprintf(path, sizeof(path), "/rules/%zu%s%s", rule, member[0] != 0 ? "/" : "", member);
	return fault_set(f, FAULT_POLICY, path, expected, "%s", got);
}

static const char *
text_or(const json_t *object, const char *name, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : otherwise;
}

/* One of two words: which? */
static bool
choose(const char *word, const char *no, const char *yes, bool *out)
{
	*out = strcmp(word, yes) == 0;
	return *out || strcmp(word, no) == 0;
}

static bool
read_rule(const json_t *json, size_t i, struct gate_rule *r, struct fault *f)
{
	const char *standing = text_or(json, "min_standing", "corroborated");
	const char *compare = json_get_text(json, "compare");
	const char *severity = text_or(json, "severity", "block");

	r->suite = json_get_text(json, "suite");
	r->metric = json_get_text(json, "metric");
	r->where = json_object_get(json, "where");
	r->margin = json_number_value(json_object_get(json, "margin"));
	r->min_submitters = json_get_whole(json, "min_submitters");
	if (r->min_submitters == 0)
		r->min_submitters = 2;
	r->min_submitters_internal = json_get_whole(json, "min_submitters_internal");
	r->max_age_days = json_get_whole(json, "max_age_days");
	if (!choose(compare, "absolute", "baseline", &r->against_baseline))
		return rule_refuse(f, i, "compare", "absolute or baseline", compare);
	if (!choose(severity, "block", "warn", &r->warns))
		return rule_refuse(f, i, "severity", "block or warn", severity);
	if (!standing_named(standing, &r->min_standing) || r->min_standing < STANDING_SINGLE ||
	    r->min_standing > STANDING_REPRODUCED)
		return rule_refuse(
		    f, i, "min_standing", "single, corroborated or reproduced", standing);
	if (r->against_baseline && r->margin < 0)
		return rule_refuse(f, i, "margin",
		    "a tolerated loss of at least 0, whichever way is better", "a negative one");
	return cost_rule_read(json, i, r, f);
}

/* Two rules that judge the same by two limits: which of them was meant? */
static bool
same_question(const struct gate_rule *a, const struct gate_rule *b)
{
	json_t *empty = json_object();
	bool same = strcmp(a->suite, b->suite) == 0 && strcmp(a->metric, b->metric) == 0 &&
		    a->against_baseline == b->against_baseline && a->warns == b->warns &&
		    json_equal(a->where ? a->where : empty, b->where ? b->where : empty);

	json_decref(empty);
	return same;
}

static bool
refuse_pair(const struct gate_policy *p, size_t first, size_t second, struct fault *f)
{
	char got[160], one[REAL_SIZE], other[REAL_SIZE];

	real_print(p->rules[first].margin, one);
	real_print(p->rules[second].margin, other);
	snprintf(got, sizeof(got), "the same as /rules/%zu, with margins %s there and %s here",
	    first, one, other);
	return rule_refuse(
	    f, second, "", "one rule for a metric and place: which limit is meant?", got);
}

static bool
check_pairs(const struct gate_policy *p,
    bool (*same)(const struct gate_rule *a, const struct gate_rule *b), struct fault *f)
{
	for (size_t i = 0; i < p->rules_n; i++)
		for (size_t k = 0; k < i; k++)
			if (same(&p->rules[i], &p->rules[k]))
				return refuse_pair(p, k, i, f);
	return true;
}

static bool
warns_only(const struct gate_policy *p)
{
	for (size_t i = 0; i < p->rules_n; i++)
		if (!p->rules[i].warns)
			return false;
	return true;
}

bool
gate_policy_read(const char *text, size_t n, struct gate_policy *out, struct fault *f)
{
	const json_t *rules, *rule;
	size_t i;

	memset(out, 0, sizeof(*out));
	if (n > POLICY_MAX_BYTES)
		return fault_set(f, FAULT_POLICY, "", "at most 16384 bytes", "%zu bytes", n);
	out->json = json_read_object(text, n, f);
	if (out->json == NULL || !shape_check(policy_shape, out->json, "", f))
		return false;
	out->name = json_get_text(out->json, "name");
	out->candidate = text_or(out->json, "candidate", NULL);
	out->baseline = text_or(out->json, "baseline", NULL);
	out->settle_hours = json_get_whole(out->json, "settle_hours");
	rules = json_object_get(out->json, "rules");
	out->rules = calloc(json_array_size(rules), sizeof(*out->rules));
	if (out->rules == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a policy", "none");
	json_array_foreach (rules, i, rule)
		if (!read_rule(rule, out->rules_n++, &out->rules[i], f))
			return false;
	if (warns_only(out))
		return fault_set(f, FAULT_POLICY, "/rules", "at least one rule of severity block",
		    "rules that only warn: nothing could ever stop a release");
	return check_pairs(out, same_question, f);
}

void
gate_policy_clear(struct gate_policy *p)
{
	free(p->rules);
	json_decref(p->json);
	memset(p, 0, sizeof(*p));
}

bool
gate_policy_needs_baseline(const struct gate_policy *p)
{
	for (size_t i = 0; i < p->rules_n; i++)
		if (p->rules[i].against_baseline)
			return true;
	return false;
}

bool
gate_policy_needs_prices(const struct gate_policy *p)
{
	for (size_t i = 0; i < p->rules_n; i++)
		if (p->rules[i].cost)
			return true;
	return false;
}

bool
gate_policy_watchable(const struct gate_policy *p, struct fault *f)
{
	if (p->candidate == NULL)
		return fault_set(f, FAULT_POLICY, "/candidate",
		    "the model that is watched: ORG/NAME[@REVISION][+QUANTIZATION]", "none");
	return p->baseline != NULL || !gate_policy_needs_baseline(p) ||
	       fault_set(f, FAULT_POLICY, "/baseline",
		   "the model to compare with: a rule of the policy does", "none");
}

void
gate_policy_blame(const struct fault *inner, struct fault *f)
{
	fault_set(f, inner->code == FAULT_NO_MEMORY ? FAULT_NO_MEMORY : FAULT_POLICY, "/policy",
	    inner->expected, "%s %s", inner->path, inner->got);
}

/* ---- against suites ---- */

const struct suite_metric *
rule_measured(const struct gate_rule *r)
{
	return &r->bound->metrics[r->metric_at];
}

const struct suite_metric *
rule_metric(const struct gate_rule *r)
{
	return r->cost ? &cost_metric : rule_measured(r);
}

const char *
gate_field(const struct suite *suite, const char *name)
{
	static const char prefix[] = "conditions.";

	if (strcmp(name, "quantization") == 0 || strcmp(name, "format") == 0)
		return name;
	for (size_t i = 0; i < suite->cell_n; i++) {
		const char *field = suite->cell[i];

		if (strcmp(field, name) == 0 || (strncmp(field, prefix, sizeof(prefix) - 1) == 0 &&
						    strcmp(field + sizeof(prefix) - 1, name) == 0))
			return field;
	}
	return NULL;
}

void
gate_where_text(const json_t *value, struct text *out)
{
	char number[REAL_SIZE];

	if (json_is_string(value))
		text_add(out, json_string_value(value), json_string_length(value));
	else if (json_is_integer(value))
		text_addf(out, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		text_add_str(out, json_is_true(value) ? "true" : "false");
	else {
		real_print(json_real_value(value), number);
		text_add_str(out, number);
	}
}

static const struct suite *
find_suite(const struct suite_set *set, const char *wanted)
{
	const char *slash = strchr(wanted, '/');
	size_t n = slash != NULL ? (size_t)(slash - wanted) : strlen(wanted);
	const struct suite *found = NULL;
	char version[32];

	for (size_t i = 0; i < set->n; i++) {
		const struct suite *s = set->suites[i];

		snprintf(version, sizeof(version), "/%lld", (long long)s->version);
		if (strlen(s->name) == n && memcmp(s->name, wanted, n) == 0 &&
		    (slash == NULL ? found == NULL || s->version > found->version
				   : strcmp(version, slash) == 0))
			found = s;
	}
	return found;
}

static void
list_names(struct text *out, const char *name)
{
	text_addf(out, "%s%s", out->n > 0 ? ", " : "", name);
}

static bool
refuse_name(struct fault *f, size_t rule, const char *member, struct text *known, const char *got)
{
	rule_refuse(f, rule, member, known->data != NULL ? known->data : "", got);
	text_clear(known);
	return false;
}

static bool
bind_where(const struct gate_rule *r, size_t i, struct fault *f)
{
	struct text known = {0};
	char member[200];
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)r->where, name, value) {
		if (gate_field(r->bound, name) != NULL)
			continue;
		text_add_str(&known, "quantization, format");
		for (size_t k = 0; k < r->bound->cell_n; k++)
			list_names(&known, r->bound->cell[k]);
		snprintf(member, sizeof(member), "where/%s", name);
		return refuse_name(f, i, member, &known, name);
	}
	return true;
}

static void
add_real(struct text *out, double value)
{
	char number[REAL_SIZE];

	real_print(value, number);
	text_add_str(out, number);
}

static bool
bind_margin(const struct gate_rule *r, size_t i, struct fault *f)
{
	const struct suite_metric *m = rule_metric(r);
	struct text expected = {0};
	char got[REAL_SIZE];

	if (r->against_baseline || (r->margin >= m->low && r->margin <= m->high))
		return true;
	text_addf(
	    &expected, "a limit that values can lie on either side of: %s has bounds ", m->name);
	add_real(&expected, m->low);
	text_add_str(&expected, " to ");
	add_real(&expected, m->high);
	real_print(r->margin, got);
	rule_refuse(f, i, "margin", expected.data != NULL ? expected.data : "", got);
	text_clear(&expected);
	return false;
}

static bool
bind_metric(struct gate_rule *r, size_t i, struct fault *f)
{
	const struct suite_metric *m = suite_metric(r->bound, r->metric);
	struct text known = {0};

	if (r->cost)
		return cost_rule_bind(r, i, f);
	if (m == NULL) {
		for (size_t k = 0; k < r->bound->metrics_n; k++)
			list_names(&known, r->bound->metrics[k].name);
		return refuse_name(f, i, "metric", &known, r->metric);
	}
	r->metric_at = (size_t)(m - r->bound->metrics);
	return true;
}

static bool
bind_rule(struct gate_rule *r, size_t i, const struct suite_set *set, struct fault *f)
{
	struct text known = {0};

	r->bound = r->listed ? &listed_suite : find_suite(set, r->suite);
	if (r->bound == NULL) {
		for (size_t k = 0; k < set->n; k++)
			if (k == 0 || strcmp(set->suites[k - 1]->name, set->suites[k]->name) != 0)
				list_names(&known, set->suites[k]->name);
		if (r->cost)
			list_names(&known, listed_suite.name);
		return refuse_name(f, i, "suite", &known, r->suite);
	}
	return bind_metric(r, i, f) && bind_where(r, i, f) && bind_margin(r, i, f);
}

bool
gate_policy_bind(struct gate_policy *p, const struct suite_set *set, struct fault *f)
{
	for (size_t i = 0; i < p->rules_n; i++)
		if (!bind_rule(&p->rules[i], i, set, f))
			return false;
	return true;
}

/* ---- contradictions ---- */

/* The member of a rule's `where` that stands for a cell field, however it is spelled. */
static const json_t *
where_of(const struct gate_rule *r, const char *field)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)r->where, name, value)
		if (strcmp(gate_field(r->bound, name), field) == 0)
			return value;
	return NULL;
}

static bool
same_value(const json_t *a, const json_t *b)
{
	struct text x = {0}, y = {0};
	bool same;

	gate_where_text(a, &x);
	gate_where_text(b, &y);
	same = x.n == y.n && (x.n == 0 || memcmp(x.data, y.data, x.n) == 0);
	text_clear(&x);
	text_clear(&y);
	return same;
}

static bool
same_places(const struct gate_rule *a, const struct gate_rule *b)
{
	const char *name;
	json_t *value;

	if (json_object_size(a->where) != json_object_size(b->where))
		return false;
	json_object_foreach ((json_t *)a->where, name, value) {
		const json_t *other = where_of(b, gate_field(a->bound, name));

		if (other == NULL || !same_value(value, other))
			return false;
	}
	return true;
}

static bool
same_bound(const struct gate_rule *a, const struct gate_rule *b)
{
	return a->bound == b->bound && a->metric_at == b->metric_at && a->cost == b->cost &&
	       a->against_baseline == b->against_baseline && a->warns == b->warns &&
	       (!a->cost ||
		   (strcmp(a->currency, b->currency) == 0 && a->utilisation == b->utilisation)) &&
	       same_places(a, b);
}

/* Two names of one field in a `where`: both would have to hold. */
static bool
check_twice(const struct gate_rule *r, size_t i, struct fault *f)
{
	char member[200], got[200];
	const char *name, *other;
	json_t *value, *ignored;

	json_object_foreach ((json_t *)r->where, name, value)
		json_object_foreach ((json_t *)r->where, other, ignored) {
			if (strcmp(name, other) <= 0 ||
			    strcmp(gate_field(r->bound, name), gate_field(r->bound, other)) != 0)
				continue;
			snprintf(member, sizeof(member), "where/%s", name);
			snprintf(got, sizeof(got), "another name of /rules/%zu/where/%s", i, other);
			return rule_refuse(f, i, member, "each field once", got);
		}
	return true;
}

bool
gate_policy_is_one(const struct gate_policy *p, struct fault *f)
{
	for (size_t i = 0; i < p->rules_n; i++)
		if (!check_twice(&p->rules[i], i, f))
			return false;
	return check_pairs(p, same_bound, f);
}
