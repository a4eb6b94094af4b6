/* gate_init.c — a policy to start from, and a policy in plain words.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "file.h"
#include "gate_read.h"
#include "gate_report.h"
#include "gate_run.h"
#include "gate_side.h"
#include "json.h"
#include "suite_folder.h"

#define START_SUBMITTERS 3
#define START_AGE_DAYS 180
#define START_SETTLE_HOURS 24
#define START_RULES 6 /* unless all are asked for: what a person reads before changing it */

/* The place of a model where most people measured a metric. */
struct pick {
	const struct gate_cell *cell;
	size_t voters;
	double worst; /* end of its interval */
};

static bool
consider(const struct gate_evidence *e, const struct gate_rule *r, const struct gate_cell *c,
    struct pick *best)
{
	const struct gate_query now = {.evaluated_at_ms = INT64_MAX / 2};
	struct interval interval;
	struct side side;
	bool done = side_form(e, &now, r, c, &side) && side_estimate(r, &side, 0.95, &interval);

	if (done &&
	    (side.votes_n > best->voters || (side.votes_n > 0 && side.votes_n == best->voters &&
						memcmp(c->id, best->cell->id, SHA256_SIZE) < 0)))
		*best = (struct pick){c, side.votes_n,
		    rule_metric(r)->higher_is_better ? interval.low : interval.high};
	side_clear(&side);
	return done;
}

static bool
pick_cell(
    const struct gate_evidence *e, const struct gate_rule *r, const char *model, struct pick *best)
{
	const struct gate_cell *c;
	size_t at = 0;

	memset(best, 0, sizeof(*best));
	while ((c = map_next(&e->cells, &at)) != NULL)
		if (gate_cell_matches(e, c, r, model) && !consider(e, r, c, best))
			return false;
	return true;
}

/* As good as now, less what the suite's tolerance forgives; three digits are enough to start. */
static double
start_margin(const struct suite_metric *m, double worst)
{
	double slack = m->tolerance_is_relative ? m->tolerance * fabs(worst) : m->tolerance;
	double margin = m->higher_is_better ? worst - slack : worst + slack;
	char digits[40];

	snprintf(digits, sizeof(digits), "%.3g", margin);
	margin = strtod(digits, NULL);
	if (margin < m->low)
		return m->low;
	return margin > m->high ? m->high : margin;
}

/* The fields that make the place, without what says which model it is. */
static json_t *
where_json(const struct gate_cell *c)
{
	json_t *where = json_object(), *value;
	const char *name;

	json_object_foreach (c->fields, name, value)
		if (strcmp(name, "subject") != 0 && strcmp(name, "base") != 0 &&
		    json_string_length(value) > 0)
			json_object_set(where, name, value);
	return where;
}

static json_t *
start_rule(const struct gate_rule *r, const struct pick *best)
{
	const struct suite_metric *m = rule_metric(r);

	return json_pack("{s:s, s:s, s:o, s:s, s:f, s:s, s:i, s:i, s:s}", "metric", m->name,
	    "suite", r->bound->name, "where", where_json(best->cell), "compare", "absolute",
	    "margin", start_margin(m, best->worst), "min_standing", "corroborated",
	    "min_submitters", START_SUBMITTERS, "max_age_days", START_AGE_DAYS, "severity",
	    "block");
}

struct start {
	struct gate_rule rule;
	struct pick best;
	size_t at; /* in the order of suites and their metrics */
};

/* What the log has of a model, a row for each metric of each suite that has any. */
struct starts {
	struct start *rows;
	size_t n;
};

static bool
add_start(const struct gate_rule *r, const struct pick *best, struct starts *starts)
{
	struct start *rows = realloc(starts->rows, (starts->n + 1) * sizeof(*rows));

	if (rows == NULL)
		return false;
	rows[starts->n] = (struct start){*r, *best, starts->n};
	starts->rows = rows;
	starts->n++;
	return true;
}

static bool
add_suite(const struct gate_evidence *e, const struct suite *suite, const char *model,
    struct starts *starts)
{
	struct gate_rule r = {.bound = suite};
	struct pick best;

	for (; r.metric_at < suite->metrics_n; r.metric_at++) {
		if (!pick_cell(e, &r, model, &best))
			return false;
		if (best.voters > 0 && !add_start(&r, &best, starts))
			return false;
	}
	return true;
}

/* All suites' first metrics come before any's second; of equals what most people measured. */
static int
by_weight(const void *a, const void *b)
{
	const struct start *x = a, *y = b;

	if (x->rule.metric_at != y->rule.metric_at)
		return x->rule.metric_at < y->rule.metric_at ? -1 : 1;
	if (x->best.voters != y->best.voters)
		return x->best.voters > y->best.voters ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int
by_place(const void *a, const void *b)
{
	const struct start *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* Leave at most `most` of them, in the suites' order. Returns how many were left out. */
static size_t
choose_starts(struct starts *starts, size_t most)
{
	size_t before = starts->n;

	qsort(starts->rows, starts->n, sizeof(starts->rows[0]), by_weight);
	if (starts->n > most)
		starts->n = most;
	qsort(starts->rows, starts->n, sizeof(starts->rows[0]), by_place);
	return before - starts->n;
}

static json_t *
rules_json(const struct starts *starts)
{
	json_t *rules = json_array();

	for (size_t i = 0; i < starts->n; i++)
		json_array_append_new(
		    rules, start_rule(&starts->rows[i].rule, &starts->rows[i].best));
	return rules;
}

static json_t *
start_policy(const char *model, json_t *rules)
{
	struct text name = {0};
	json_t *policy;

	text_addf(&name, "release of %s", model);
	policy = json_pack("{s:s, s:s, s:i, s:o}", "name", name.data, "candidate", model,
	    "settle_hours", START_SETTLE_HOURS, "rules", rules);
	text_clear(&name);
	return policy;
}

static bool
print_policy(struct task *t, json_t *policy)
{
	struct text printed = {0};

	if (t->json) {
		t->result = policy;
		return policy != NULL;
	}
	json_print_pretty(policy, &printed);
	text_add_str(&printed, "\n");
	json_decref(policy);
	t->result = json_pack("{s:s}", "text", printed.data);
	text_clear(&printed);
	return t->result != NULL;
}

static bool
add_all(const struct gate_reading *r, const char *model, struct starts *starts, struct problem *p)
{
	for (size_t i = 0; i < r->audit.suites.n; i++) {
		const struct suite *s = r->audit.suites.suites[i];

		if (s == suite_newest(&r->audit.suites, s->name) &&
		    !add_suite(&r->evidence, s, model, starts))
			return task_no_memory(p);
	}
	return starts->n > 0 ||
	       fault_set(&p->fault, FAULT_TARGET, "",
		   "a model that somebody has measured: ORG/NAME[@REVISION][+QUANTIZATION], or the "
		   "SHA-256 of its weights",
		   "\"%s\", of which the log has nothing that counts", model);
}

bool
gate_init(struct task *t, const char *model, struct problem *p)
{
	size_t most = args_has(t->args, "all") ? POLICY_RULES_MAX : START_RULES, left_n = 0;
	struct gate_reading r = {0};
	struct starts starts = {0};
	bool done = gate_read(t, 0, &r, p) && add_all(&r, model, &starts, p);

	if (done) {
		left_n = choose_starts(&starts, most);
		done =
		    print_policy(t, start_policy(model, rules_json(&starts))) || task_no_memory(p);
	}
	/* With --json what is printed is a policy too, and takes no notes. */
	if (done && left_n > 0 && !t->json)
		task_note(t,
		    "these are the %zu metrics that suites name first, of %zu that were measured; "
		    "--all makes a rule of each, up to %d",
		    most, most + left_n, POLICY_RULES_MAX);
	free(starts.rows);
	gate_reading_clear(&r);
	return done;
}

bool
gate_explain(struct task *t, const char *path, struct problem *p)
{
	struct gate_policy policy = {0};
	struct suite_set *set = NULL;
	struct text words = {0};
	char *folder = NULL, *data = NULL;
	size_t n = 0;
	bool done = file_read(path, POLICY_MAX_BYTES, &data, &n, &p->fault);

	if (done && (!gate_policy_read(data, n, &policy, &p->fault) ||
			!suite_folder_load(t->args, &set, &folder, &p->fault) ||
			!gate_policy_bind(&policy, set, &p->fault) ||
			!gate_policy_is_one(&policy, &p->fault)))
		done = gate_in_policy(path, data, n, &p->fault);
	if (done) {
		gate_policy_words(&policy, &words);
		t->result = json_pack("{s:s, s:s}", "name", policy.name, "text", words.data);
		done = t->result != NULL || task_no_memory(p);
	}
	text_clear(&words);
	gate_policy_clear(&policy);
	suite_set_free(set);
	free(folder);
	free(data);
	return done;
}
