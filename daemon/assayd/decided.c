/* decided.c — which statements stand behind the decisions that a batch logged.
 * SPDX-License-Identifier: Apache-2.0 */
#include "derive_changes.h"

#include <string.h>

#include "encode.h"
#include "gate_inputs.h"
#include "gate_rows.h"
#include "json.h"

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for decisions", "none");
}

/* The cells that its rules name, and the baseline's. */
static bool
list_cells(struct dbsync *db, const json_t *body, const struct gate_policy *policy,
    struct text *cells, struct fault *f)
{
	const char *baseline = json_get_text(body, "baseline");
	const json_t *rule;
	size_t i;

	json_array_foreach (json_object_get(body, "rules"), i, rule) {
		const char *cell = json_get_text(rule, "cell");

		if (cell[0] != 0)
			text_addf(cells, "%s\"\\\\x%s\"", cells->n ? "," : "{", cell);
	}
	if (cells->n > 0 && baseline[0] != 0 && gate_policy_needs_baseline(policy) &&
	    !gate_rows_named(db, baseline, NULL, cells, f))
		return false;
	text_add_str(cells, cells->n ? "}" : "{}");
	return !cells->failed || no_memory(f);
}

static json_t *
name_all(const struct gate_rows *g, const json_t *body, const struct gate_policy *policy)
{
	int64_t at = 0;
	struct gate_query q = {.policy = policy,
	    .candidate = json_get_text(body, "candidate"),
	    .baseline = json_string_value(json_object_get(body, "baseline"))};
	json_t *list = json_array(), *inputs;

	(void)!time_parse(json_get_text(body, "evaluated_at"), &at);
	q.evaluated_at_ms = at * 1000;
	for (size_t i = 0; i < policy->rules_n; i++) {
		inputs = decision_inputs(&g->evidence, &q, &policy->rules[i],
		    json_array_get(json_object_get(body, "rules"), i));
		if (json_array_append_new(list, inputs) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* What the policy names may be in no suite that is in force: then nothing is named. */
static bool
name_inputs(struct dbsync *db, const struct derivation *d, const json_t *body, json_t **inputs,
    struct fault *f)
{
	const char *text = json_get_text(body, "policy");
	int64_t size = json_get_whole(json_object_get(body, "checkpoint"), "size");
	struct gate_policy policy;
	struct gate_rows g = {0};
	struct text cells = {0};
	bool done = true;

	if (gate_policy_read(text, strlen(text), &policy, NULL) &&
	    gate_policy_bind(&policy, d->suites, NULL)) {
		done = list_cells(db, body, &policy, &cells, f) &&
		       gate_rows_load(&g, db, d->suites, &cells, size, f) &&
		       gate_rows_prices(&g, db, &policy, d->catalogue, f) &&
		       ((*inputs = name_all(&g, body, &policy)) != NULL || no_memory(f));
	}
	gate_rows_clear(&g);
	text_clear(&cells);
	gate_policy_clear(&policy);
	return done;
}

static bool
write_list(struct dbsync *db, json_t *list, struct fault *f)
{
	struct text text = {0};
	struct db_param param;
	struct db_rows *rows = NULL;

	json_print(list, &text);
	param = (struct db_param){.data = text.data, .n = text.n};
	rows = text.failed ? NULL : dbsync_ask(db, QUERY_DECISION_INPUTS, &param, f);
	text_clear(&text);
	dbsync_free(rows);
	return rows != NULL || no_memory(f);
}

bool
write_inputs(struct dbsync *db, const struct derivation *d, struct fault *f)
{
	const json_t *decided;
	json_t *list = json_array();
	bool done = true;
	size_t i;

	json_array_foreach (d->decided, i, decided) {
		json_t *inputs = NULL;

		done = done && name_inputs(db, d, json_object_get(decided, "body"), &inputs, f);
		if (inputs != NULL)
			json_array_append_new(
			    list, json_pack("{s:O, s:o}", "index",
				      json_object_get(decided, "index"), "inputs", inputs));
	}
	if (done && json_array_size(list) > 0)
		done = write_list(db, list, f);
	json_decref(list);
	return done;
}
