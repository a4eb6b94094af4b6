/* gate_inputs.c — the statements that a finding was made of.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_inputs.h"

#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "gate_cost.h"
#include "gate_side.h"
#include "json.h"

static int
by_id(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_SIZE);
}

/* A run counts among its submitter's latest. Runs stand by submitter, newest first. */
static bool
is_input(const struct side *s, size_t i)
{
	return i < VOTE_RUNS_MAX ||
	       memcmp(s->runs[i].submitter, s->runs[i - VOTE_RUNS_MAX].submitter, SHA256_SIZE) != 0;
}

static void
take_inputs(const struct gate_evidence *e, const struct side *s, struct finding *d)
{
	for (size_t i = 0; i < s->runs_n; i++) {
		const struct gate_source *source = gate_source_at(e, s->runs[i].index);

		if (!is_input(s, i))
			continue;
		if (d->inputs_n == 0 || source->accepted_at_ms < d->oldest_ms)
			d->oldest_ms = source->accepted_at_ms;
		if (source->accepted_at_ms > d->newest_ms)
			d->newest_ms = source->accepted_at_ms;
		memcpy(d->inputs[d->inputs_n++], source->id, SHA256_SIZE);
	}
}

static void
take_price(const struct said_price *p, struct finding *d)
{
	if (p != NULL)
		memcpy(d->inputs[d->inputs_n++], p->id, SHA256_SIZE);
}

bool
finding_list_inputs(
    const struct gate_evidence *e, const struct side *a, const struct side *b, struct finding *d)
{
	size_t n = 0;

	d->inputs = calloc(a->runs_n + b->runs_n + 3, SHA256_SIZE);
	if (d->inputs == NULL)
		return false;
	take_inputs(e, a, d);
	take_inputs(e, b, d);
	take_price(d->price, d);
	take_price(d->baseline_price, d);
	qsort(d->inputs, d->inputs_n, SHA256_SIZE, by_id);
	for (size_t i = 0; i < d->inputs_n; i++)
		if (n == 0 || memcmp(d->inputs[n - 1], d->inputs[i], SHA256_SIZE) != 0)
			memmove(d->inputs[n++], d->inputs[i], SHA256_SIZE);
	d->inputs_n = n;
	return true;
}

void
finding_digest(const struct finding *d, uint8_t out[SHA256_SIZE])
{
	struct text lines = {0};
	char hex[HEX32_SIZE];

	text_add_str(&lines, "");
	for (size_t i = 0; i < d->inputs_n; i++) {
		hex_print(d->inputs[i], SHA256_SIZE, hex);
		text_addf(&lines, "%s\n", hex);
	}
	sha256_of(lines.data != NULL ? lines.data : "", lines.n, out);
	text_clear(&lines);
}

json_t *
input_json(const struct gate_evidence *e, const uint8_t id[SHA256_SIZE])
{
	char hex[HEX32_SIZE];

	hex_print(id, SHA256_SIZE, hex);
	for (size_t i = 0; i < e->sources_n; i++)
		if (memcmp(e->sources[i].id, id, SHA256_SIZE) == 0)
			return json_pack(
			    "{s:s, s:I}", "id", hex, "index", (json_int_t)e->sources[i].index);
	for (size_t i = 0; i < e->prices.n; i++)
		if (memcmp(e->prices.list[i].id, id, SHA256_SIZE) == 0)
			return json_pack(
			    "{s:s, s:I}", "id", hex, "index", (json_int_t)e->prices.list[i].index);
	return json_pack("{s:s}", "id", hex);
}

/* ---- of a logged decision ---- */

static bool
has_digest(const struct finding *d, const json_t *told)
{
	uint8_t digest[SHA256_SIZE];
	char hex[HEX32_SIZE];

	finding_digest(d, digest);
	hex_print(digest, SHA256_SIZE, hex);
	return strcmp(json_get_text(told, "inputs_digest"), hex) == 0;
}

/* a: NULL where nothing is measured, b: where nothing is compared. Sets *list if these are the
 * ones. */
static bool
try_cells(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    const struct gate_cell *a, const struct gate_cell *b, const json_t *told, json_t **list)
{
	struct finding d = {.cell = a, .baseline = b};
	struct side x = {0}, y = {0};
	bool done;

	if (r->cost)
		cost_find(e, q, r, &d);
	done = (a == NULL || side_form(e, q, r, a, &x)) &&
	       (b == NULL || side_form(e, q, r, b, &y)) && finding_list_inputs(e, &x, &y, &d);

	if (done && has_digest(&d, told)) {
		*list = json_array();
		for (size_t i = 0; i < d.inputs_n; i++)
			json_array_append_new(*list, input_json(e, d.inputs[i]));
	}
	free(d.inputs);
	side_clear(&x);
	side_clear(&y);
	return done;
}

static bool
try_baselines(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    const struct gate_cell *a, const json_t *told, json_t **list)
{
	const struct gate_cell *b;
	size_t at = 0;

	while (*list == NULL && (b = map_next(&e->cells, &at)) != NULL)
		if (b != a && b->suite == r->bound &&
		    gate_names_model(&e->book->names, q->baseline, b->model) &&
		    !try_cells(e, q, r, a, b, told, list))
			return false;
	return true;
}

json_t *
decision_inputs(const struct gate_evidence *e, const struct gate_query *q,
    const struct gate_rule *r, const json_t *told)
{
	const struct finding nothing = {0};
	const struct gate_cell *a;
	uint8_t cell[SHA256_SIZE];
	json_t *list = NULL;
	bool done = true;

	if (has_digest(&nothing, told))
		return json_array();
	if (r->listed)
		return try_cells(e, q, r, NULL, NULL, told, &list) && list == NULL ? json_null()
										   : list;
	a = hex_parse(json_get_text(told, "cell"), cell, SHA256_SIZE) ? map_find(&e->cells, cell)
								      : NULL;
	if (a == NULL || a->suite != r->bound)
		return json_null();
	if (!r->against_baseline)
		done = try_cells(e, q, r, a, NULL, told, &list);
	else if (q->baseline != NULL)
		done = try_baselines(e, q, r, a, told, &list);
	if (!done || list != NULL)
		return list;
	return json_null();
}
