/* derive.c — the rows that follow from a batch of statements.
 * SPDX-License-Identifier: Apache-2.0 */
#include "derive.h"

#include <string.h>

#include "encode.h"
#include "json.h"
#include "submission.h"

bool
derivation_begin(struct derivation *d, const struct suite_set *suites, const struct rules *rules,
    int64_t size, int64_t as_of_ms, struct fault *f)
{
	memset(d, 0, sizeof(*d));
	d->suites = suites;
	d->first_index = d->next_index = size;
	d->as_of_ms = as_of_ms;
	d->signers = json_object();
	d->leaves = json_array();
	d->submitters = json_array();
	d->submissions = json_array();
	d->raw_cells = json_array();
	d->measurements = json_array();
	if (rules_copy(rules, &d->rules) && d->signers && d->leaves && d->submitters &&
	    d->submissions && d->raw_cells && d->measurements)
		return true;
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for a batch", "none");
}

void
derivation_clear(struct derivation *d)
{
	rules_clear(&d->rules);
	json_decref(d->signers);
	json_decref(d->leaves);
	json_decref(d->submitters);
	json_decref(d->submissions);
	json_decref(d->raw_cells);
	json_decref(d->measurements);
}

static json_t *
hex_json(const uint8_t digest[SHA256_SIZE])
{
	char hex[HEX32_SIZE];

	hex_print(digest, SHA256_SIZE, hex);
	return json_string(hex);
}

void
derivation_know_signer(
    struct derivation *d, const uint8_t key[KEY_SIZE], const uint8_t submitter[SHA256_SIZE])
{
	char hex[HEX32_SIZE];

	hex_print(key, KEY_SIZE, hex);
	json_object_set_new(d->signers, hex, hex_json(submitter));
}

static struct signer
signer_of(const struct derivation *d, const uint8_t key[KEY_SIZE])
{
	struct signer who = {0};
	char hex[HEX32_SIZE];

	hex_print(key, KEY_SIZE, hex);
	who.enrolled = hex_parse(json_get_text(d->signers, hex), who.submitter, SHA256_SIZE);
	who.key_used = who.enrolled;
	return who;
}

static bool
add_leaf(struct derivation *d, const struct statement *st, int64_t accepted_at_ms,
    const struct signer *who, const struct outcome *o)
{
	json_t *leaf = json_pack("{s:I, s:o, s:s, s:I, s:o, s:s, s:s?, s:s?}", "index",
	    (json_int_t)d->next_index, "id", hex_json(st->id), "kind", kind_info(st->kind)->name,
	    "accepted_at_ms", (json_int_t)accepted_at_ms, "submitter",
	    who->enrolled ? hex_json(who->submitter) : json_null(), "state", state_name(o->state),
	    "reason", o->reason[0] ? o->reason : NULL, "pointer",
	    o->pointer[0] ? o->pointer : NULL);

	return json_array_append_new(d->leaves, leaf) == 0;
}

static bool
add_submitter(struct derivation *d, const struct statement *st, const struct signer *who)
{
	json_t *row = json_pack("{s:o, s:o, s:O, s:O, s:I}", "id", hex_json(who->submitter), "key",
	    hex_json(st->key), "name", json_object_get(st->body, "name"), "links",
	    json_object_get(st->body, "links"), "index", (json_int_t)d->next_index);

	derivation_know_signer(d, st->key, who->submitter);
	return json_array_append_new(d->submitters, row) == 0;
}

static bool
add_measurement(struct derivation *d, const struct suite *suite, const json_t *body,
    size_t position, const json_t *result)
{
	uint8_t raw[SHA256_SIZE];
	json_t *conditions = json_object_get(result, "conditions"), *row;
	json_t *sd = json_object_get(result, "sd"), *se = json_object_get(result, "se");

	cell_raw(suite, body, result, raw);
	d->rows_n++;
	row = json_pack("{s:o, s:s, s:I, s:o}", "raw_cell", hex_json(raw), "suite", suite->name,
	    "suite_version", (json_int_t)suite->version, "fields",
	    cell_fields(suite, body, result));
	if (json_array_append_new(d->raw_cells, row) != 0)
		return false;
	row = json_pack("{s:o, s:I, s:I, s:O, s:O, s:O, s:O*, s:O*, s:o}", "raw_cell",
	    hex_json(raw), "index", (json_int_t)d->next_index, "position", (json_int_t)position,
	    "metric", json_object_get(result, "metric"), "value", json_object_get(result, "value"),
	    "n", json_object_get(result, "n"), "sd", sd, "se", se, "conditions",
	    conditions ? json_incref(conditions) : json_object());
	return json_array_append_new(d->measurements, row) == 0;
}

static bool
add_submission(struct derivation *d, const struct statement *st, const struct signer *who)
{
	const struct suite *suite = submission_suite(st->body, d->suites, NULL);
	const json_t *engine = json_object_get(st->body, "engine"), *result;
	json_t *model = json_object_get(st->body, "model"), *row;
	size_t i;

	if (suite == NULL)
		return false;
	row = json_pack("{s:I, s:o, s:o, s:s, s:I, s:O, s:O, s:s, s:s}", "index",
	    (json_int_t)d->next_index, "id", hex_json(st->id), "submitter",
	    hex_json(who->submitter), "suite", suite->name, "suite_version",
	    (json_int_t)suite->version, "model_name", json_object_get(model, "name"), "model",
	    model, "engine_name", json_get_text(engine, "name"), "engine_version",
	    json_get_text(engine, "version"));
	if (json_array_append_new(d->submissions, row) != 0)
		return false;
	json_array_foreach (json_object_get(st->body, "results"), i, result)
		if (!add_measurement(d, suite, st->body, i, result))
			return false;
	return true;
}

/* A config is in force from the leaf behind it on. */
static bool
take_config(struct derivation *d, const struct statement *st, struct fault *f)
{
	struct rules fresh;

	if (!rules_read(st, &fresh, f))
		return false;
	memcpy(fresh.first_id, d->rules.present ? d->rules.first_id : st->id, SHA256_SIZE);
	rules_clear(&d->rules);
	d->rules = fresh;
	d->stopped = !rules_servable(&d->rules, d->suites, NULL);
	return true;
}

static bool
add_kind_rows(
    struct derivation *d, const struct statement *st, const struct signer *who, struct fault *f)
{
	switch (st->kind) {
	case KIND_CONFIG:
		return take_config(d, st, f);
	case KIND_ENROLMENT:
		return add_submitter(d, st, who);
	case KIND_SUBMISSION:
		return add_submission(d, st, who);
	case KIND__MAX:
		break;
	}
	return false;
}

bool
derivation_add(
    struct derivation *d, const struct statement *st, int64_t accepted_at_ms, struct fault *f)
{
	struct signer who = signer_of(d, st->key);
	struct outcome o;
	bool done;

	ledger_settle(st, accepted_at_ms, &d->rules, &who, d->suites, &o);
	if (st->kind == KIND_ENROLMENT && o.state == STATE_COUNTED) {
		submitter_id(st->key, who.submitter);
		who.enrolled = true;
	}
	done = add_leaf(d, st, accepted_at_ms, &who, &o) &&
	       (o.state == STATE_VOID || add_kind_rows(d, st, &who, f));
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
