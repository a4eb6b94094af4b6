/* gate_report.c — a gate's result as JSON, JUnit XML and Markdown.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_report.h"

#include <string.h>

#include "encode.h"
#include "json.h"
#include "number.h"
#include "xml.h"

/* ---- JSON ---- */

static void
put_text(json_t *object, const char *name, struct text *value)
{
	if (value->n > 0)
		json_object_set_new(object, name, json_stringn(value->data, value->n));
	text_clear(value);
}

static void
put_time(json_t *object, const char *name, int64_t ms)
{
	char text[TIME_SIZE];

	time_print(ms / 1000, text);
	json_object_set_new(object, name, json_string(text));
}

static json_t *
cell_json(const struct gate_cell *c)
{
	char hex[HEX32_SIZE];

	hex_print(c->id, SHA256_SIZE, hex);
	return json_pack("{s:s, s:O, s:O}", "cell", hex, "model", c->model, "fields", c->fields);
}

static json_t *
ids_json(const struct finding *d)
{
	json_t *list = json_array();
	char hex[HEX32_SIZE];

	for (size_t i = 0; i < d->inputs_n; i++) {
		hex_print(d->inputs[i], SHA256_SIZE, hex);
		json_array_append_new(list, json_string(hex));
	}
	return list;
}

static void
put_numbers(json_t *out, const struct finding *d)
{
	json_t *numbers = json_pack("{s:f, s:f, s:f, s:s, s:f, s:f}", "point", d->interval.point,
	    "low", d->interval.low, "high", d->interval.high, "kind",
	    interval_kind_name(d->interval.kind), "wide_low", d->wide.low, "wide_high",
	    d->wide.high);

	json_object_update_new(out, numbers);
	put_time(out, "oldest", d->oldest_ms);
	put_time(out, "newest", d->newest_ms);
}

static json_t *
finding_json(const struct gate_query *q, const struct gate_rule *r, const struct finding *d)
{
	struct text why = {0}, command = {0};
	json_t *out = json_pack(
	    "{s:s, s:s}", "verdict", verdict_name(d->verdict), "lack", lack_name(d->lack));

	gate_finding_words(r, d, &why);
	put_text(out, "why", &why);
	if (d->cell != NULL)
		json_object_update_new(out, cell_json(d->cell));
	if (d->baseline != NULL)
		json_object_set_new(out, "baseline", cell_json(d->baseline));
	if (d->voters > 0)
		put_numbers(out, d);
	json_object_set_new(out, "voters", json_integer((json_int_t)d->voters));
	json_object_set_new(out, "unpublished_voters", json_integer((json_int_t)d->internal));
	json_object_set_new(out, "standing", json_string(standing_name(d->standing)));
	if (d->needed > 0)
		json_object_set_new(out, "needed_voters", json_integer(d->needed));
	gate_command(q, r, d, &command);
	put_text(out, "command", &command);
	json_object_set_new(out, "inputs", ids_json(d));
	return out;
}

static json_t *
rule_json(const struct gate_query *q, const struct gate_rule *r, const struct rule_outcome *o)
{
	const struct suite_metric *m = rule_metric(r);
	json_t *cells = json_array(), *out;
	struct text words = {0};

	for (size_t i = 0; i < o->findings_n; i++)
		json_array_append_new(cells, finding_json(q, r, &o->findings[i]));
	out = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:I, s:o}", "verdict",
	    verdict_name(o->verdict), "severity", r->warns ? "warn" : "block", "suite",
	    r->bound->name, "metric", r->metric, "unit",
	    r->against_baseline && m->log_scale ? "ratio" : m->unit, "compare",
	    r->against_baseline ? "baseline" : "absolute", "limit", rule_limit(r), "left_out_old",
	    (json_int_t)o->stale_n, "cells", cells);
	gate_rule_words(r, q->baseline, &words);
	put_text(out, "rule", &words);
	return out;
}

json_t *
gate_rules_json(const struct gate_query *q, const struct gate_outcome *o)
{
	json_t *rules = json_array();

	for (size_t i = 0; i < o->rules_n; i++)
		json_array_append_new(rules, rule_json(q, &q->policy->rules[i], &o->rules[i]));
	return rules;
}

/* ---- what both texts say ---- */

static const json_t *
worst_of(const json_t *rule)
{
	return json_array_get(json_object_get(rule, "cells"), 0);
}

static bool
has_numbers(const json_t *finding)
{
	return json_object_get(finding, "point") != NULL;
}

static void
add_numbers(const json_t *rule, const json_t *finding, struct text *out)
{
	text_addf(out, "%.4g [%.4g, %.4g]%s%s",
	    json_number_value(json_object_get(finding, "point")),
	    json_number_value(json_object_get(finding, "low")),
	    json_number_value(json_object_get(finding, "high")),
	    json_get_text(rule, "unit")[0] != 0 ? " " : "", json_get_text(rule, "unit"));
}

/* ---- JUnit ---- */

/* A warning's case passes, whatever its verdict; what blocks fails if it is not GO. */
static void
add_case(const json_t *rule, struct text *out)
{
	const json_t *worst = worst_of(rule);
	const char *verdict = json_get_text(rule, "verdict");
	bool fails =
	    strcmp(verdict, "GO") != 0 && strcmp(json_get_text(rule, "severity"), "block") == 0;
	struct text said = {0};

	text_add_str(out, "  <testcase classname=\"");
	xml_add_text(out, json_get_text(rule, "suite"));
	text_add_str(out, "\" name=\"");
	xml_add_text(out, json_get_text(rule, "rule"));
	text_add_str(out, fails ? "\">\n    <failure type=\"" : "\">\n    <system-out>");
	if (fails) {
		xml_add_text(out, verdict);
		text_add_str(out, "\" message=\"");
	} else {
		text_addf(out, "%s: ", verdict);
	}
	text_add_str(&said, json_get_text(worst, "why"));
	if (has_numbers(worst)) {
		text_add_str(&said, ": ");
		add_numbers(rule, worst, &said);
	}
	xml_add_text(out, said.data != NULL ? said.data : "");
	text_add_str(out, fails ? "\"/>\n  </testcase>\n" : "</system-out>\n  </testcase>\n");
	text_clear(&said);
}

void
gate_junit(const json_t *result, struct text *out)
{
	const json_t *rules = json_object_get(result, "rules"), *rule;
	size_t i, failures = 0;

	json_array_foreach (rules, i, rule)
		failures += strcmp(json_get_text(rule, "verdict"), "GO") != 0 &&
			    strcmp(json_get_text(rule, "severity"), "block") == 0;
	text_add_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"");
	xml_add_text(out, json_get_text(result, "policy_name"));
	text_addf(out, "\" tests=\"%zu\" failures=\"%zu\" timestamp=\"%s\">\n",
	    json_array_size(rules), failures, json_get_text(result, "evaluated_at"));
	json_array_foreach (rules, i, rule)
		add_case(rule, out);
	text_add_str(out, "</testsuite>\n");
}

/* ---- Markdown ---- */

/* Text of others must neither open a table cell nor a link nor HTML. */
static void
add_marked(struct text *out, const char *s)
{
	for (; *s != 0; s++) {
		if (strchr("\\`*_{}[]()#+!|<>~&", *s) != NULL)
			text_add_str(out, "\\");
		text_add(out, (unsigned char)*s < ' ' ? " " : s, 1);
	}
}

static void
add_row(const json_t *rule, struct text *out)
{
	const json_t *worst = worst_of(rule);
	size_t cells = json_array_size(json_object_get(rule, "cells"));

	text_addf(out, "| %s%s | ", json_get_text(rule, "verdict"),
	    strcmp(json_get_text(rule, "severity"), "warn") == 0 ? " (warns)" : "");
	add_marked(out, json_get_text(rule, "rule"));
	text_add_str(out, " | ");
	if (has_numbers(worst)) {
		struct text numbers = {0};

		add_numbers(rule, worst, &numbers);
		add_marked(out, numbers.data != NULL ? numbers.data : "");
		text_clear(&numbers);
	} else {
		text_add_str(out, "—");
	}
	text_addf(out, " | %lld | %s | ", (long long)json_get_whole(worst, "voters"),
	    json_get_text(worst, "standing"));
	add_marked(out, json_get_text(worst, "why"));
	if (cells > 1)
		text_addf(out, " (the worst of %zu places)", cells);
	text_add_str(out, " |\n");
}

static void
add_commands(const json_t *rules, struct text *out)
{
	const json_t *rule;
	bool begun = false;
	size_t i;

	json_array_foreach (rules, i, rule) {
		const char *command = json_get_text(worst_of(rule), "command");

		if (command[0] == 0)
			continue;
		text_addf(out, "%s    %s\n", begun ? "" : "\nWhat would help:\n\n", command);
		begun = true;
	}
}

void
gate_markdown(const json_t *result, struct text *out)
{
	const json_t *rules = json_object_get(result, "rules"), *rule;
	const json_t *checkpoint = json_object_get(result, "checkpoint");
	size_t i;

	text_addf(out, "## %s: ", json_get_text(result, "decided"));
	add_marked(out, json_get_text(result, "policy_name"));
	text_add_str(out, "\n\nCandidate ");
	add_marked(out, json_get_text(result, "candidate"));
	if (json_get_text(result, "baseline")[0] != 0) {
		text_add_str(out, ", baseline ");
		add_marked(out, json_get_text(result, "baseline"));
	}
	text_addf(out, ", evaluated %s\n\n", json_get_text(result, "evaluated_at"));
	text_add_str(out, "| | rule | value, 95 % | submitters | standing | |\n"
			  "|---|---|---|--:|---|---|\n");
	json_array_foreach (rules, i, rule)
		add_row(rule, out);
	add_commands(rules, out);
	text_addf(out, "\nLog ");
	add_marked(out, json_get_text(checkpoint, "origin"));
	text_addf(out, ", %lld statements, root `%s`.\n",
	    (long long)json_get_whole(checkpoint, "size"), json_get_text(checkpoint, "root"));
}
