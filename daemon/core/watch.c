/* watch.c — a policy under watch.
 * SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"

#include <stdlib.h>
#include <string.h>

#include "decision.h"
#include "encode.h"
#include "gate_inputs.h"
#include "json.h"
#include "meeting.h"
#include "move.h"

#define HOUR_MS (60LL * 60 * 1000)
#define DAY_MS (24 * HOUR_MS)

bool
watch_begin(struct watch *w, const uint8_t id[SHA256_SIZE], int64_t index,
    const uint8_t by[SHA256_SIZE], const json_t *policy, struct fault *f)
{
	memset(w, 0, sizeof(*w));
	memcpy(w->id, id, SHA256_SIZE);
	memcpy(w->by, by, SHA256_SIZE);
	w->index = index;
	w->stale_at_ms = INT64_MAX;
	return gate_policy_read(
	    json_string_value(policy), json_string_length(policy), &w->policy, f);
}

void
watch_clear(struct watch *w)
{
	gate_policy_clear(&w->policy);
	json_decref(w->told_rules);
	json_decref(w->turned_rules);
	json_decref(w->rules);
	free(w->cells);
	memset(w, 0, sizeof(*w));
}

bool
watch_names(const struct watch *w, const struct names *names, const json_t *model)
{
	return gate_names_model(names, w->policy.candidate, model) ||
	       (w->policy.baseline != NULL && gate_names_model(names, w->policy.baseline, model));
}

/* ---- which leaves matter ---- */

bool
watch_ended(const struct watch *w, const struct book *book)
{
	const struct settled *entry = book_statement(book, w->id);
	const struct person *by = book_person(book, w->by);

	return (entry != NULL && entry->state == STATE_RETRACTED) ||
	       (by != NULL && (by->suspended || !(by->roles & ROLE_RELEASE_MANAGER)));
}

static int
by_id(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_SIZE);
}

static bool
is_touched(const struct watch *w, const struct watch_leaf *l)
{
	for (size_t i = 0; i < l->touched_n; i++)
		if (w->cells_n > 0 &&
		    bsearch(l->touched[i], w->cells, w->cells_n, SHA256_SIZE, by_id) != NULL)
			return true;
	return false;
}

bool
watch_leaves_meet(const struct watch_leaf *a, const struct watch_leaf *b)
{
	for (size_t i = 0; i < a->touched_n; i++)
		for (size_t k = 0; k < b->touched_n; k++)
			if (memcmp(a->touched[i], b->touched[k], SHA256_SIZE) == 0)
				return true;
	return false;
}

/* Who is established, and who is one with whom, is asked of all cells at once. */
static bool
is_stirred(const struct book *book, int64_t index)
{
	for (size_t i = book->stirs_n; i > 0 && book->stirs[i - 1].index == index; i--)
		if (book->stirs[i - 1].cells)
			return true;
	return false;
}

/* A price, or one taken back. */
static bool
is_about_prices(const struct leaf_in *in)
{
	const struct settled *target;
	uint8_t id[SHA256_SIZE];

	if (in->st->kind == KIND_PRICE)
		return true;
	if (in->st->kind != KIND_RETRACTION ||
	    !hex_parse(json_get_text(in->st->body, "target"), id, SHA256_SIZE))
		return false;
	target = book_statement(in->book, id);
	return target != NULL && target->kind == KIND_PRICE;
}

int64_t
watch_settles_at(const struct watch *w)
{
	return w->judged && w->now != w->told ? w->turned_at_ms + w->policy.settle_hours * HOUR_MS
					      : INT64_MAX;
}

static bool
touch_all(struct watch_leaf *l, const struct book *book)
{
	l->touched = calloc(book->touched_n + 1, SHA256_SIZE);
	if (l->touched == NULL)
		return false;
	for (size_t i = 0; i < book->touched_n; i++) {
		memcpy(l->touched[l->touched_n++], book->touched[i]->id, SHA256_SIZE);
		l->items = l->items || book->touched[i]->suite->items_n > 0;
	}
	return true;
}

bool
watch_leaf_note(struct watch_leaf *l, const struct leaf_in *in, int64_t as_of_ms)
{
	const struct book *book = in->book;
	const struct settled *entry = book_statement(book, in->st->id);
	bool stands = entry != NULL && entry->state != STATE_VOID;
	bool moves = book->moves_n > 0 && book->moves[book->moves_n - 1].by == in->index;

	memset(l, 0, sizeof(*l));
	l->index = in->index;
	l->as_of_ms = as_of_ms;
	if (!stands)
		return true;
	if (in->st->kind == KIND_SUBMISSION)
		l->model = json_incref(json_object_get(in->st->body, "model"));
	l->names = &book->names;
	l->stirs = in->st->kind == KIND_CONFIG || is_stirred(book, in->index) ||
		   book->names.last_index == in->index;
	l->prices = is_about_prices(in);
	l->adds =
	    in->st->kind == KIND_SUBMISSION && entry->state == STATE_COUNTED && !moves && !l->stirs;
	return touch_all(l, book);
}

void
watch_leaf_clear(struct watch_leaf *l)
{
	json_decref(l->model);
	free(l->touched);
	memset(l, 0, sizeof(*l));
}

bool
watch_concerned(const struct watch *w, const struct watch_leaf *l)
{
	if (!w->judged || l->as_of_ms >= w->stale_at_ms || l->as_of_ms >= watch_settles_at(w))
		return true;
	return l->stirs || (l->model != NULL && watch_names(w, l->names, l->model)) ||
	       is_touched(w, l) || (l->prices && gate_policy_needs_prices(&w->policy));
}

/* ---- what is said ---- */

/* Of each rule its worst finding, with what it was made of. */
static json_t *
rules_json(const struct gate_evidence *e, const struct gate_outcome *o)
{
	json_t *rules = decision_rules(o);

	for (size_t i = 0; i < o->rules_n; i++) {
		const struct finding *d = &o->rules[i].findings[0];
		json_t *inputs = json_array();

		for (size_t k = 0; k < d->inputs_n; k++)
			json_array_append_new(inputs, input_json(e, d->inputs[k]));
		if (json_object_set_new(json_array_get(rules, i), "inputs", inputs) != 0) {
			json_decref(rules);
			return NULL;
		}
	}
	return rules;
}

static bool
has_input(const json_t *rule, const json_t *input)
{
	const json_t *one;
	size_t i;

	json_array_foreach (json_object_get(rule, "inputs"), i, one)
		if (strcmp(json_get_text(one, "id"), json_get_text(input, "id")) == 0)
			return true;
	return false;
}

/* Add the inputs of one rule that another does not have, each once. */
static void
add_missing(const json_t *rule, const json_t *other, json_t *list)
{
	json_t *input, *have = json_pack("{s:O}", "inputs", list);
	size_t i;

	json_array_foreach (json_object_get(rule, "inputs"), i, input)
		if (!has_input(other, input) && !has_input(have, input))
			json_array_append(list, input);
	json_decref(have);
}

static json_t *
time_json(int64_t ms)
{
	char text[TIME_SIZE];

	time_print(ms / 1000, text);
	return json_string(text);
}

/* What changed between two judgements. */
static json_t *
turn_json(const struct watch *w, int64_t index, int64_t as_of_ms)
{
	json_t *rules = json_array(), *added = json_array(), *gone = json_array();
	size_t n = w->policy.rules_n;

	for (size_t i = 0; i < n; i++) {
		const json_t *was = json_array_get(w->told_rules, i),
			     *now = json_array_get(w->turned_rules, i);

		if (strcmp(json_get_text(was, "verdict"), json_get_text(now, "verdict")) == 0)
			continue;
		json_array_append_new(rules,
		    json_pack("{s:I, s:s, s:s}", "rule", (json_int_t)i, "was",
			json_get_text(was, "verdict"), "now", json_get_text(now, "verdict")));
		add_missing(now, was, added);
		add_missing(was, now, gone);
	}
	return json_pack("{s:I, s:o, s:s, s:s, s:I, s:o, s:o, s:o, s:o}", "index",
	    (json_int_t)index, "told_at", time_json(as_of_ms), "from", verdict_name(w->told), "to",
	    verdict_name(w->now), "turned_index", (json_int_t)w->turned_index, "turned_at",
	    time_json(w->turned_at_ms), "rules", rules, "added", added, "gone", gone);
}

/* ---- judging ---- */

static void
keep(json_t **where, json_t *what)
{
	json_incref(what);
	json_decref(*where);
	*where = what;
}

static bool
tell(struct watch *w, const struct watch_moment *at, json_t *turns)
{
	if (at->as_of_ms < watch_settles_at(w))
		return true;
	if (json_array_append_new(turns, turn_json(w, at->index, at->as_of_ms)) != 0)
		return false;
	w->told = w->now;
	w->told_index = at->index;
	keep(&w->told_rules, w->turned_rules);
	return true;
}

/* The first moment behind as_of is the one to remember. */
static void
note_time(struct watch *w, int64_t at_ms, int64_t as_of_ms)
{
	if (at_ms > as_of_ms && at_ms < w->stale_at_ms)
		w->stale_at_ms = at_ms;
}

/* When a run that counts gets too old. */
static void
note_age(struct watch *w, const struct gate_evidence *e, const struct gate_rule *r,
    const struct gate_cell *c, int64_t as_of_ms)
{
	for (size_t i = 0; i < c->meeting->runs_n; i++) {
		const struct met *run = &c->meeting->runs[i];
		const struct gate_source *s =
		    run->metric == r->metric_at ? gate_source_at(e, run->index) : NULL;
		int64_t stale_at =
		    s != NULL ? s->accepted_at_ms + r->max_age_days * DAY_MS + 1 : INT64_MAX;

		note_time(w, stale_at, as_of_ms);
	}
}

/* A price that begins to hold, or gets too old. */
static void
note_prices(struct watch *w, const struct watch_moment *at)
{
	const struct prices *prices = &at->evidence->prices;
	int64_t from;

	if (!gate_policy_needs_prices(&w->policy))
		return;
	if (at->catalogue_changes)
		w->stale_at_ms = at->as_of_ms;
	for (size_t i = 0; i < prices->n; i++) {
		const struct said_price *p = &prices->list[i];

		if (!gate_price_stands(at->evidence, p))
			continue;
		if (time_parse(p->valid_from, &from))
			note_time(w, from * 1000, at->as_of_ms);
		for (size_t k = 0; k < w->policy.rules_n; k++)
			if (w->policy.rules[k].cost && w->policy.rules[k].max_age_days > 0)
				note_time(w,
				    p->accepted_at_ms + w->policy.rules[k].max_age_days * DAY_MS +
					1,
				    at->as_of_ms);
	}
}

static void
note_ages(struct watch *w, const struct gate_evidence *e, const struct gate_cell *c, int64_t as_of)
{
	for (size_t i = 0; i < w->policy.rules_n; i++) {
		const struct gate_rule *r = &w->policy.rules[i];

		if (r->bound == c->suite && r->max_age_days > 0)
			note_age(w, e, r, c, as_of);
	}
}

/* Remember what is looked at, so that one can tell whether it was touched. */
static bool
note_cells(struct watch *w, const struct watch_moment *moment)
{
	const struct gate_evidence *e = moment->evidence;
	const struct gate_cell *c;
	size_t at = 0;

	free(w->cells);
	w->cells = calloc(e->cells.n + 1, SHA256_SIZE);
	w->cells_n = 0;
	w->stale_at_ms = INT64_MAX;
	if (w->cells == NULL)
		return false;
	while ((c = map_next(&e->cells, &at)) != NULL) {
		if (c->first >= e->log_size || !watch_names(w, &e->book->names, c->model))
			continue;
		memcpy(w->cells[w->cells_n++], c->id, SHA256_SIZE);
		note_ages(w, e, c, moment->as_of_ms);
	}
	qsort(w->cells, w->cells_n, SHA256_SIZE, by_id);
	note_prices(w, moment);
	return true;
}

static bool
evaluate(struct watch *w, const struct watch_moment *at, enum verdict *result)
{
	const struct gate_query q = {.policy = &w->policy,
	    .candidate = w->policy.candidate,
	    .baseline = w->policy.baseline,
	    .evaluated_at_ms = at->as_of_ms};
	struct gate_outcome o = {0};
	struct fault f = {0};
	json_t *rules = NULL;

	if (!gate_policy_bind(&w->policy, at->suites, &f)) {
		*result = VERDICT_INSUFFICIENT;
		rules = f.code != FAULT_NO_MEMORY ? json_array() : NULL;
	} else if (gate_evaluate(at->evidence, &q, &o)) {
		*result = o.result;
		rules = rules_json(at->evidence, &o);
	}
	gate_outcome_clear(&o);
	json_decref(w->rules);
	w->rules = rules;
	return rules != NULL && note_cells(w, at);
}

static void
take(struct watch *w, const struct watch_moment *at, enum verdict result)
{
	if (!w->judged) {
		w->told = result;
		w->told_index = at->index;
		keep(&w->told_rules, w->rules);
	} else if (result != w->told && result != w->now) {
		w->turned_index = at->index;
		w->turned_at_ms = at->as_of_ms;
		keep(&w->turned_rules, w->rules);
	}
	w->judged = true;
	w->judged_index = at->index;
	w->now = result;
}

/* What had held until this moment is told whatever this very leaf changes; what needs no time to
 * settle is told at once. */
bool
watch_judge(struct watch *w, const struct watch_moment *at, json_t *turns)
{
	enum verdict result = VERDICT_INSUFFICIENT;

	if (!tell(w, at, turns) || !evaluate(w, at, &result))
		return false;
	take(w, at, result);
	return tell(w, at, turns);
}
