/* gate_cost.c — rules on what a million tokens cost.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_cost.h"

#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "json.h"
#include "value.h"

#define DAY_MS (24LL * 60 * 60 * 1000)
#define UTILISATION_MIN 0.001
#define COST_MAX 1e9
#define COST_MIN 1e-6

const struct suite_metric cost_metric = {
    .name = "cost", .unit = "", .log_scale = true, .low = COST_MIN, .high = COST_MAX};

static const struct suite_metric listed_metrics[] = {
    {.name = "output", .log_scale = true, .low = COST_MIN, .high = COST_MAX},
    {.name = "input", .log_scale = true, .low = COST_MIN, .high = COST_MAX},
};
const struct suite listed_suite = {.name = "listed",
    .version = 1,
    .title = "Prices that sellers ask",
    .metrics = (struct suite_metric *)listed_metrics, /* nobody writes to a suite */
    .metrics_n = 2};

/* ---- the rule ---- */

static bool
refuse_members(const json_t *json, size_t i, const char *const *names, size_t n,
    const char *expected, const char *got, struct fault *f)
{
	for (size_t k = 0; k < n; k++)
		if (json_object_get(json, names[k]) != NULL)
			return rule_refuse(f, i, names[k], expected, got);
	return true;
}

static bool
check_listed(const json_t *json, size_t i, struct fault *f)
{
	static const char *const measured[] = {
	    "where", "min_standing", "min_submitters", "min_submitters_internal", "utilisation"};

	return refuse_members(json, i, measured, sizeof(measured) / sizeof(*measured),
	    "none with the suite \"listed\": a listed price is looked up, not measured", "one", f);
}

bool
cost_rule_read(const json_t *json, size_t i, struct gate_rule *r, struct fault *f)
{
	static const char *const members[] = {"rate", "currency", "utilisation"};

	r->cost = strcmp(r->metric, cost_metric.name) == 0;
	if (!r->cost)
		return refuse_members(json, i, members, sizeof(members) / sizeof(*members),
		    "none without \"metric\": \"cost\"", "one", f);
	r->listed = strcmp(r->suite, listed_suite.name) == 0;
	r->rate = json_string_value(json_object_get(json, "rate"));
	r->currency = json_string_value(json_object_get(json, "currency"));
	if (r->currency == NULL)
		r->currency = "USD";
	r->utilisation =
	    json_object_get(json, "utilisation") != NULL ? json_get_real(json, "utilisation") : 1;
	if (strspn(r->currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
		return rule_refuse(f, i, "currency",
		    "a currency's three letters, as ISO 4217 has them", r->currency);
	if (r->utilisation < UTILISATION_MIN)
		return rule_refuse(f, i, "utilisation",
		    "the share of the time in which the machine works, 0.001 to 1", "less");
	return !r->listed || check_listed(json, i, f);
}

static bool
is_rate(const struct suite_metric *m)
{
	return m->log_scale && m->higher_is_better && strcmp(m->unit, "tokens/s") == 0;
}

/* What the machine generates for all together, else for one. */
static const struct suite_metric *
usual_rate(const struct gate_rule *r)
{
	const struct suite_metric *m =
	    suite_metric(r->bound, r->listed ? listed_metrics[0].name : "total");

	return m != NULL ? m : suite_metric(r->bound, "decode");
}

static bool
refuse_rate(const struct gate_rule *r, size_t i, struct fault *f)
{
	struct text known = {0};
	const struct suite *s = r->bound;

	text_add_str(&known, "");
	for (size_t k = 0; k < s->metrics_n; k++)
		if (r->listed || is_rate(&s->metrics[k]))
			text_addf(&known, "%s%s", known.n > 0 ? ", " : "", s->metrics[k].name);
	if (known.n == 0)
		text_add_str(&known, "a suite that measures tokens a second, such as serving");
	rule_refuse(f, i, r->rate != NULL ? "rate" : "suite", known.data != NULL ? known.data : "",
	    r->rate != NULL ? r->rate : r->suite);
	text_clear(&known);
	return false;
}

bool
cost_rule_bind(struct gate_rule *r, size_t i, struct fault *f)
{
	const struct suite_metric *m =
	    r->rate != NULL ? suite_metric(r->bound, r->rate) : usual_rate(r);

	if (m == NULL || (!r->listed && !is_rate(m)))
		return refuse_rate(r, i, f);
	r->rate = m->name;
	r->metric_at = (size_t)(m - r->bound->metrics);
	return true;
}

/* ---- prices ---- */

const char *
cost_listed_unit(const struct gate_rule *r)
{
	return strcmp(r->rate, "input") == 0 ? "million_input_tokens" : "million_output_tokens";
}

static double
amount_of(const struct said_price *p)
{
	return p != NULL ? strtod(p->amount, NULL) : 0;
}

/* By canonical names, as what is asked about. */
static bool
fits(const struct gate_evidence *e, const struct said_price *p, const struct price_query *wanted)
{
	struct said_price called = *p;
	enum name_of of;

	if (name_of_named(p->of, &of))
		called.name = names_canonical(&e->book->names, of, p->name);
	return price_fits(&called, wanted) && gate_price_stands(e, p);
}

static const struct said_price *
find(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    struct price_query *wanted)
{
	const struct said_price *best = NULL;
	struct text name = {0};
	char until[TIME_SIZE];

	time_print(q->evaluated_at_ms / 1000, until);
	wanted->currency = r->currency;
	wanted->until = until;
	wanted->catalogue = e->catalogue;
	names_value(&e->book->names, strcmp(wanted->of, "model") == 0 ? "subject" : wanted->of,
	    wanted->name, &name);
	wanted->name = name.data != NULL ? name.data : "";
	price_query_begin(wanted);
	for (size_t i = 0; i < e->prices.n; i++) {
		const struct said_price *p = &e->prices.list[i];

		if (price_holds_over(p, best) && fits(e, p, wanted))
			best = p;
	}
	text_clear(&name);
	if (best == NULL || amount_of(best) <= 0)
		return NULL;
	return r->max_age_days == 0 ||
		       q->evaluated_at_ms - best->accepted_at_ms <= r->max_age_days * DAY_MS
		   ? best
		   : NULL;
}

static const struct said_price *
find_listed(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    const char *model)
{
	struct price_query wanted = {.of = "model", .name = model, .unit = cost_listed_unit(r)};

	return find(e, q, r, &wanted);
}

void
cost_hardware(const struct gate_rule *r, const struct finding *d, struct text *out)
{
	const json_t *wanted = json_object_get(r->where, "hardware");

	text_add_str(out, "");
	if (d->cell != NULL)
		text_add_str(out, json_get_text(d->cell->fields, "hardware"));
	else if (wanted != NULL)
		gate_where_text(wanted, out);
}

static void
find_hourly(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    struct finding *d)
{
	struct text hardware = {0};
	struct price_query wanted = {.of = "hardware", .unit = "hour"};

	cost_hardware(r, d, &hardware);
	wanted.name = hardware.data != NULL ? hardware.data : "";
	d->price = find(e, q, r, &wanted);
	d->unpriced = d->price == NULL && (d->cell != NULL || hardware.n > 0);
	if (d->cell != NULL)
		d->devices = strtod(json_get_text(d->cell->fields, "accelerator_count"), NULL);
	if (d->devices < 1)
		d->devices = 1; /* nothing is offloaded: the machine itself */
	text_clear(&hardware);
}

void
cost_find(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    struct finding *d)
{
	if (!r->listed) {
		if (!r->against_baseline)
			find_hourly(e, q, r, d);
		return;
	}
	d->price = find_listed(e, q, r, q->candidate);
	d->unpriced = d->price == NULL;
	if (r->against_baseline)
		d->baseline_price = find_listed(e, q, r, q->baseline);
}

/* ---- numbers ---- */

static double
cost_of(const struct gate_rule *r, const struct finding *d, double rate)
{
	return r->against_baseline
		   ? 1 / rate
		   : value_cost(amount_of(d->price), d->devices, rate * r->utilisation);
}

static void
turn(const struct gate_rule *r, const struct finding *d, struct interval *i)
{
	const struct interval rate = *i;

	i->point = cost_of(r, d, rate.point);
	i->low = cost_of(r, d, rate.high);
	i->high = cost_of(r, d, rate.low);
}

void
cost_of_rate(const struct gate_rule *r, struct finding *d)
{
	d->rate = d->interval;
	if (!d->unpriced) {
		turn(r, d, &d->interval);
		turn(r, d, &d->wide);
		return;
	}
	d->interval = (struct interval){.kind = d->rate.kind};
	d->wide = d->interval;
}

void
cost_listed(const struct gate_rule *r, struct finding *d)
{
	double point = amount_of(d->price);

	if (r->against_baseline)
		point /= amount_of(d->baseline_price);
	d->standing = STANDING_REPORTED;
	d->interval =
	    (struct interval){.point = point, .low = point, .high = point, .kind = INTERVAL_LISTED};
	d->wide = d->interval;
}
