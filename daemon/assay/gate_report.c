/* gate_report.c — a gate's result as JSON, JUnit XML and Markdown.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_report.h"

#include <string.h>

#include "encode.h"
#include "json.h"
#include "value.h"
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
	if (d->oldest_ms > 0) {
		put_time(out, "oldest", d->oldest_ms);
		put_time(out, "newest", d->newest_ms);
	}
}

static json_t *
price_json(const struct said_price *p)
{
	json_t *price = json_object();
	char hex[HEX32_SIZE];

	hex_print(p->id, SHA256_SIZE, hex);
	json_object_set_new(price, "id", json_string(hex));
	json_object_set_new(price, "index", json_integer((json_int_t)p->index));
	json_object_set_new(price, "name", json_string(p->name));
	json_object_set_new(price, "amount", json_string(p->amount));
	json_object_set_new(price, "currency", json_string(p->currency));
	json_object_set_new(price, "unit", json_string(p->unit));
	json_object_set_new(price, "valid_from", json_string(p->valid_from));
	json_object_set_new(price, "source", json_string(p->source));
	return price;
}

/* What a cost was made of. */
static json_t *
cost_json(const struct gate_rule *r, const struct finding *d)
{
	json_t *cost = json_object();

	if (d->rate.point > 0 && !r->against_baseline) {
		json_object_set_new(cost, "formula", json_string(value_cost_used_text));
		json_object_set_new(cost, "devices", json_real(d->devices));
		json_object_set_new(cost, "utilisation", json_real(r->utilisation));
		json_object_set_new(cost, "rate",
		    json_pack("{s:s, s:f, s:f, s:f, s:s}", "metric", r->rate, "point",
			d->rate.point, "low", d->rate.low, "high", d->rate.high, "unit",
			rule_measured(r)->unit));
	}
	if (d->price != NULL)
		json_object_set_new(cost, "price", price_json(d->price));
	if (d->baseline_price != NULL)
		json_object_set_new(cost, "baseline_price", price_json(d->baseline_price));
	return cost;
}

static json_t *
finding_json(const struct gate_query *q, const struct gate_rule *r, const struct finding *d)
{
	struct text why = {0};
	json_t *out = json_pack(
	    "{s:s, s:s}", "verdict", verdict_name(d->verdict), "lack", lack_name(d->lack));

	gate_finding_words(q, r, d, &why);
	put_text(out, "why", &why);
	if (d->cell != NULL)
		json_object_update_new(out, cell_json(d->cell));
	if (d->baseline != NULL)
		json_object_set_new(out, "baseline", cell_json(d->baseline));
	if (finding_has_numbers(d))
		put_numbers(out, d);
	if (r->cost)
		json_object_set_new(out, "cost", cost_json(r, d));
	json_object_set_new(out, "voters", json_integer((json_int_t)d->voters));
	json_object_set_new(out, "unpublished_voters", json_integer((json_int_t)d->internal));
	json_object_set_new(out, "standing", json_string(standing_name(d->standing)));
	if (d->needed > 0)
		json_object_set_new(out, "needed_voters", json_integer(d->needed));
	json_object_set_new(out, "commands", gate_commands(q, r, d));
	json_object_set_new(out, "inputs", ids_json(d));
	return out;
}

static json_t *
rule_json(const struct gate_query *q, const struct gate_rule *r, const struct rule_outcome *o)
{
	json_t *cells = json_array(), *out;
	struct text words = {0}, unit = {0};

	for (size_t i = 0; i < o->findings_n; i++)
		json_array_append_new(cells, finding_json(q, r, &o->findings[i]));
	gate_rule_unit(r, &unit);
	out = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:f, s:I, s:o}", "verdict",
	    verdict_name(o->verdict), "severity", r->warns ? "warn" : "block", "suite",
	    r->bound->name, "metric", r->metric, "unit", unit.data != NULL ? unit.data : "",
	    "compare", r->against_baseline ? "baseline" : "absolute", "limit", rule_limit(r),
	    "left_out_old", (json_int_t)o->stale_n, "cells", cells);
	text_clear(&unit);
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

/* ---- JUnit ---- */

static void
add_lines(const json_t *worst, struct text *out)
{
	const json_t *command;
	struct text costs = {0};
	size_t i;

	if (gate_has_numbers(worst)) {
		gate_basis(worst, out);
		gate_cost_words(worst, "\n", &costs);
		text_addf(out, "%s%s", costs.n > 0 ? "\n" : "", costs.n > 0 ? costs.data : "");
	}
	text_clear(&costs);
	json_array_foreach (json_object_get(worst, "commands"), i, command)
		text_addf(out, "%srun: %s", out->n > 0 ? "\n" : "", json_string_value(command));
}

/* A warning's case passes, whatever its verdict; what blocks fails if it is not GO. */
static void
add_case(const json_t *rule, struct text *out)
{
	const json_t *worst = worst_of(rule);
	const char *verdict = json_get_text(rule, "verdict");
	bool fails =
	    strcmp(verdict, "GO") != 0 && strcmp(json_get_text(rule, "severity"), "block") == 0;
	struct text said = {0}, lines = {0};

	text_addf(&said, "%s", json_get_text(worst, "why"));
	if (gate_has_numbers(worst)) {
		text_add_str(&said, ": ");
		gate_numbers(rule, worst, &said);
	}
	text_add_str(&lines, "");
	add_lines(worst, &lines);
	text_add_str(out, "  <testcase classname=\"");
	xml_add_text(out, json_get_text(rule, "suite"));
	text_add_str(out, "\" name=\"");
	xml_add_text(out, json_get_text(rule, "rule"));
	text_addf(out,
	    fails ? "\">\n    <failure type=\"%s\" message=\"" : "\">\n    <system-out>%s: ",
	    verdict);
	xml_add_text(out, said.data != NULL ? said.data : "");
	text_add_str(out, fails ? "\">" : "\n");
	xml_add_text(out, lines.data != NULL ? lines.data : "");
	text_add_str(out, fails ? "</failure>" : "</system-out>");
	text_add_str(out, "\n  </testcase>\n");
	text_clear(&said);
	text_clear(&lines);
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
	if (gate_has_numbers(worst)) {
		struct text numbers = {0};

		gate_numbers(rule, worst, &numbers);
		add_marked(out, numbers.data != NULL ? numbers.data : "");
		text_clear(&numbers);
	} else {
		text_add_str(out, "—");
	}
	text_addf(out, " | %lld | %s | ", (long long)json_get_whole(worst, "voters"),
	    gate_standing_words(worst));
	add_marked(out, json_get_text(worst, "why"));
	if (cells > 1)
		text_addf(out, " (the worst of %zu places)", cells);
	text_add_str(out, " |\n");
}

/* Where a cost comes from. */
static void
add_costs(const json_t *rules, struct text *out)
{
	const json_t *rule;
	bool begun = false;
	size_t i;

	json_array_foreach (rules, i, rule) {
		struct text words = {0};

		gate_cost_words(worst_of(rule), "; ", &words);
		if (words.n > 0) {
			text_addf(out, "%s- rule %zu: ", begun ? "" : "\nCosts:\n\n", i + 1);
			add_marked(out, words.data);
			text_add_str(out, "\n");
			begun = true;
		}
		text_clear(&words);
	}
}

/* Each once: what adds a run for one rule often does for others. */
static void
add_commands(const json_t *rules, struct text *out)
{
	const json_t *rule, *command;
	json_t *told = json_object();
	size_t i, k;

	json_array_foreach (rules, i, rule)
		json_array_foreach (json_object_get(worst_of(rule), "commands"), k, command) {
			const char *text = json_string_value(command);

			if (json_object_get(told, text) != NULL)
				continue;
			text_addf(out, "%s    %s\n",
			    json_object_size(told) > 0 ? "" : "\nWhat would help:\n\n", text);
			json_object_set_new(told, text, json_true());
		}
	json_decref(told);
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
	text_add_str(out, "| verdict | rule | value, 95 % | submitters | standing | why |\n"
			  "|---|---|---|--:|---|---|\n");
	json_array_foreach (rules, i, rule)
		add_row(rule, out);
	add_costs(rules, out);
	add_commands(rules, out);
	text_addf(out, "\nLog ");
	add_marked(out, json_get_text(checkpoint, "origin"));
	text_addf(out, ", %lld statements, root `%s`.\n",
	    (long long)json_get_whole(checkpoint, "size"), json_get_text(checkpoint, "root"));
}
