/* gate_show.c — a gate's result on a terminal.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gate_report.h"
#include "json.h"
#include "term.h"

#define CELLS_SHOWN 3

/* Where a finding is, in the fields that tell places apart. */
static void
show_place(const json_t *finding, FILE *out)
{
	const json_t *model = json_object_get(finding, "model");
	const char *name, *quantization = json_get_text(model, "quantization");
	json_t *value;

	if (model == NULL)
		return;
	fputs("      at ", out);
	term_put(out, json_get_text(model, "name"));
	if (quantization[0] != 0) {
		fputs(" ", out);
		term_put(out, quantization);
	}
	json_object_foreach (json_object_get(finding, "fields"), name, value) {
		const char *text = json_string_value(value);
		const char *dot = strchr(name, '.');

		if (text[0] == 0 || strlen(text) == 64 || strcmp(name, "subject") == 0)
			continue;
		fprintf(out, ", %s ", dot != NULL ? dot + 1 : name);
		term_put(out, text);
	}
	fputs("\n", out);
}

static double
number(const json_t *object, const char *name)
{
	return json_number_value(json_object_get(object, name));
}

static void
show_finding(const json_t *rule, const json_t *finding, FILE *out)
{
	show_place(finding, out);
	if (json_object_get(finding, "point") != NULL) {
		fprintf(out, "      %.4g [%.4g, %.4g]", number(finding, "point"),
		    number(finding, "low"), number(finding, "high"));
		if (json_get_text(rule, "unit")[0] != 0)
			fputs(" ", out);
		term_put(out, json_get_text(rule, "unit"));
		fprintf(out, " (%s), limit %.4g; submitters %lld", json_get_text(finding, "kind"),
		    number(rule, "limit"), (long long)json_get_whole(finding, "voters"));
		if (json_get_whole(finding, "unpublished_voters") > 0)
			fprintf(out, ", unpublished %lld",
			    (long long)json_get_whole(finding, "unpublished_voters"));
		fprintf(out, ", %s; runs of %.10s to %.10s\n", json_get_text(finding, "standing"),
		    json_get_text(finding, "oldest"), json_get_text(finding, "newest"));
	}
	fputs("      ", out);
	term_say(out, json_get_text(finding, "why"));
	if (json_get_text(finding, "command")[0] != 0) {
		fputs("      run: ", out);
		term_say(out, json_get_text(finding, "command"));
	}
}

static void
show_rule(const json_t *rule, size_t number, FILE *out)
{
	const json_t *cells = json_object_get(rule, "cells"), *finding;
	size_t i, n = json_array_size(cells);

	fprintf(out, "\n%2zu. %s%-12s%s ", number, term_bold(out), json_get_text(rule, "verdict"),
	    term_plain(out));
	term_put(out, json_get_text(rule, "rule"));
	fputs(strcmp(json_get_text(rule, "severity"), "warn") == 0 ? " (warns only)\n" : "\n", out);
	json_array_foreach (cells, i, finding)
		if (i < CELLS_SHOWN)
			show_finding(rule, finding, out);
	if (n > CELLS_SHOWN)
		fprintf(out, "      and %zu more places, none worse (--json has all)\n",
		    n - CELLS_SHOWN);
	if (json_get_whole(rule, "left_out_old") > 0)
		fprintf(out, "      left out: %lld places whose runs are all too old\n",
		    (long long)json_get_whole(rule, "left_out_old"));
}

static void
show_head(const json_t *result, FILE *out)
{
	const json_t *override = json_object_get(result, "override");

	fprintf(out, "%s%s%s: ", term_bold(out), json_get_text(result, "decided"), term_plain(out));
	term_put(out, json_get_text(result, "candidate"));
	fputs(" by ", out);
	term_put(out, json_get_text(result, "policy_name"));
	if (json_get_text(result, "baseline")[0] != 0) {
		fputs(", against ", out);
		term_put(out, json_get_text(result, "baseline"));
	}
	fputs("\n", out);
	if (override != NULL) {
		fprintf(
		    out, "Overridden: the rules say %s. Reason: ", json_get_text(result, "result"));
		term_say(out, json_get_text(override, "reason"));
	}
}

static void
show_tail(const json_t *result, FILE *out)
{
	const json_t *checkpoint = json_object_get(result, "checkpoint");
	const json_t *said = json_object_get(result, "decision");
	size_t unpublished = json_array_size(json_object_get(result, "unpublished"));

	fputs("\nEvidence: ", out);
	term_put(out, json_get_text(checkpoint, "origin"));
	fprintf(out, ", %lld statements, evaluated %s",
	    (long long)json_get_whole(checkpoint, "size"), json_get_text(result, "evaluated_at"));
	if (unpublished > 0)
		fprintf(out, "; with %zu unpublished submissions", unpublished);
	fprintf(out, "\nEarlier logged decisions on this candidate by this policy: %lld\n",
	    (long long)json_get_whole(result, "earlier_n"));
	if (json_object_get(result, "replayed") != NULL)
		fputs("The logged decision follows from the log: every number is the same.\n", out);
	if (said != NULL)
		fprintf(out, "Signed and sent: %s (%s)\n", json_get_text(said, "id"),
		    json_get_text(said, "state"));
}

void
gate_show(const json_t *result, FILE *out)
{
	const json_t *rule;
	size_t i;

	if (json_object_get(result, "text") != NULL) { /* of explain and init */
		term_put(out, json_get_text(result, "text"));
		return;
	}
	show_head(result, out);
	json_array_foreach (json_object_get(result, "rules"), i, rule)
		show_rule(rule, i + 1, out);
	show_tail(result, out);
}
