/* gate_evidence.c — what a log holds, as a gate asks for it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_evidence.h"

#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "json.h"
#include "list.h"
#include "meeting.h"
#include "plausible.h"
#include "raw_cell.h"
#include "submission.h"

static void
cell_free(void *cell)
{
	struct gate_cell *c = cell;

	json_decref(c->fields);
	json_decref(c->model);
	free(c);
}

static void
first_free(void *first)
{
	struct gate_first *w = first;

	json_decref(w->model);
	free(w);
}

void
gate_evidence_clear(struct gate_evidence *e)
{
	map_clear(&e->cells, cell_free);
	map_clear(&e->firsts, first_free);
	free(e->in_order);
	free(e->sources);
	prices_clear(&e->prices);
	memset(e, 0, sizeof(*e));
}

bool
gate_evidence_add_cell(
    struct gate_evidence *e, const struct meeting *at, json_t *fields, json_t *model, int64_t first)
{
	struct gate_cell *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return false;
	memcpy(c->id, at->id, SHA256_SIZE);
	c->meeting = at;
	c->suite = at->suite;
	c->first = first;
	c->fields = json_incref(fields);
	c->model = json_incref(model);
	if (c->fields != NULL && map_put(&e->cells, c))
		return true;
	cell_free(c);
	return false;
}

/* The cell of a raw cell, by the names in force; it goes by the first statement in it. */
static bool
show_cell(struct gate_evidence *e, const struct gate_first *first)
{
	const struct names *names = &e->book->names;
	json_t *fields, *model;
	bool done;

	if (map_find(&e->cells, first->raw->at->id) != NULL)
		return true;
	fields = names_fields(names, first->raw->fields);
	model = names_model(names, first->model);
	done = fields != NULL && model != NULL &&
	       gate_evidence_add_cell(e, first->raw->at, fields, model, first->index);
	json_decref(fields);
	json_decref(model);
	return done;
}

static struct gate_first *
add_first(struct gate_evidence *e, const struct raw_cell *raw, json_t *model, int64_t index)
{
	struct gate_first *first = calloc(1, sizeof(*first)),
			  **list = list_room(e->in_order, e->in_order_n, &e->in_order_room,
			      sizeof(struct gate_first *));

	e->in_order = list != NULL ? list : e->in_order;
	if (first == NULL || list == NULL) {
		free(first);
		return NULL;
	}
	memcpy(first->id, raw->id, SHA256_SIZE);
	first->raw = raw;
	first->model = json_incref(model);
	first->index = index;
	if (!map_put(&e->firsts, first)) {
		first_free(first);
		return NULL;
	}
	return list[e->in_order_n++] = first;
}

static bool
note_cell(struct gate_evidence *e, const struct raw_cell *raw, const json_t *body, int64_t index)
{
	const struct gate_first *first;

	if (map_find(&e->firsts, raw->id) != NULL)
		return true;
	first = add_first(e, raw, json_object_get(body, "model"), index);
	return first != NULL && show_cell(e, first);
}

bool
gate_evidence_rename(struct gate_evidence *e)
{
	bool done = true;

	if (e->said_n == e->book->names.said_n)
		return true;
	map_clear(&e->cells, cell_free);
	e->said_n = e->book->names.said_n;
	for (size_t i = 0; done && i < e->in_order_n; i++)
		done = show_cell(e, e->in_order[i]);
	return done;
}

bool
gate_evidence_add_source(struct gate_evidence *e, const struct gate_source *source)
{
	struct gate_source *list =
	    list_room(e->sources, e->sources_n, &e->sources_room, sizeof(*list));

	if (list == NULL)
		return false;
	e->sources = list;
	list[e->sources_n++] = *source;
	e->sources_all = e->sources_n;
	return true;
}

void
gate_evidence_as_of(struct gate_evidence *e, int64_t log_size)
{
	e->sources_n = e->sources_all;
	while (e->sources_n > 0 && e->sources[e->sources_n - 1].index >= log_size)
		e->sources_n--;
	e->log_size = log_size;
}

bool
gate_evidence_note(struct gate_evidence *e, const struct settled *s, const struct statement *st,
    const struct suite_set *suites, bool unpublished)
{
	const struct suite *suite = submission_suite(st->body, suites, NULL);
	struct gate_source source = {
	    .index = s->index, .accepted_at_ms = s->accepted_at_ms, .unpublished = unpublished};
	const json_t *result;
	size_t i, at = 0;

	if (s->results_n == 0 || suite == NULL)
		return true;
	if (!gate_evidence_rename(e))
		return false;
	/* results of metrics that the suite does not have stand nowhere */
	json_array_foreach (json_object_get(st->body, "results"), i, result)
		if (suite_metric(suite, json_get_text(result, "metric")) != NULL &&
		    !note_cell(e, s->results[at++].raw, st->body, s->index))
			return false;
	memcpy(source.id, st->id, SHA256_SIZE);
	memcpy(source.payload_sha256, st->payload_sha256, SHA256_SIZE);
	return gate_evidence_add_source(e, &source);
}

bool
gate_evidence_note_price(
    struct gate_evidence *e, const struct settled *s, const struct statement *st)
{
	struct said_price price = {.index = s->index, .accepted_at_ms = s->accepted_at_ms};

	memcpy(price.id, st->id, SHA256_SIZE);
	return prices_add(&e->prices, &price, st->body);
}

bool
gate_price_stands(const struct gate_evidence *e, const struct said_price *p)
{
	const struct settled *s = book_statement(e->book, p->id);

	return s == NULL || s->state == STATE_COUNTED;
}

const struct gate_source *
gate_source_at(const struct gate_evidence *e, int64_t index)
{
	size_t low = 0, high = e->sources_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (e->sources[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low < e->sources_n && e->sources[low].index == index ? &e->sources[low] : NULL;
}

/* ---- what is in no log ---- */

/* The submitter of a key, made if nobody has it. */
static struct person *
signer(struct book *b, const uint8_t key[KEY_SIZE])
{
	struct person_key *k = book_key(b, key);
	uint8_t id[SHA256_SIZE];
	struct person *p;

	if (k != NULL)
		return k->owner;
	submitter_id(key, id);
	p = book_add_person(b, id);
	return p != NULL && book_add_key(b, key, p) != NULL ? p : NULL;
}

static bool
check_unpublished(const struct gate_evidence *e, const struct statement *st, const char *origin,
    const struct suite_set *suites, struct fault *f)
{
	const struct suite *suite;
	struct plausibility p;

	if (st->kind != KIND_SUBMISSION)
		return fault_set(
		    f, FAULT_UNPUBLISHED, "", "a submission", "a statement of another kind");
	if (strcmp(json_get_text(st->body, "audience"), origin) != 0)
		return fault_set(f, FAULT_UNPUBLISHED, "/audience", origin, "%s",
		    json_get_text(st->body, "audience"));
	if (book_statement(e->book, st->id) != NULL)
		return fault_set(f, FAULT_UNPUBLISHED, "",
		    "a submission that is not in the log: there it counts already", "one that is");
	suite = submission_suite(st->body, suites, f);
	if (suite == NULL || !submission_check(st->body, suite, f))
		return false;
	plausible_alone(st->body, suite, e->catalogue, &p);
	return p.doubt == DOUBT_NONE || fault_set(f, FAULT_UNPUBLISHED, p.pointer,
					    "a plausible value: it would be held", "%s", p.reason);
}

static bool
enter_unpublished(struct gate_evidence *e, struct book *book, const struct statement *st,
    const struct suite *suite, struct settled *s)
{
	const json_t *results = json_object_get(st->body, "results"), *result;
	size_t i;

	s->by = signer(book, st->key);
	s->index = e->log_size;
	if (e->sources_n > 0 && e->sources[e->sources_n - 1].index >= s->index)
		s->index = e->sources[e->sources_n - 1].index + 1;
	s->accepted_at_ms = st->created_at * 1000;
	s->state = STATE_COUNTED;
	s->items = json_incref(json_object_get(st->body, "items"));
	s->results = calloc(json_array_size(results) + 1, sizeof(*s->results));
	if (s->by == NULL || s->results == NULL)
		return false;
	json_array_foreach (results, i, result) {
		const struct suite_metric *m = suite_metric(suite, json_get_text(result, "metric"));
		struct result *r = &s->results[s->results_n++];

		r->raw = raw_cell_of(book, suite, st->body, result);
		r->metric = (size_t)(m - suite->metrics);
		r->value = json_get_real(result, "value");
		if (r->raw == NULL)
			return false;
	}
	meetings_enter(book, s);
	return !book->failed;
}

bool
gate_evidence_add_unpublished(struct gate_evidence *e, struct book *book,
    const struct statement *st, const char *origin, const struct suite_set *suites, struct fault *f)
{
	struct settled *s;

	if (!check_unpublished(e, st, origin, suites, f))
		return false;
	s = book_add_statement(book, st->id, KIND_SUBMISSION);
	return (s != NULL &&
		   enter_unpublished(e, book, st, submission_suite(st->body, suites, NULL), s) &&
		   gate_evidence_note(e, s, st, suites, true)) ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for a submission", "none");
}

/* ---- which cells ---- */

/* NAME[@REVISION][+QUANTIZATION]: a part is as much of the text as its mark leaves it. */
static bool
part_is(const char *part, size_t n, const char *value)
{
	return strlen(value) == n && memcmp(part, value, n) == 0;
}

static bool
has_parts(const struct names *names, const char *text, const json_t *model)
{
	const char *name = names_canonical(names, NAME_MODEL, json_get_text(model, "name"));
	const char *quantization =
	    names_canonical(names, NAME_QUANTIZATION, json_get_text(model, "quantization"));
	size_t name_n = strlen(name);
	const char *rest, *plus;

	if (strncmp(text, name, name_n) != 0)
		return false;
	rest = text + name_n;
	plus = strchr(rest, '+');
	if (plus != NULL && !part_is(plus + 1, strlen(plus + 1), quantization))
		return false;
	if (plus == NULL)
		plus = rest + strlen(rest);
	return rest == plus || (*rest == '@' && part_is(rest + 1, (size_t)(plus - rest - 1),
						    json_get_text(model, "revision")));
}

bool
gate_names_model(const struct names *names, const char *text, const json_t *model)
{
	struct text called = {0};
	uint8_t digest[SHA256_SIZE];
	bool same;

	names_subject(names, text, &called);
	if (called.failed)
		same = false;
	else if (hex_parse(called.data, digest, SHA256_SIZE))
		same = strcmp(json_get_text(model, "sha256"), called.data) == 0;
	else
		same = has_parts(names, called.data, model);
	text_clear(&called);
	return same;
}

static const char *
field_of(const struct gate_cell *c, const char *field)
{
	return json_get_text(strcmp(field, "quantization") == 0 || strcmp(field, "format") == 0
				 ? c->model
				 : c->fields,
	    field);
}

/* Does a field say what a rule's `where` asks for? */
static bool
field_is(const struct names *names, const struct gate_cell *c, const char *name, json_t *value)
{
	const char *field = gate_field(c->suite, name);
	struct text wanted = {0}, called = {0};
	bool same;

	gate_where_text(value, &wanted);
	if (!wanted.failed)
		names_value(names, field, wanted.data != NULL ? wanted.data : "", &called);
	same = !wanted.failed && !called.failed &&
	       strcmp(field_of(c, field), called.data != NULL ? called.data : "") == 0;
	text_clear(&wanted);
	text_clear(&called);
	return same;
}

bool
gate_cell_matches(const struct gate_evidence *e, const struct gate_cell *c,
    const struct gate_rule *r, const char *text)
{
	const struct names *names = &e->book->names;
	const char *name;
	json_t *value;
	bool same = c->suite == r->bound && gate_names_model(names, text, c->model);

	json_object_foreach ((json_t *)r->where, name, value)
		same = same && field_is(names, c, name, value);
	return same;
}
