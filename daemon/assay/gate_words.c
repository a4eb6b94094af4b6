/* gate_words.c — policies and findings in plain words, and the commands that would change them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gate_cost.h"
#include "gate_report.h"
#include "json.h"
#include "number.h"

/* As the policy's author wrote it, but for the thousands. */
static void
add_real(struct text *out, double value)
{
	char number[SAID_SIZE];

	real_say(value, 15, number);
	text_add_str(out, number);
}

static void
add_where(const struct gate_rule *r, struct text *out)
{
	const char *name, *before = " where ";
	struct text text = {0};
	json_t *value;

	json_object_foreach ((json_t *)r->where, name, value) {
		text_reset(&text);
		gate_where_text(value, &text);
		text_addf(out, text.n == 2 * SHA256_SIZE ? "%s%s is %.8s…" : "%s%s is %s", before,
		    name, text.data != NULL ? text.data : "");
		before = ", ";
	}
	text_clear(&text);
}

void
gate_rule_unit(const struct gate_rule *r, struct text *out)
{
	text_add_str(out, "");
	if (r->against_baseline && rule_metric(r)->log_scale)
		text_add_str(out, "ratio");
	else if (r->cost)
		text_addf(out, "%s per million tokens", r->currency);
	else
		text_add_str(out, rule_metric(r)->unit);
}

static void
add_amount(const struct gate_rule *r, double value, struct text *out)
{
	const char *unit = r->cost ? r->currency : rule_metric(r)->unit;

	add_real(out, value);
	text_addf(out, "%s%s", unit[0] != 0 ? " " : "", unit);
}

/* The limit as a person would say it. */
static void
add_limit(const struct gate_rule *r, const char *baseline, struct text *out)
{
	const struct suite_metric *m = rule_metric(r);

	if (!r->against_baseline) {
		text_addf(out, " is at %s ", m->higher_is_better ? "least" : "most");
		add_amount(r, r->margin, out);
		return;
	}
	text_addf(out, " is not worse than %s's", baseline != NULL ? baseline : "the baseline");
	if (r->margin == 0)
		return;
	text_add_str(out, " by more than ");
	if (!m->log_scale) {
		add_amount(r, r->margin, out);
		return;
	}
	add_real(out, r->margin * 100);
	text_addf(out, " %% (a ratio of at %s %.4g)", m->higher_is_better ? "least" : "most",
	    rule_limit(r));
}

/* What a cost is of. */
static void
add_cost(const struct gate_rule *r, struct text *out)
{
	if (r->listed) {
		text_addf(out, "listed price of a million %s tokens", r->rate);
		return;
	}
	text_addf(out, "cost of a million tokens by %s of %s", r->rate, r->suite);
	add_where(r, out);
	if (r->utilisation < 1) {
		text_add_str(out, ", the machine at work ");
		add_real(out, r->utilisation * 100);
		text_add_str(out, " % of the time,");
	}
}

void
gate_rule_words(const struct gate_rule *r, const char *baseline, struct text *out)
{
	if (r->cost) {
		add_cost(r, out);
	} else {
		text_addf(out, "%s of %s", r->metric, r->suite);
		add_where(r, out);
	}
	add_limit(r, baseline, out);
}

static void
add_evidence_asked(const struct gate_rule *r, struct text *out)
{
	if (r->listed) {
		text_add_str(out, "by the price that the log has");
		if (r->max_age_days > 0)
			text_addf(out, ", said in the last %lld days", (long long)r->max_age_days);
		return;
	}
	text_addf(out, "measured by %lld or more submitters", (long long)r->min_submitters);
	if (r->min_standing > STANDING_SINGLE)
		text_addf(out, ", %s", standing_name(r->min_standing));
	if (r->max_age_days > 0)
		text_addf(out, ", in the last %lld days", (long long)r->max_age_days);
	if (r->min_submitters_internal > 0)
		text_addf(out, "; or by %lld or more with --with, before it is public",
		    (long long)r->min_submitters_internal);
	if (r->cost && !r->against_baseline)
		text_addf(out, "; an hour of the hardware in %s as the log has it", r->currency);
}

void
gate_policy_words(const struct gate_policy *p, struct text *out)
{
	text_addf(out, "%s is GO if all of this holds with 95 %% confidence",
	    p->candidate != NULL ? p->candidate : "The candidate");
	text_add_str(out, ", NO-GO if any of it surely does not, else INSUFFICIENT:\n");
	for (size_t i = 0; i < p->rules_n; i++) {
		const struct gate_rule *r = &p->rules[i];

		text_addf(out, "%zu. ", i + 1);
		gate_rule_words(r, p->baseline, out);
		text_add_str(out, "\n   ");
		add_evidence_asked(r, out);
		text_addf(out, "%s\n", r->warns ? "\n   (this one warns and stops nothing)" : "");
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

/* What no price is of. */
static void
add_unpriced(const struct gate_query *q, const struct gate_rule *r, const struct finding *d,
    struct text *out)
{
	struct text hardware = {0};

	if (r->listed) {
		text_addf(out, "the log has no price of %s in %s for a million %s tokens",
		    d->lack == LACK_BASELINE ? q->baseline : q->candidate, r->currency, r->rate);
	} else {
		cost_hardware(r, d, &hardware);
		if (hardware.data != NULL && hardware_is_mixed(hardware.data))
			text_addf(out, "nobody prices %s: devices of several kinds", hardware.data);
		else
			text_addf(out, "the log has no price in %s for an hour of %s", r->currency,
			    hardware.data != NULL ? hardware.data : "");
	}
	if (r->max_age_days > 0)
		text_addf(out, " from the last %lld days", (long long)r->max_age_days);
	text_clear(&hardware);
}

static void
add_submitters_lack(const struct gate_rule *r, const struct finding *d, struct text *out)
{
	text_addf(out, "%zu of the %lld submitters that the rule asks for",
	    d->voters - (d->internal < d->voters ? d->internal : d->voters),
	    (long long)r->min_submitters);
	if (d->internal > 0)
		text_addf(out, ", and %zu unpublished%s", d->internal,
		    r->min_submitters_internal > 0
			? ", fewer than min_submitters_internal"
			: ", which count only where the rule has min_submitters_internal");
}

static void
add_lack(const struct gate_query *q, const struct gate_rule *r, const struct finding *d,
    struct text *out)
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
		if (r->listed)
			add_unpriced(q, r, d, out);
		else
			text_add_str(
			    out, "nobody has measured the baseline under these conditions");
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
		add_submitters_lack(r, d, out);
		break;
	case LACK_INTERVAL:
		text_add_str(out, "too few submitters to tell how much they differ");
		break;
	case LACK_PRICE:
		add_unpriced(q, r, d, out);
		break;
	case LACK_PRECISION:
		text_add_str(out, "the interval reaches over the limit");
		break;
	case LACK__MAX:
		break;
	}
}

void
gate_finding_words(const struct gate_query *q, const struct gate_rule *r, const struct finding *d,
    struct text *out)
{
	const char *what = r->listed ? "the listed price" : "the whole interval";

	if (d->verdict != VERDICT_INSUFFICIENT) {
		text_addf(out, "%s is on the %s side of the limit", what,
		    d->verdict == VERDICT_GO ? "good" : "bad");
		return;
	}
	add_lack(q, r, d, out);
	add_needed(d, out);
	if (d->unpriced && d->lack != LACK_PRICE) {
		text_add_str(out, "; and ");
		add_unpriced(q, r, d, out);
	}
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

/* The command that would add a run where one is lacking; nothing where no runner of ours measures
 * the suite. */
static void
add_run(const struct gate_query *q, const struct gate_rule *r, const struct finding *d,
    struct text *out)
{
	bool of_baseline = d->lack == LACK_BASELINE;
	const struct gate_cell *cell = of_baseline ? NULL : d->cell;
	const char *model = of_baseline ? q->baseline : q->candidate;
	const char *suite = r->bound->name;

	if (r->listed || d->lack == LACK_NONE || d->lack == LACK_AGREEMENT || d->lack == LACK_PRICE)
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

/* Devices of several kinds have no price together. */
static void
add_price(const struct gate_query *q, const struct gate_rule *r, const struct finding *d,
    struct text *out)
{
	struct text name = {0};
	bool of_baseline = r->listed && d->lack == LACK_BASELINE;

	if (!d->unpriced && !of_baseline)
		return;
	if (r->listed) {
		const char *model = of_baseline ? q->baseline : q->candidate;

		text_add(&name, model, strcspn(model, "@+"));
	} else {
		cost_hardware(r, d, &name);
	}
	if (name.data != NULL && !hardware_is_mixed(name.data)) {
		text_addf(out, "assay price %s ", r->listed ? "model" : "hardware");
		add_quoted(out, name.data);
		text_addf(out, " --unit %s", r->listed ? cost_listed_unit(r) : "hour");
		if (strcmp(r->currency, "USD") != 0)
			text_addf(out, " --currency %s", r->currency);
		text_add_str(out, " --amount AMOUNT --source ADDRESS");
	}
	text_clear(&name);
}

json_t *
gate_commands(const struct gate_query *q, const struct gate_rule *r, const struct finding *d)
{
	struct text run = {0}, price = {0};
	json_t *list = json_array();

	add_run(q, r, d, &run);
	add_price(q, r, d, &price);
	if (run.n > 0)
		json_array_append_new(list, json_stringn(run.data, run.n));
	if (price.n > 0)
		json_array_append_new(list, json_stringn(price.data, price.n));
	text_clear(&run);
	text_clear(&price);
	return list;
}
