/* gate.c — is it good enough?
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimate.h"
#include "gate_cost.h"
#include "gate_inputs.h"
#include "gate_side.h"
#include "json.h"
#include "list.h"
#include "quantile.h"
#include "scale.h"

#define POWER_LEVEL 0.6 /* two-sided: four times in five on the one side that counts */
#define NEEDED_MAX 1000

/* The median of many votes varies by so much more than their mean (√(π/2), normal votes). */
#define MEDIAN_OVER_MEAN 1.2533141373155003
#define MEDIAN_VOTERS_MIN 6 /* see estimate_votes() */

static const char *const verdict_names[VERDICT__MAX] = {"GO", "INSUFFICIENT", "NO-GO"};

const char *
verdict_name(enum verdict v)
{
	return verdict_names[v];
}

bool
verdict_named(const char *name, enum verdict *out)
{
	for (int i = 0; i < VERDICT__MAX; i++)
		if (strcmp(verdict_names[i], name) == 0) {
			*out = (enum verdict)i;
			return true;
		}
	return false;
}

const char *
lack_name(enum lack l)
{
	static const char *const names[LACK__MAX] = {"none", "runs", "baseline", "agreement",
	    "standing", "submitters", "interval", "price", "precision"};

	return names[l];
}

bool
finding_has_numbers(const struct finding *d)
{
	return (d->voters > 0 && !d->unpriced) || d->interval.kind == INTERVAL_LISTED;
}

/* ---- limits ---- */

double
rule_limit(const struct gate_rule *r)
{
	const struct suite_metric *m = rule_metric(r);

	if (!r->against_baseline)
		return r->margin;
	if (m->log_scale)
		return m->higher_is_better ? 1 / (1 + r->margin) : 1 + r->margin;
	return m->higher_is_better ? -r->margin : r->margin;
}

/* How far on the good side of the limit a value lies, on the scale; negative on the bad side. */
static double
slack(const struct gate_rule *r, double value)
{
	const struct suite_metric *m = rule_metric(r);
	double offset, limit = rule_limit(r);

	if (m->log_scale && limit <= 0)
		offset = INFINITY; /* every value lies above */
	else
		offset = scale_offset(value, limit, m->log_scale);
	return m->higher_is_better ? offset : -offset;
}

static double
worst_slack(const struct gate_rule *r, const struct interval *i)
{
	return fmin(slack(r, i->low), slack(r, i->high));
}

static double
best_slack(const struct gate_rule *r, const struct interval *i)
{
	return fmax(slack(r, i->low), slack(r, i->high));
}

/* ---- one cell ---- */

/* Contested is below all: who disagrees has to be heard first. */
static int
strength(enum standing s)
{
	return s == STANDING_CONTESTED ? -1 : (int)s;
}

static enum standing
weaker(enum standing a, enum standing b)
{
	return strength(a) <= strength(b) ? a : b;
}

/* A candidate that is not public has its own minimum, if the policy names one. */
static bool
unpublished_suffice(const struct gate_rule *r, size_t internal)
{
	return r->min_submitters_internal > 0 && (int64_t)internal >= r->min_submitters_internal;
}

static enum lack
lack_of(const struct gate_rule *r, const struct finding *d)
{
	if (d->standing == STANDING_CONTESTED)
		return LACK_AGREEMENT;
	if (!unpublished_suffice(r, d->internal)) {
		if ((int64_t)d->voters - (int64_t)d->internal < r->min_submitters)
			return LACK_SUBMITTERS;
		if (strength(d->standing) < strength(r->min_standing))
			return LACK_STANDING;
	}
	if (!interval_decides(d->interval.kind))
		return LACK_INTERVAL;
	return d->unpriced ? LACK_PRICE : LACK_NONE;
}

static double
half_width(double level, int64_t n, double spread)
{
	return quantile_t(level, n - 1) * spread / sqrt((double)n) *
	       (n >= MEDIAN_VOTERS_MIN ? MEDIAN_OVER_MEAN : 1);
}

/* What more voters would have to reach: the limit from a point, at a spread that few have shown. */
struct aim {
	double level, reach;
	double spread;
	double chance; /* standard errors of the point that are left aside too */
};

/* Would n voters decide: half width + chance · se ≤ |reach|? */
static bool
suffice(int64_t n, const struct aim *aim)
{
	double se = aim->spread / sqrt((double)n);

	return half_width(aim->level, n, aim->spread) + aim->chance * se <= fabs(aim->reach);
}

/* The fewest voters that suffice, from `least` on; 0: not even NEEDED_MAX. From MEDIAN_VOTERS_MIN
 * on more voters never make it worse, so that halving finds it. */
static int64_t
fewest(int64_t least, const struct aim *aim)
{
	int64_t low = least, high = NEEDED_MAX;

	for (; low < MEDIAN_VOTERS_MIN; low++)
		if (suffice(low, aim))
			return low;
	if (low > high || !suffice(high, aim))
		return 0;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (suffice(middle, aim))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* The spread is itself an estimate by the voters there are: so Student's quantile, not the normal
 * one, for the point's own noise. */
static int64_t
needed(const struct gate_rule *r, const struct finding *d, double wide_level)
{
	struct aim aim = {.reach = slack(r, d->interval.point), .spread = d->interval.spread};
	int64_t n = (int64_t)d->voters;

	if (n < 2 || d->unpriced || !interval_decides(d->interval.kind) || !isfinite(aim.reach))
		return 0;
	aim.level = aim.reach >= 0 ? ESTIMATE_LEVEL : wide_level;
	aim.chance = quantile_t(POWER_LEVEL, n - 1);
	return fewest(n > r->min_submitters ? n : r->min_submitters, &aim);
}

static void
conclude(const struct gate_rule *r, double wide_level, struct finding *d)
{
	d->verdict = VERDICT_INSUFFICIENT;
	d->lack = r->listed ? LACK_NONE : lack_of(r, d);
	if (d->lack == LACK_NONE && worst_slack(r, &d->interval) >= 0)
		d->verdict = VERDICT_GO;
	else if (d->lack == LACK_NONE && best_slack(r, &d->wide) < 0)
		d->verdict = VERDICT_NO_GO;
	else if (d->lack == LACK_NONE)
		d->lack = LACK_PRECISION;
	if (d->verdict == VERDICT_INSUFFICIENT)
		d->needed = needed(r, d, wide_level);
}

static bool
measure(const struct gate_rule *r, const struct side *a, const struct side *b, double wide_level,
    struct finding *d)
{
	bool done;

	d->internal = a->internal_n;
	if (!r->against_baseline) {
		d->voters = a->votes_n;
		d->standing = a->agreement.standing;
		done = side_estimate(r, a, ESTIMATE_LEVEL, &d->interval) &&
		       side_estimate(r, a, wide_level, &d->wide);
	} else {
		/* what is not public stands on the candidate's side; the baseline's standing
		 * counts */
		d->standing = unpublished_suffice(r, a->internal_n)
				  ? b->agreement.standing
				  : weaker(a->agreement.standing, b->agreement.standing);
		done = sides_compare(r, a, b, ESTIMATE_LEVEL, &d->interval, &d->voters) &&
		       sides_compare(r, a, b, wide_level, &d->wide, &d->voters);
	}
	if (done && r->cost)
		cost_of_rate(r, d);
	return done;
}

/* What is looked up, not measured. */
static bool
judge_listed(const struct gate_evidence *e, const struct gate_rule *r, struct finding *d)
{
	const struct side none = {0};

	if (d->price == NULL || (r->against_baseline && d->baseline_price == NULL)) {
		d->lack = d->price == NULL ? LACK_PRICE : LACK_BASELINE;
	} else {
		cost_listed(r, d);
		conclude(r, ESTIMATE_LEVEL, d);
	}
	return finding_list_inputs(e, &none, &none, d);
}

/* Judge d->cell, against d->baseline where one is asked for. */
static bool
judge(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    size_t pairs_n, struct finding *d)
{
	double wide_level = 1 - (1 - ESTIMATE_LEVEL) / (double)(pairs_n > 0 ? pairs_n : 1);
	struct side a = {0}, b = {0};
	bool done;

	d->verdict = VERDICT_INSUFFICIENT;
	if (r->cost)
		cost_find(e, q, r, d);
	if (r->listed)
		return judge_listed(e, r, d);
	if (d->cell == NULL || (r->against_baseline && d->baseline == NULL)) {
		d->lack = d->cell == NULL ? LACK_RUNS : LACK_BASELINE;
		d->inputs = calloc(1, SHA256_SIZE);
		return d->inputs != NULL;
	}
	done = side_form(e, q, r, d->cell, &a) &&
	       (d->baseline == NULL || side_form(e, q, r, d->baseline, &b)) &&
	       finding_list_inputs(e, &a, &b, d);
	if (done && a.votes_n == 0)
		d->lack = LACK_RUNS;
	else if (done && d->baseline != NULL && b.votes_n == 0)
		d->lack = LACK_BASELINE;
	else if (done && (done = measure(r, &a, &b, wide_level, d)))
		conclude(r, wide_level, d);
	side_clear(&a);
	side_clear(&b);
	return done;
}

/* ---- which cells ---- */

/* Findings as they are listed, cells still to be judged. */
struct listing {
	struct finding *list;
	size_t n, room;
	size_t stale_n;
};

static bool
add(struct listing *l, const struct gate_cell *cell, const struct gate_cell *baseline)
{
	struct finding *list = list_room(l->list, l->n, &l->room, sizeof(*list));

	if (list == NULL)
		return false;
	l->list = list;
	list[l->n++] = (struct finding){.cell = cell, .baseline = baseline};
	return true;
}

/* Tell whether two cells differ in the model alone: `base` is part of what a model is. */
static bool
same_place(const struct gate_cell *a, const struct gate_cell *b)
{
	const char *field;
	json_t *value;

	json_object_foreach (a->fields, field, value)
		if (strcmp(field, "subject") != 0 && strcmp(field, "base") != 0 &&
		    strcmp(json_string_value(value), json_get_text(b->fields, field)) != 0)
			return false;
	return true;
}

static bool
same_quantization(const struct gate_cell *a, const struct gate_cell *b)
{
	return strcmp(json_get_text(a->model, "quantization"),
		   json_get_text(b->model, "quantization")) == 0;
}

/* The cells of the baseline that a cell is held against: of the same quantization, if there are
 * such, else all. */
static bool
add_baselines(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    const struct gate_cell *cell, struct listing *l)
{
	const struct gate_cell *b;
	size_t before = l->n, at;

	for (int alike = 1; alike >= 0 && l->n == before; alike--) {
		at = 0;
		while ((b = map_next(&e->cells, &at)) != NULL)
			if (b != cell && b->suite == r->bound &&
			    gate_names_model(&e->book->names, q->baseline, b->model) &&
			    same_place(cell, b) && (!alike || same_quantization(cell, b)) &&
			    side_age(e, q, r, b) == AGE_FRESH && !add(l, cell, b))
				return false;
	}
	return l->n > before || add(l, cell, NULL);
}

/* What makes a cell one to judge is a run that is not too old. */
static bool
list_cells(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    struct listing *l)
{
	const struct gate_cell *c;
	size_t at = 0;

	while ((c = map_next(&e->cells, &at)) != NULL) {
		enum age age;

		if (!gate_cell_matches(e, c, r, q->candidate))
			continue;
		age = side_age(e, q, r, c);
		l->stale_n += age == AGE_STALE;
		if (age != AGE_FRESH)
			continue;
		if (r->against_baseline ? !add_baselines(e, q, r, c, l) : !add(l, c, NULL))
			return false;
	}
	return l->n > 0 || add(l, NULL, NULL);
}

/* ---- rules ---- */

static int
by_cell(const struct gate_cell *a, const struct gate_cell *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return memcmp(a->id, b->id, SHA256_SIZE);
}

/* What a rule's findings are sorted by. */
struct ranked {
	struct finding finding;
	double slack;
};

static int
worst_first(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int order = (int)y->finding.verdict - (int)x->finding.verdict;

	if (order == 0)
		order = (x->slack > y->slack) - (x->slack < y->slack);
	if (order == 0)
		order = by_cell(x->finding.cell, y->finding.cell);
	return order != 0 ? order : by_cell(x->finding.baseline, y->finding.baseline);
}

/* What is not measured at all comes before what is merely not decided. */
static bool
sort_findings(const struct gate_rule *r, struct rule_outcome *o)
{
	struct ranked *ranked = calloc(o->findings_n, sizeof(*ranked));

	if (ranked == NULL)
		return false;
	for (size_t i = 0; i < o->findings_n; i++) {
		const struct finding *d = &o->findings[i];

		ranked[i] = (struct ranked){.finding = *d,
		    .slack = finding_has_numbers(d) ? worst_slack(r, &d->interval) : -INFINITY};
	}
	qsort(ranked, o->findings_n, sizeof(*ranked), worst_first);
	for (size_t i = 0; i < o->findings_n; i++)
		o->findings[i] = ranked[i].finding;
	free(ranked);
	return true;
}

static bool
list_all(const struct gate_evidence *e, const struct gate_query *q, struct gate_outcome *out)
{
	const struct gate_policy *p = q->policy;

	out->rules = calloc(p->rules_n, sizeof(*out->rules));
	if (out->rules == NULL)
		return false;
	for (; out->rules_n < p->rules_n; out->rules_n++) {
		struct rule_outcome *o = &out->rules[out->rules_n];
		struct listing l = {0};
		bool done = list_cells(e, q, &p->rules[out->rules_n], &l);

		o->findings = l.list;
		o->findings_n = l.n;
		o->stale_n = l.stale_n;
		if (!done)
			return false;
		if (!p->rules[out->rules_n].warns)
			out->pairs_n += l.n;
	}
	return true;
}

bool
gate_evaluate(const struct gate_evidence *e, const struct gate_query *q, struct gate_outcome *out)
{
	const struct gate_policy *p = q->policy;

	if (!list_all(e, q, out))
		return false;
	for (size_t i = 0; i < out->rules_n; i++) {
		struct rule_outcome *o = &out->rules[i];

		for (size_t k = 0; k < o->findings_n; k++)
			if (!judge(e, q, &p->rules[i], out->pairs_n, &o->findings[k]))
				return false;
		if (!sort_findings(&p->rules[i], o))
			return false;
		o->verdict = o->findings[0].verdict;
		if (!p->rules[i].warns && o->verdict > out->result)
			out->result = o->verdict;
	}
	return true;
}

void
gate_outcome_clear(struct gate_outcome *o)
{
	for (size_t i = 0; i < o->rules_n; i++) {
		for (size_t k = 0; k < o->rules[i].findings_n; k++)
			free(o->rules[i].findings[k].inputs);
		free(o->rules[i].findings);
	}
	free(o->rules);
	memset(o, 0, sizeof(*o));
}
