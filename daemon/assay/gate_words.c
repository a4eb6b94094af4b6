/* gate_words.c — policies and findings in plain words, and the commands that would change them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gate_report.h"
#include "json.h"
#include "number.h"

static void
add_real(struct text *out, double value)
{
	char number[REAL_SIZE];

	real_print(value, number);
	text_add_str(out, number);
}

static void
add_where(const struct gate_rule *r, struct text *out)
{
	const char *name, *before = " where ";
	json_t *value;

	json_object_foreach ((json_t *)r->where, name, value) {
		text_addf(out, "%s%s is ", before, name);
		gate_where_text(value, out);
		before = ", ";
	}
}

/* The limit as a person would say it. */
static void
add_limit(const struct gate_rule *r, const char *baseline, struct text *out)
{
	const struct suite_metric *m = rule_metric(r);
	const char *unit = m->unit[0] != 0 ? " " : "";

	if (!r->against_baseline) {
		text_addf(out, " is at %s ", m->higher_is_better ? "least" : "most");
		add_real(out, r->margin);
		text_addf(out, "%s%s", unit, m->unit);
		return;
	}
	text_addf(out, " is not worse than %s's", baseline != NULL ? baseline : "the baseline");
	if (r->margin == 0)
		return;
	text_add_str(out, " by more than ");
	add_real(out, m->log_scale ? r->margin * 100 : r->margin);
	text_addf(out, "%s%s", m->log_scale ? " %" : unit, m->log_scale ? "" : m->unit);
	if (m->log_scale) {
		text_addf(out, " (a ratio of at %s ", m->higher_is_better ? "least" : "most");
		text_addf(out, "%.4g)", rule_limit(r));
	}
}

void
gate_rule_words(const struct gate_rule *r, const char *baseline, struct text *out)
{
	text_addf(out, "%s of %s", r->metric, r->suite);
	add_where(r, out);
	add_limit(r, baseline, out);
}

static void
add_evidence_asked(const struct gate_rule *r, struct text *out)
{
	text_addf(out, "by %lld or more submitters", (long long)r->min_submitters);
	if (r->min_standing > STANDING_SINGLE)
		text_addf(out, ", %s", standing_name(r->min_standing));
	if (r->max_age_days > 0)
		text_addf(out, ", in the last %lld days", (long long)r->max_age_days);
	if (r->min_submitters_internal > 0)
		text_addf(out, "; or by %lld or more with --with, before it is public",
		    (long long)r->min_submitters_internal);
}

void
gate_policy_words(const struct gate_policy *p, struct text *out)
{
	text_addf(out, "%s is GO if all of this holds with 95 %% confidence",
	    p->candidate != NULL ? p->candidate : "The candidate");
	text_add_str(out, ", NO-GO if any of it surely does not, else INSUFFICIENT:\n");
	for (size_t i = 0; i < p->rules_n; i++) {
		const struct gate_rule *r = &p->rules[i];

		text_addf(out, "%2zu. ", i + 1);
		gate_rule_words(r, p->baseline, out);
		text_add_str(out, "\n    measured ");
		add_evidence_asked(r, out);
		text_addf(out, "%s\n", r->warns ? "\n    (this one warns and stops nothing)" : "");
	}
	text_add_str(out, "Where a rule fits several places, the worst counts.\n");
	if (p->settle_hours > 0)
		text_addf(out, "When watched, a change is told once it has held for %lld hours.\n",
		    (long long)p->settle_hours);
}

/* ---- why ---- */

static void
add_needed(const struct finding *d, struct text *out)
{
	if (d->needed > (int64_t)d->voters)
		text_addf(out,
		    "; at the present spread %lld submitters would likely decide, %lld more",
		    (long long)d->needed, (long long)(d->needed - (int64_t)d->voters));
	else if (d->needed == 0 && d->lack == LACK_PRECISION)
		text_add_str(out, "; it lies so near the limit that more runs alone will hardly "
				  "decide");
}

static void
add_lack(const struct gate_rule *r, const struct finding *d, struct text *out)
{
	switch (d->lack) {
	case LACK_NONE:
		break;
	case LACK_RUNS:
		text_add_str(out, "nobody has measured the candidate here");
		if (r->max_age_days > 0)
			text_addf(out, " in the last %lld days", (long long)r->max_age_days);
		break;
	case LACK_BASELINE:
		text_add_str(out, "nobody has measured the baseline under these conditions");
		break;
	case LACK_AGREEMENT:
		text_add_str(
		    out, "established submitters contradict each other; staff should look");
		break;
	case LACK_STANDING:
		text_addf(out,
		    "it is %s; the rule asks for %s: agreement with established "
		    "submitters",
		    standing_name(d->standing), standing_name(r->min_standing));
		break;
	case LACK_SUBMITTERS:
		text_addf(out, "%zu of the %lld submitters that the rule asks for",
		    d->voters - (d->internal < d->voters ? d->internal : d->voters),
		    (long long)r->min_submitters);
		if (d->internal > 0)
			text_addf(out, ", and %zu unpublished%s", d->internal,
			    r->min_submitters_internal > 0
				? ", fewer than min_submitters_internal"
				: ", which count only where the rule has min_submitters_internal");
		break;
	case LACK_INTERVAL:
		text_add_str(out, "too few submitters to tell how much they differ");
		break;
	case LACK_PRECISION:
		text_add_str(out, "the interval reaches over the limit");
		break;
	case LACK__MAX:
		break;
	}
}

void
gate_finding_words(const struct gate_rule *r, const struct finding *d, struct text *out)
{
	if (d->verdict == VERDICT_GO)
		text_add_str(out, "the whole interval is on the good side of the limit");
	else if (d->verdict == VERDICT_NO_GO)
		text_add_str(out, "the whole interval is on the bad side of the limit");
	add_lack(r, d, out);
	if (d->verdict == VERDICT_INSUFFICIENT)
		add_needed(d, out);
}

/* ---- what to run ---- */

/* A word for the shell. */
static void
add_quoted(struct text *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "._-+@/:=,";

	if (word[0] != 0 && word[strspn(word, plain)] == 0) {
		text_add_str(out, word);
		return;
	}
	text_add_str(out, "'");
	for (; *word != 0; word++)
		text_addf(out, *word == '\'' ? "'\\''" : "%c", *word);
	text_add_str(out, "'");
}

/* The name in NAME[@REVISION][+QUANTIZATION], or of the cell's model. */
static void
add_model(const char *text, const struct gate_cell *cell, struct text *out)
{
	struct text name = {0};

	if (cell != NULL)
		text_add_str(&name, json_get_text(cell->model, "name"));
	else
		text_add(&name, text, strcspn(text, "@+"));
	add_quoted(out, name.data != NULL ? name.data : "");
	text_clear(&name);
}

/* A condition of the place: of the cell, else as the rule says it. */
static void
add_condition(const struct gate_rule *r, const struct finding *d, const char *condition,
    const char *option, struct text *out)
{
	const struct gate_cell *cell = d->cell;
	struct text value = {0}, field = {0};
	const json_t *where = json_object_get(r->where, condition);

	text_addf(&field, "conditions.%s", condition);
	if (cell != NULL)
		text_add_str(&value, json_get_text(cell->fields, field.data));
	else if (where != NULL)
		gate_where_text(where, &value);
	if (value.n > 0) {
		text_addf(out, " %s ", option);
		add_quoted(out, value.data);
	}
	text_clear(&value);
	text_clear(&field);
}

void
gate_command(const struct gate_query *q, const struct gate_rule *r, const struct finding *d,
    struct text *out)
{
	bool of_baseline = d->lack == LACK_BASELINE;
	const struct gate_cell *cell = of_baseline ? NULL : d->cell;
	const char *model = of_baseline ? q->baseline : q->candidate;
	const char *suite = r->bound->name;

	if (d->lack == LACK_NONE || d->lack == LACK_AGREEMENT)
		return;
	if (strcmp(suite, "throughput") == 0) {
		text_add_str(out, "assay run throughput FILE.gguf --model ");
		add_model(model, cell, out);
		add_condition(r, d, "n_prompt", "--prompt", out);
		add_condition(r, d, "n_gen", "--generate", out);
		add_condition(r, d, "n_depth", "--depth", out);
	} else if (strcmp(suite, "refusals") == 0) {
		text_add_str(out, "assay run refusals --endpoint URL --model ");
		add_model(model, cell, out);
	} else if (strcmp(suite, "chat") == 0) {
		text_add_str(out,
		    "assay run chat --endpoint URL --judge-endpoint URL --judge-model "
		    "JUDGE --model ");
		add_model(model, cell, out);
	} else if (strcmp(suite, "serving") == 0) {
		text_add_str(out, "assay run serving --endpoint URL --engine NAME --engine-version "
				  "VERSION --model ");
		add_model(model, cell, out);
		add_condition(r, d, "concurrency", "--levels", out);
	} else if (strcmp(suite, "quantization") == 0) {
		text_add_str(out,
		    "assay import llama-perplexity KLD.log --weights FILE.gguf --base "
		    "BASE.gguf --text TEXT --model ");
		add_model(model, cell, out);
	} else {
		return;
	}
	text_add_str(out, " --submit");
}
