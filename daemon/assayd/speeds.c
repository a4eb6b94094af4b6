/* speeds.c — how fast what was measured runs on which machine, in short.
 * SPDX-License-Identifier: Apache-2.0 */
#include "speeds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

bool
rows_parse(const struct cells *cells, struct rows_of_cells *out)
{
	out->cells = *cells;
	out->rows = calloc(cells->n + 1, sizeof(*out->rows));
	for (size_t i = 0; out->rows != NULL && i < cells->n; i++) {
		out->rows[i] = json_loadb(cells->list[i]->row, cells->list[i]->row_n, 0, NULL);
		if (out->rows[i] == NULL) {
			rows_clear(out);
			return false;
		}
	}
	return out->rows != NULL;
}

void
rows_clear(struct rows_of_cells *r)
{
	for (size_t i = 0; r->rows != NULL && i < r->cells.n; i++)
		json_decref(r->rows[i]);
	free(r->rows);
	r->rows = NULL;
}

const json_t *
row_estimate(const json_t *row, const char *metric)
{
	return json_find_with(json_object_get(row, "estimates"), "metric", metric);
}

const char *
row_field(const json_t *row, const char *field)
{
	return json_get_text(json_object_get(row, "fields"), field);
}

json_t *
estimate_short(const json_t *row, const char *metric)
{
	static const char *const members[] = {
	    "point", "low", "high", "interval", "standing", "voters", "runs"};
	const json_t *entry = row_estimate(row, metric);
	json_t *made;

	if (entry == NULL)
		return NULL;
	made = json_pack("{s:O}", "cell", json_object_get(row, "cell"));
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		json_object_set(made, members[i], json_object_get(entry, members[i]));
	return made;
}

/* ---- one machine ---- */

static const char *const machine_fields[] = {
    "hardware", "accelerator_count", "offload", "backend", "engine"};
#define MACHINE_FIELDS_N (sizeof(machine_fields) / sizeof(*machine_fields))

static bool
is_of(const struct shown *s, const char *suite)
{
	return strcmp(s->suite->name, suite) == 0;
}

/* Serving cells tell neither offload nor backend: what they leave open fits any. */
static bool
same_machine(const json_t *machine, const struct shown *s, const json_t *row)
{
	bool serving = is_of(s, "serving");

	if (strcmp(json_get_text(machine, "subject"), s->subject) != 0)
		return false;
	for (size_t i = 0; i < MACHINE_FIELDS_N; i++)
		if ((!serving || i < 2 || i == 4) &&
		    strcmp(json_get_text(machine, machine_fields[i]),
			row_field(row, machine_fields[i])) != 0)
			return false;
	return true;
}

static json_t *
machine_new(const struct shown *s, const json_t *row)
{
	json_t *machine = json_pack("{s:s, s:O}", "subject", s->subject, "model",
	    json_object_get(json_object_get(row, "model"), "name"));
	json_t *quantization = json_object_get(json_object_get(row, "model"), "quantization"),
	       *size = json_object_get(json_object_get(row, "model"), "size_bytes");

	if (quantization != NULL)
		json_object_set(machine, "quantization", quantization);
	if (size != NULL)
		json_object_set(machine, "size_bytes", size);
	for (size_t i = 0; i < MACHINE_FIELDS_N; i++)
		json_object_set_new(
		    machine, machine_fields[i], json_string(row_field(row, machine_fields[i])));
	return machine;
}

static json_t *
machine_of(json_t *machines, const struct shown *s, const json_t *row)
{
	size_t n = json_array_size(machines), i = n;
	/* cells of one machine stand together, but not those of another suite */
	size_t last = is_of(s, "serving") || n == 0 ? 0 : n - 1;
	json_t *machine;

	for (; i > last; i--)
		if (same_machine(json_array_get(machines, i - 1), s, row))
			return json_array_get(machines, i - 1);
	machine = machine_new(s, row);
	json_array_append_new(machines, machine);
	return machine;
}

/* ---- the cell that stands for others ---- */

static long
distance(const json_t *speed, const char *tokens, long usual)
{
	return labs((long)json_get_whole(speed, tokens) - usual);
}

/* More voters first, then nearer to what is usually measured; ties keep what came first. */
static bool
is_better(const json_t *fresh, const json_t *old, const char *tokens, long usual)
{
	int64_t x = json_get_whole(fresh, "voters"), y = json_get_whole(old, "voters");

	if (old == NULL || x != y)
		return old == NULL || x > y;
	return distance(fresh, tokens, usual) < distance(old, tokens, usual);
}

static void
take_speed(json_t *machine, const json_t *row, const char *metric, const char *tokens, long usual)
{
	json_t *speed = estimate_short(row, metric);
	char field[40];

	if (speed == NULL)
		return;
	snprintf(field, sizeof(field), "conditions.%s", tokens);
	json_object_set_new(speed, tokens, json_integer(atoll(row_field(row, field))));
	if (is_better(speed, json_object_get(machine, metric), tokens, usual))
		json_object_set(machine, metric, speed);
	json_decref(speed);
}

static void
take_serving(json_t *machine, const json_t *row)
{
	static const char *const metrics[] = {"ttft", "inter_token", "decode", "total"};
	json_t *list = json_object_get(machine, "serving"),
	       *level = json_pack("{s:I, s:I}", "concurrency",
		   (json_int_t)atoll(row_field(row, "conditions.concurrency")), "max_tokens",
		   (json_int_t)atoll(row_field(row, "conditions.max_tokens")));

	for (size_t i = 0; i < sizeof(metrics) / sizeof(*metrics); i++) {
		json_t *estimate = estimate_short(row, metrics[i]);

		if (estimate != NULL)
			json_object_set_new(level, metrics[i], estimate);
	}
	if (list == NULL) {
		list = json_array();
		json_object_set_new(machine, "serving", list);
	}
	json_array_append_new(list, level);
}

static bool
is_zero(const json_t *row, const char *field)
{
	const char *value = row_field(row, field);

	return value[0] == 0 || strcmp(value, "0") == 0;
}

static void
take_row(json_t *machines, const struct shown *s, const json_t *row)
{
	if (json_array_size(json_object_get(row, "estimates")) == 0)
		return;
	if (is_of(s, "throughput") && is_zero(row, "conditions.n_depth")) {
		json_t *machine = machine_of(machines, s, row);

		take_speed(machine, row, "prefill", "n_prompt", 512);
		take_speed(machine, row, "decode", "n_gen", 128);
	} else if (is_of(s, "serving")) {
		take_serving(machine_of(machines, s, row), row);
	}
}

json_t *
speeds_json(const struct rows_of_cells *r, const char *subject)
{
	json_t *machines = json_array();

	/* throughput first, so that serving finds the machines that say more */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < r->cells.n; i++)
			if ((subject == NULL || strcmp(r->cells.list[i]->subject, subject) == 0) &&
			    is_of(r->cells.list[i], "serving") == (pass == 1))
				take_row(machines, r->cells.list[i], r->rows[i]);
	return machines;
}
