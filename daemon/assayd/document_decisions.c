/* document_decisions.c — the documents of release decisions: all of them in short, each in full.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "column.h"
#include "decision.h"
#include "document.h"
#include "documents.h"
#include "encode.h"
#include "json.h"

enum {
	INDEX,
	ID,
	BY,
	BY_NAME,
	MANAGER,
	STATE,
	CHANGED,
	BODY,
	INPUTS
}; /* of QUERY_DECISION, _DECISIONS */

/* Members that list and document have in common. What is withheld has no body any more. */
static json_t *
head_json(const struct db_rows *rows, size_t i, const json_t *body)
{
	return json_pack("{s:I, s:s, s:o, s:b, s:b, s:b}", "index",
	    (json_int_t)db_whole(rows, i, INDEX), "id", column_hex(rows, i, ID), "by",
	    person_json(column_hex(rows, i, BY), db_text(rows, i, BY_NAME)), "release_manager",
	    db_bool(rows, i, MANAGER), "retracted",
	    strcmp(db_text(rows, i, STATE), "retracted") == 0, "withheld", body == NULL);
}

static json_t *
read_body(const struct db_rows *rows, size_t i)
{
	const char *text = column_text(rows, i, BODY);

	return text != NULL ? json_read_object(text, strlen(text), NULL) : NULL;
}

/* The policy's name, and its text's digest: the same text is the same policy. */
static void
put_policy(json_t *out, const json_t *body)
{
	const char *text = json_get_text(body, "policy");
	struct gate_policy policy;
	uint8_t digest[SHA256_SIZE];
	char hex[HEX32_SIZE];

	if (gate_policy_read(text, strlen(text), &policy, NULL))
		json_object_set_new(out, "policy_name", json_string(policy.name));
	gate_policy_clear(&policy);
	sha256_of(text, strlen(text), digest);
	hex_print(digest, SHA256_SIZE, hex);
	json_object_set_new(out, "policy_sha256", json_string(hex));
}

static void
put_members(json_t *out, const json_t *body, const char *const names[])
{
	for (size_t i = 0; names[i] != NULL; i++) {
		json_t *value = json_object_get(body, names[i]);

		if (value != NULL)
			json_object_set(out, names[i], value);
	}
}

static json_t *
decision_json(const struct db_rows *rows, size_t i, const char *const members[])
{
	json_t *body = read_body(rows, i), *out = head_json(rows, i, body);

	if (body != NULL && out != NULL) {
		json_object_set_new(
		    out, "decided", json_string(verdict_name(decision_result(body))));
		put_policy(out, body);
		put_members(out, body, members);
	}
	json_decref(body);
	return out;
}

static json_t *
short_json(const struct db_rows *rows, size_t i)
{
	static const char *const members[] = {"candidate", "baseline", "result", "override",
	    "evaluated_at", "checkpoint", "earlier_n", NULL};

	return decision_json(rows, i, members);
}

bool
make_decisions(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(v->db, QUERY_DECISIONS, NULL, f);

	text_add_str(&out->path, "decisions.json");
	if (rows != NULL) {
		document_begin(&out->text, "assay-decisions-v1", w->log_size);
		document_add_list(&out->text, "decisions", column_list(rows, short_json));
		document_end(&out->text);
	}
	dbsync_free(rows);
	if (rows == NULL)
		return false;
	return document_made(out, f);
}

/* Its rules, each with the statements that stand behind it, where they can be named. */
static void
put_inputs(const struct db_rows *rows, json_t *decision)
{
	const json_t *inputs;
	json_t *all, *rules;
	size_t i;

	if (db_null(rows, 0, INPUTS) || json_object_get(decision, "rules") == NULL)
		return;
	all = json_read_printed(db_text(rows, 0, INPUTS));
	rules = json_deep_copy(json_object_get(decision, "rules"));
	json_array_foreach (all, i, inputs)
		if (json_is_array(inputs))
			json_object_set(json_array_get(rules, i), "inputs", (json_t *)inputs);
	json_object_set_new(decision, "rules", rules);
	json_decref(all);
}

bool
make_decision(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	static const char *const members[] = {"candidate", "baseline", "result", "override",
	    "evaluated_at", "checkpoint", "earlier_n", "policy", "rules", "unpublished", NULL};
	uint8_t raw[SHA256_SIZE];
	const struct db_param param = {.data = raw, .n = sizeof(raw), .binary = true};
	struct db_rows *rows = NULL;
	json_t *decision;

	if (hex_parse(w->name, raw, SHA256_SIZE))
		rows = dbsync_ask(v->db, QUERY_DECISION, &param, f);
	if (rows == NULL)
		return false;
	text_addf(&out->path, "decisions/%s.json", w->name);
	decision = decision_json(rows, 0, members);
	put_inputs(rows, decision);
	document_begin(&out->text, "assay-decision-v1", db_whole(rows, 0, CHANGED) + 1);
	document_add(&out->text, "decision", decision);
	document_end(&out->text);
	dbsync_free(rows);
	return (decision != NULL && !out->path.failed && !out->text.failed) ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for a decision", "none");
}
