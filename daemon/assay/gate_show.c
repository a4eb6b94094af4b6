/* gate_show.c — a gate's result on a terminal.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gate_report.h"
#include "json.h"
#include "term.h"
#include "text.h"

#define CELLS_SHOWN 3
#define INDENT 4

static void
show(struct text *line, int indent, FILE *out)
{
	if (line->n > 0)
		term_wrap(out, line->data, indent, 0);
	text_reset(line);
}

/* Where a finding is, in the fields that tell places apart. */
static void
add_place(const json_t *finding, struct text *line)
{
	const json_t *model = json_object_get(finding, "model");
	const char *name, *quantization = json_get_text(model, "quantization");
	json_t *value;

	if (model == NULL)
		return;
	text_addf(line, "at %s%s%s", json_get_text(model, "name"), quantization[0] ? " " : "",
	    quantization);
	json_object_foreach (json_object_get(finding, "fields"), name, value) {
		const char *text = json_string_value(value);
		const char *dot = strchr(name, '.');

		if (text[0] != 0 && strlen(text) != 64 && strcmp(name, "subject") != 0)
			text_addf(line, ", %s %s", dot != NULL ? dot + 1 : name, text);
	}
}

/* A command to copy stands on one line, however long it is. */
static void
show_commands(const json_t *finding, FILE *out)
{
	const json_t *command;
	size_t i;

	json_array_foreach (json_object_get(finding, "commands"), i, command) {
		fprintf(out, "%*s$ ", INDENT, "");
		term_say(out, json_string_value(command));
	}
}

static void
show_finding(const json_t *rule, const json_t *finding, FILE *out)
{
	struct text line = {0};

	add_place(finding, &line);
	show(&line, INDENT, out);
	if (gate_has_numbers(finding)) {
		gate_numbers(rule, finding, &line);
		text_add_str(&line, ", limit ");
		gate_limit(rule, &line);
		text_add_str(&line, "; ");
		gate_basis(finding, &line);
		show(&line, INDENT, out);
	}
	gate_cost_words(finding, "\n", &line);
	show(&line, INDENT, out);
	text_add_str(&line, json_get_text(finding, "why"));
	show(&line, INDENT, out);
	text_clear(&line);
	show_commands(finding, out);
}

static void
show_rule(const json_t *rule, size_t number, FILE *out)
{
	const json_t *cells = json_object_get(rule, "cells"), *finding;
	const char *verdict = json_get_text(rule, "verdict");
	const int column = 17; /* behind the longest of the verdicts */
	size_t i, n = json_array_size(cells);
	struct text line = {0};

	text_addf(&line, "%s%s", json_get_text(rule, "rule"),
	    strcmp(json_get_text(rule, "severity"), "warn") == 0 ? " (warns only)" : "");
	fprintf(out, "\n%zu. %s%s%s", number, term_bold(out), verdict, term_plain(out));
	fprintf(out, "%*s", column - (int)strlen(verdict) - 3 - (number > 9), "");
	term_wrap(out, line.data != NULL ? line.data : "", column, column);
	text_clear(&line);
	json_array_foreach (cells, i, finding)
		if (i < CELLS_SHOWN)
			show_finding(rule, finding, out);
	if (n > CELLS_SHOWN)
		fprintf(out, "%*sand %zu more places, none worse (--json has all)\n", INDENT, "",
		    n - CELLS_SHOWN);
	if (json_get_whole(rule, "left_out_old") > 0)
		fprintf(out, "%*sleft out: %lld places whose runs are all too old\n", INDENT, "",
		    (long long)json_get_whole(rule, "left_out_old"));
}

static void
show_head(const json_t *result, FILE *out)
{
	const json_t *override = json_object_get(result, "override");
	const char *decided = json_get_text(result, "decided");
	struct text line = {0};

	text_addf(&line, "%s by %s", json_get_text(result, "candidate"),
	    json_get_text(result, "policy_name"));
	if (json_get_text(result, "baseline")[0] != 0)
		text_addf(&line, ", against %s", json_get_text(result, "baseline"));
	fprintf(out, "%s%s:%s", term_bold(out), decided, term_plain(out));
	term_wrap(out, line.data != NULL ? line.data : "", 0, (int)strlen(decided) + 1);
	text_reset(&line);
	if (override != NULL) {
		text_addf(&line, "Overridden: the rules say %s. Reason: %s",
		    json_get_text(result, "result"), json_get_text(override, "reason"));
		show(&line, 0, out);
	}
	text_clear(&line);
}

static void
show_tail(const json_t *result, FILE *out)
{
	const json_t *checkpoint = json_object_get(result, "checkpoint");
	const json_t *said = json_object_get(result, "decision");
	size_t unpublished = json_array_size(json_object_get(result, "unpublished"));
	struct text line = {0};

	text_addf(&line, "Evidence: %s, %lld statements, evaluated %s",
	    json_get_text(checkpoint, "origin"), (long long)json_get_whole(checkpoint, "size"),
	    json_get_text(result, "evaluated_at"));
	if (unpublished > 0)
		text_addf(&line, "; with %zu unpublished submissions", unpublished);
	text_addf(&line, "\nEarlier logged decisions on this candidate by this policy: %lld\n",
	    (long long)json_get_whole(result, "earlier_n"));
	fputs("\n", out);
	show(&line, 0, out);
	text_clear(&line);
	if (json_object_get(result, "replayed") != NULL)
		fputs("The logged decision follows from the log: every number is the same.\n", out);
	if (said != NULL)
		fprintf(out, "Signed and sent: %s (%s)\n", json_get_text(said, "id"),
		    json_get_text(said, "state"));
}

/* Lines that are indented stay so when they are broken, and so do the rules' numbers. */
static void
show_words(const char *text, FILE *out)
{
	struct text line = {0};

	while (*text != 0) {
		size_t n = strcspn(text, "\n"), blanks = strspn(text, " ");
		size_t number = strspn(text, "0123456789");
		bool numbered = number > 0 && strncmp(text + number, ". ", 2) == 0;
		int indent = numbered ? (int)number + 2 : (int)blanks, column = 0;

		text_reset(&line);
		if (numbered)
			column = fprintf(out, "%.*s ", (int)number + 1, text);
		text_add(&line, text + (numbered ? number + 2 : blanks),
		    n - (numbered ? number + 2 : blanks));
		term_wrap(out, line.data != NULL ? line.data : "", indent, column);
		text += n + (text[n] == '\n');
	}
	text_clear(&line);
}

void
gate_show(const json_t *result, FILE *out)
{
	const json_t *rule;
	size_t i;

	if (json_object_get(result, "text") != NULL) { /* of init; of explain in words */
		if (json_object_get(result, "name") != NULL)
			show_words(json_get_text(result, "text"), out);
		else
			term_put(out, json_get_text(result, "text"));
		return;
	}
	show_head(result, out);
	json_array_foreach (json_object_get(result, "rules"), i, rule)
		show_rule(rule, i + 1, out);
	show_tail(result, out);
}
