/* derive.c — the rows that follow from a batch of statements.
 * SPDX-License-Identifier: Apache-2.0 */
#include "derive.h"

#include <math.h>
#include <string.h>

#include "encode.h"
#include "json.h"
#include "meeting.h"
#include "raw_cell.h"
#include "submission.h"

bool
derivation_begin(struct derivation *d, const struct suite_set *suites,
    const struct rules_snapshot *in_force, int64_t size, int64_t as_of_ms, struct fault *f)
{
	memset(d, 0, sizeof(*d));
	d->suites = suites;
	d->catalogue = in_force->catalogue;
	d->first_index = d->next_index = size;
	d->as_of_ms = as_of_ms;
	d->leaves = json_array();
	d->submitters = json_array();
	d->submissions = json_array();
	d->raw_cells = json_array();
	d->cells = json_array();
	d->measurements = json_array();
	d->acts = json_array();
	d->aliases = json_array();
	d->intents = json_array();
	d->prices = json_array();
	d->decisions = json_array();
	d->watches = json_array();
	d->decided = json_array();
	d->item_scores = json_array();
	d->uses = json_array();
	if (rules_copy(&in_force->rules, &d->rules) && d->leaves && d->submitters &&
	    d->submissions && d->raw_cells && d->cells && d->measurements && d->acts &&
	    d->aliases && d->intents && d->prices && d->decisions && d->watches && d->decided &&
	    d->item_scores && d->uses)
		return true;
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for a batch", "none");
}

void
derivation_clear(struct derivation *d)
{
	rules_clear(&d->rules);
	book_clear(&d->book);
	json_decref(d->leaves);
	json_decref(d->submitters);
	json_decref(d->submissions);
	json_decref(d->raw_cells);
	json_decref(d->cells);
	json_decref(d->measurements);
	json_decref(d->acts);
	json_decref(d->aliases);
	json_decref(d->intents);
	json_decref(d->prices);
	json_decref(d->decisions);
	json_decref(d->watches);
	json_decref(d->decided);
	json_decref(d->item_scores);
	json_decref(d->uses);
}

static json_t *
hex_json(const uint8_t digest[SHA256_SIZE])
{
	char hex[HEX32_SIZE];

	hex_print(digest, SHA256_SIZE, hex);
	return json_string(hex);
}

static json_t *
submitter_json(const struct outcome *o)
{
	return o->by != NULL ? hex_json(o->by->id) : json_null();
}

static bool
add_leaf(struct derivation *d, const struct statement *st, int64_t accepted_at_ms,
    const struct outcome *o)
{
	json_t *leaf = json_pack("{s:I, s:o, s:s, s:I, s:o, s:s, s:s?, s:s?, s:o*}", "index",
	    (json_int_t)d->next_index, "id", hex_json(st->id), "kind", kind_info(st->kind)->name,
	    "accepted_at_ms", (json_int_t)accepted_at_ms, "submitter", submitter_json(o), "state",
	    state_name(o->state), "reason", o->reason[0] ? o->reason : NULL, "pointer",
	    o->pointer[0] ? o->pointer : NULL, "verdict",
	    o->verdict.doubt != DOUBT_NONE ? plausibility_json(&o->verdict) : NULL);

	return json_array_append_new(d->leaves, leaf) == 0;
}

static bool
add_submitter(struct derivation *d, const struct statement *st, const struct outcome *o)
{
	json_t *row = json_pack("{s:o, s:o, s:O, s:O, s:I}", "id", submitter_json(o), "key",
	    hex_json(st->key), "name", json_object_get(st->body, "name"), "links",
	    json_object_get(st->body, "links"), "index", (json_int_t)d->next_index);

	return json_array_append_new(d->submitters, row) == 0;
}

static bool
add_act(struct derivation *d, const struct statement *st, int64_t accepted_at_ms,
    const struct outcome *o)
{
	const struct settled *entry = book_statement(&d->book, st->id);
	const json_t *body = st->body;
	json_t *row = json_pack("{s:I, s:o, s:O, s:O, s:O*, s:O*, s:o, s:O, s:O, s:I, s:b}",
	    "index", (json_int_t)d->next_index, "id", hex_json(st->id), "act",
	    json_object_get(body, "act"), "target", json_object_get(body, "target"), "other",
	    json_object_get(body, "other"), "role", json_object_get(body, "role"), "submitter",
	    submitter_json(o), "reason_code", json_object_get(body, "reason_code"), "reason",
	    json_object_get(body, "reason"), "accepted_at_ms", (json_int_t)accepted_at_ms, "waits",
	    entry->waits);

	return json_array_append_new(d->acts, row) == 0;
}

static bool
add_alias(struct derivation *d, const struct statement *st, int64_t accepted_at_ms,
    const struct outcome *o)
{
	const struct settled *entry = book_statement(&d->book, st->id);
	const json_t *body = st->body;
	json_t *row = json_pack("{s:I, s:o, s:o, s:O, s:O, s:O, s:O, s:I, s:b}", "index",
	    (json_int_t)d->next_index, "id", hex_json(st->id), "submitter", submitter_json(o), "of",
	    json_object_get(body, "of"), "raw", json_object_get(body, "raw"), "canonical",
	    json_object_get(body, "canonical"), "reason", json_object_get(body, "reason"),
	    "accepted_at_ms", (json_int_t)accepted_at_ms, "waits", entry->waits);

	return json_array_append_new(d->aliases, row) == 0;
}

static bool
add_intent(struct derivation *d, const struct statement *st, const struct outcome *o)
{
	const json_t *body = st->body, *suite = json_object_get(body, "suite");
	json_t *row = json_pack("{s:I, s:o, s:o, s:O, s:O, s:O, s:O, s:O}", "index",
	    (json_int_t)d->next_index, "id", hex_json(st->id), "submitter", submitter_json(o),
	    "suite", json_object_get(suite, "name"), "suite_version",
	    json_object_get(suite, "version"), "model_name", pointer_find(body, "/model/name"),
	    "count", json_object_get(body, "count"), "expires_at",
	    json_object_get(body, "expires_at"));

	return json_array_append_new(d->intents, row) == 0;
}

static bool
add_price(struct derivation *d, const struct statement *st, const struct outcome *o)
{
	const json_t *body = st->body;
	json_t *row = json_pack("{s:I, s:o, s:o, s:O, s:O, s:O, s:O, s:O, s:O, s:O}", "index",
	    (json_int_t)d->next_index, "id", hex_json(st->id), "submitter", submitter_json(o), "of",
	    json_object_get(body, "of"), "name", json_object_get(body, "name"), "amount",
	    json_object_get(body, "amount"), "currency", json_object_get(body, "currency"), "unit",
	    json_object_get(body, "unit"), "valid_from", json_object_get(body, "valid_from"),
	    "source", json_object_get(body, "source"));

	return json_array_append_new(d->prices, row) == 0;
}

static bool
add_decision(struct derivation *d, const struct statement *st, const struct outcome *o)
{
	json_t *row = json_pack("{s:I, s:o, s:o, s:b}", "index", (json_int_t)d->next_index, "id",
	    hex_json(st->id), "submitter", submitter_json(o), "release_manager",
	    (o->by->roles & ROLE_RELEASE_MANAGER) != 0);

	return json_array_append_new(d->decisions, row) == 0 &&
	       json_array_append_new(d->decided,
		   json_pack("{s:I, s:O}", "index", (json_int_t)d->next_index, "body", st->body)) ==
		   0;
}

/* Its row is written once it has been judged. */
static bool
add_watch(struct derivation *d, const struct statement *st, const struct outcome *o)
{
	json_t *row = json_pack("{s:I, s:o, s:o, s:O}", "index", (json_int_t)d->next_index, "id",
	    hex_json(st->id), "submitter", submitter_json(o), "policy",
	    json_object_get(st->body, "policy"));

	return json_array_append_new(d->watches, row) == 0;
}

static const struct result *
result_at(const struct settled *s, size_t position)
{
	for (size_t i = 0; i < s->results_n; i++)
		if (s->results[i].position == position)
			return &s->results[i];
	return NULL;
}

/* Null: it never waited for others who measure the same. */
static json_t *
waits_json(const struct result *r)
{
	return r->waits != WAIT_NONE ? json_boolean(r->waits == WAIT_WAITS) : NULL;
}

static json_t *
anchor_json(const struct settled *s)
{
	return isnan(s->anchor) ? NULL : json_real(s->anchor);
}

/* A cell by canonical names, unless they are the raw ones. */
static bool
add_cell(struct derivation *d, const struct raw_cell *raw, const json_t *fields)
{
	json_t *row;

	if (memcmp(raw->id, raw->at->id, SHA256_SIZE) == 0)
		return true;
	row = json_pack("{s:o, s:s, s:I, s:o}", "cell", hex_json(raw->at->id), "suite",
	    raw->at->suite->name, "suite_version", (json_int_t)raw->at->suite->version, "fields",
	    names_fields(&d->book.names, fields));
	return json_array_append_new(d->cells, row) == 0;
}

/* Once: the book knows of most that they are in the rows already. */
static bool
add_raw_cell(struct derivation *d, struct raw_cell *raw, const json_t *body, const json_t *result)
{
	const struct suite *suite = raw->at->suite;
	json_t *fields, *row;
	bool done;

	if (raw->stored)
		return true;
	fields = cell_fields(suite, body, result);
	row = json_pack("{s:o, s:o, s:s, s:I, s:O}", "raw_cell", hex_json(raw->id), "cell",
	    hex_json(raw->at->id), "suite", suite->name, "suite_version",
	    (json_int_t)suite->version, "fields", fields);
	done = json_array_append_new(d->raw_cells, row) == 0 && add_cell(d, raw, fields);
	raw->stored = done;
	json_decref(fields);
	return done;
}

static bool
add_measurement(
    struct derivation *d, const struct statement *st, size_t position, const json_t *result)
{
	const struct settled *entry = book_statement(&d->book, st->id);
	const struct result *settled = result_at(entry, position);
	const json_t *body = st->body;
	json_t *conditions = json_object_get(result, "conditions"), *row;
	json_t *sd = json_object_get(result, "sd"), *se = json_object_get(result, "se");

	d->rows_n++;
	if (settled == NULL || !add_raw_cell(d, settled->raw, body, result))
		return false;
	row = json_pack("{s:o, s:I, s:I, s:O, s:O, s:O, s:O*, s:O*, s:o*, s:o*, s:o}", "raw_cell",
	    hex_json(settled->raw->id), "index", (json_int_t)d->next_index, "position",
	    (json_int_t)position, "metric", json_object_get(result, "metric"), "value",
	    json_object_get(result, "value"), "n", json_object_get(result, "n"), "sd", sd, "se", se,
	    "beyond", waits_json(settled), "anchor", anchor_json(entry), "conditions",
	    conditions ? json_incref(conditions) : json_object());
	return json_array_append_new(d->measurements, row) == 0;
}

/* A metric's scores count once, should a submission give them twice: as items_scores() finds them.
 */
static bool
add_item_scores(struct derivation *d, const struct suite *suite, const json_t *body)
{
	const json_t *items = json_object_get(body, "items");

	for (size_t i = 0; i < suite->metrics_n; i++) {
		const json_t *scores = items_scores(items, &suite->metrics[i]);

		if (scores != NULL &&
		    json_array_append_new(d->item_scores,
			json_pack("{s:I, s:s, s:O}", "index", (json_int_t)d->next_index, "metric",
			    suite->metrics[i].name, "scores", scores)) != 0)
			return false;
	}
	return true;
}

static bool
add_uses(struct derivation *d, const json_t *body)
{
	json_t *name;
	size_t i;

	json_array_foreach (json_object_get(body, "use_cases"), i, name)
		if (json_array_append_new(d->uses, json_pack("{s:I, s:O}", "index",
						       (json_int_t)d->next_index, "name", name)) !=
		    0)
			return false;
	return true;
}

static bool
add_submission(struct derivation *d, const struct statement *st, const struct outcome *o)
{
	const struct suite *suite = submission_suite(st->body, d->suites, NULL);
	const json_t *engine = json_object_get(st->body, "engine"), *result;
	json_t *model = json_object_get(st->body, "model"), *row;
	struct text subject = {0};
	size_t i;

	if (suite == NULL)
		return false;
	submission_subject(st->body, &subject);
	row = json_pack("{s:I, s:o, s:o, s:s, s:I, s:O, s:O, s:s, s:s, s:s, s:O*, s:O*}", "index",
	    (json_int_t)d->next_index, "id", hex_json(st->id), "submitter", submitter_json(o),
	    "suite", suite->name, "suite_version", (json_int_t)suite->version, "model_name",
	    json_object_get(model, "name"), "model", model, "engine_name",
	    json_get_text(engine, "name"), "engine_version", json_get_text(engine, "version"),
	    "subject", subject.data, "intent", json_object_get(st->body, "intent"), "duration_s",
	    json_object_get(st->body, "duration_s"));
	text_clear(&subject);
	if (json_array_append_new(d->submissions, row) != 0)
		return false;
	json_array_foreach (json_object_get(st->body, "results"), i, result)
		if (!add_measurement(d, st, i, result))
			return false;
	return add_item_scores(d, suite, st->body) && add_uses(d, st->body);
}

/* A config is in force from the leaf behind it on. Its catalogue is got between two batches. */
static bool
take_config(struct derivation *d, const struct statement *st, struct fault *f)
{
	struct rules fresh;

	if (!rules_read(st, &fresh, f))
		return false;
	memcpy(fresh.first_id, d->rules.present ? d->rules.first_id : st->id, SHA256_SIZE);
	rules_clear(&d->rules);
	d->rules = fresh;
	d->stopped = !rules_servable(&d->rules, d->suites, NULL) || d->catalogue == NULL ||
		     memcmp(d->catalogue->digest, d->rules.catalogue, SHA256_SIZE) != 0;
	return true;
}

static bool
add_kind_rows(struct derivation *d, const struct statement *st, int64_t accepted_at_ms,
    const struct outcome *o, struct fault *f)
{
	switch (st->kind) {
	case KIND_CONFIG:
		return take_config(d, st, f);
	case KIND_ENROLMENT:
		return add_submitter(d, st, o);
	case KIND_SUBMISSION:
		return add_submission(d, st, o);
	case KIND_ACT:
		return add_act(d, st, accepted_at_ms, o);
	case KIND_ALIAS:
		return add_alias(d, st, accepted_at_ms, o);
	case KIND_INTENT:
		return add_intent(d, st, o);
	case KIND_PRICE:
		return add_price(d, st, o);
	case KIND_DECISION:
		return add_decision(d, st, o);
	case KIND_WATCH:
		return add_watch(d, st, o);
	case KIND_KEY:
	case KIND_RETRACTION:
		return true; /* all they do is change others */
	case KIND__MAX:
		break;
	}
	return false;
}

bool
derivation_add(
    struct derivation *d, const struct statement *st, int64_t accepted_at_ms, struct fault *f)
{
	const struct leaf_in in = {.st = st,
	    .index = d->next_index,
	    .accepted_at_ms = accepted_at_ms,
	    .rules = &d->rules,
	    .suites = d->suites,
	    .catalogue = d->catalogue,
	    .book = &d->book};
	struct outcome o;
	bool done;

	done = ledger_settle(&in, &o) && add_leaf(d, st, accepted_at_ms, &o) &&
	       (o.state == STATE_VOID || add_kind_rows(d, st, accepted_at_ms, &o, f));
	d->void_n += o.state == STATE_VOID;
	d->next_index++;
	if (accepted_at_ms > d->as_of_ms)
		d->as_of_ms = accepted_at_ms;
	return done || fault_set(f, FAULT_NO_MEMORY, "", "memory for derived rows", "none");
}

bool
derivation_add_unreadable(struct derivation *d, const uint8_t id[SHA256_SIZE], const char *kind,
    int64_t accepted_at_ms, const struct fault *why, struct fault *f)
{
	json_t *leaf = json_pack("{s:I, s:o, s:s, s:I, s:n, s:s, s:s, s:s}", "index",
	    (json_int_t)d->next_index, "id", hex_json(id), "kind", kind, "accepted_at_ms",
	    (json_int_t)accepted_at_ms, "submitter", "state", state_name(STATE_VOID), "reason",
	    fault_info(why->code)->title, "pointer", why->path);

	d->void_n++;
	d->next_index++;
	if (accepted_at_ms > d->as_of_ms)
		d->as_of_ms = accepted_at_ms;
	return json_array_append_new(d->leaves, leaf) == 0 ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for derived rows", "none");
}
