/* board.c — the published documents, from rows to JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#include "board.h"

#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "estimate.h"
#include "json.h"
#include "number.h"

#define PATH_PART_MAX 100

/* One file name from any bytes, no two alike: '~' comes only before two hex digits, alone for
 * nothing at all, or doubled before the digest of what was cut. */
static void
path_part(const char *s, size_t n, struct text *out)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	uint8_t digest[SHA256_SIZE];
	char hex[17];
	size_t before = out->n;

	for (size_t i = 0; i < n; i++)
		if (s[i] != 0 && strchr(plain, s[i]) != NULL && !(i == 0 && s[i] == '.'))
			text_add(out, &s[i], 1);
		else
			text_addf(out, "~%02X", (unsigned char)s[i]);
	if (n == 0)
		text_add_str(out, "~");
	if (out->failed || out->n - before <= PATH_PART_MAX)
		return;
	sha256_of(s, n, digest);
	hex_print(digest, 8, hex);
	out->n = before + PATH_PART_MAX - 18;
	text_addf(out, "~~%s", hex);
}

void
model_path(const char *name, struct text *out)
{
	const char *slash = strchr(name, '/');
	size_t org_n = slash ? (size_t)(slash - name) : 0;

	text_add_str(out, "models/");
	if (slash == NULL)
		text_add_str(out, "_");
	else if (org_n == 1 && name[0] == '_')
		text_add_str(out, "~5F"); /* somebody's organisation, not the lack of one */
	else
		path_part(name, org_n, out);
	text_add_str(out, "/");
	path_part(slash ? slash + 1 : name, strlen(slash ? slash + 1 : name), out);
	text_add_str(out, ".json");
}

void
board_path(const struct suite *suite, const struct suite_set *set, struct text *out)
{
	for (size_t i = 0; i < set->n; i++)
		if (strcmp(set->suites[i]->name, suite->name) == 0 &&
		    set->suites[i]->version > suite->version) {
			text_addf(
			    out, "suites/%s/%lld.json", suite->name, (long long)suite->version);
			return;
		}
	text_addf(out, "suites/%s.json", suite->name);
}

static json_t *
texts(const char *const *list, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_string(list[i]));
	return array;
}

static json_t *
metric_head(const struct suite_metric *m)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:{s:f}}", "name", m->name, "unit", m->unit,
	    "direction", m->higher_is_better ? "higher" : "lower", "scale",
	    m->log_scale ? "log" : "linear", "tolerance",
	    m->tolerance_is_relative ? "relative" : "absolute", m->tolerance);
}

json_t *
suite_head(const struct suite *suite)
{
	json_t *metrics = json_array();
	char hex[HEX32_SIZE];

	hex_print(suite->digest, SHA256_SIZE, hex);
	for (size_t i = 0; i < suite->metrics_n; i++)
		json_array_append_new(metrics, metric_head(&suite->metrics[i]));
	return json_pack("{s:s, s:I, s:s, s:s, s:o, s:o, s:o}", "name", suite->name, "version",
	    (json_int_t)suite->version, "title", suite->title, "digest", hex, "cell",
	    texts(suite->cell, suite->cell_n), "rank_within",
	    texts(suite->rank_within, suite->rank_within_n), "metrics", metrics);
}

/* What the board says of a model, in this order, where the newest submission says it. */
static json_t *
model_head(const json_t *model)
{
	static const char *const members[] = {"revision", "file", "sha256", "format",
	    "quantization", "bits_per_weight", "parameters", "active_parameters", "size_bytes"};
	struct text path = {0};
	json_t *head = json_object();

	model_path(json_get_text(model, "name"), &path);
	json_object_set(head, "name", json_object_get(model, "name"));
	json_object_set_new(head, "document", json_string(path.data));
	text_clear(&path);
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		json_t *value = json_object_get(model, members[i]);

		if (value != NULL)
			json_object_set(head, members[i], value);
	}
	return head;
}

static json_t *
metric_estimate(const struct suite_metric *m, const struct cell_source *s)
{
	struct run *runs = calloc(s->runs_n + 1, sizeof(*runs));
	struct estimate e;
	json_t *entry = NULL;
	size_t n = 0;

	if (runs == NULL)
		return NULL;
	for (size_t i = 0; i < s->runs_n; i++) {
		const struct cell_run *r = &s->runs[i];

		if (r->state != STATE_COUNTED || strcmp(r->metric, m->name) != 0)
			continue;
		memcpy(runs[n].submitter, r->submitter, SHA256_SIZE);
		runs[n].index = r->index;
		runs[n++].value = r->value;
	}
	if (estimate_cell(runs, n, m->log_scale, &e))
		entry = json_pack("{s:s, s:f, s:I, s:I, s:f, s:f}", "metric", m->name, "point",
		    e.point, "voters", (json_int_t)e.voters, "runs", (json_int_t)e.runs,
		    "lowest_vote", e.lowest_vote, "highest_vote", e.highest_vote);
	free(runs);
	return entry;
}

/* Held runs are counted by submission: one with two held results in the cell is one. */
static int64_t
held_n(const struct cell_source *s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s->runs_n; i++) {
		bool again = false;

		if (s->runs[i].state != STATE_HELD)
			continue;
		for (size_t j = 0; j < i && !again; j++)
			again = s->runs[j].index == s->runs[i].index;
		n += !again;
	}
	return n;
}

json_t *
board_row(const struct cell_source *s)
{
	json_t *estimates = json_array();
	char hex[HEX32_SIZE];

	hex_print(s->cell, SHA256_SIZE, hex);
	for (size_t i = 0; i < s->suite->metrics_n; i++) {
		json_t *entry = metric_estimate(&s->suite->metrics[i], s);

		if (entry != NULL)
			json_array_append_new(estimates, entry);
	}
	return json_pack("{s:s, s:I, s:O, s:o, s:{s:s, s:O}, s:I, s:o}", "cell", hex, "log_size",
	    (json_int_t)s->log_size, "fields", s->fields, "model", model_head(s->model), "engine",
	    "name", s->engine, "versions", s->versions, "held", (json_int_t)held_n(s), "estimates",
	    estimates);
}

static int
compare_member(const json_t *a, const json_t *b, const char *name)
{
	return strcmp(json_get_text(a, name), json_get_text(b, name));
}

/* Numbers by size, so that depth 128 stands before depth 1024, and before all other text, so that
 * the order is one. */
static int
compare_values(const char *a, const char *b)
{
	double x = 0, y = 0;
	bool a_is_number = real_parse(a, &x), b_is_number = real_parse(b, &y);

	if (a_is_number != b_is_number)
		return a_is_number ? -1 : 1;
	if (a_is_number && x != y)
		return x < y ? -1 : 1;
	return strcmp(a, b);
}

static int
compare_fields(const json_t *a, const json_t *b)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)a, name, value) {
		int order = compare_values(json_string_value(value), json_get_text(b, name));

		if (order)
			return order;
	}
	return 0;
}

static int
by_model_and_fields(const void *a, const void *b)
{
	const json_t *x = *(const json_t *const *)a, *y = *(const json_t *const *)b;
	const json_t *mx = json_object_get(x, "model"), *my = json_object_get(y, "model");
	int order = compare_member(mx, my, "name");

	if (order == 0)
		order = compare_member(mx, my, "quantization");
	if (order == 0)
		order = compare_fields(json_object_get(x, "fields"), json_object_get(y, "fields"));
	return order ? order : compare_member(x, y, "cell");
}

void
rows_sort(json_t *rows)
{
	size_t n = json_array_size(rows), i;
	json_t **list = calloc(n + 1, sizeof(*list)), *row;

	if (list == NULL)
		return;
	json_array_foreach (rows, i, row)
		list[i] = json_incref(row);
	qsort(list, n, sizeof(*list), by_model_and_fields);
	for (i = 0; i < n; i++)
		json_array_set_new(rows, i, list[i]);
	free(list);
}

static int64_t
newest_log_size(const json_t *rows)
{
	int64_t newest = 0;
	json_t *row;
	size_t i;

	json_array_foreach (rows, i, row)
		if (json_get_whole(row, "log_size") > newest)
			newest = json_get_whole(row, "log_size");
	return newest;
}

json_t *
board_document(const struct suite *suite, json_t *rows)
{
	rows_sort(rows);
	return json_pack("{s:s, s:I, s:o, s:O}", "format", "assay-board-v1", "log_size",
	    (json_int_t)newest_log_size(rows), "suite", suite_head(suite), "rows", rows);
}

json_t *
model_document(const char *name, json_t *boards, json_t *runs, int64_t runs_total, int64_t log_size)
{
	return json_pack("{s:s, s:I, s:s, s:O, s:I, s:I, s:O}", "format", "assay-model-v1",
	    "log_size", (json_int_t)log_size, "name", name, "boards", boards, "runs_shown",
	    (json_int_t)json_array_size(runs), "runs_total", (json_int_t)runs_total, "runs", runs);
}

void
document_print(const json_t *document, struct text *out)
{
	json_print_pretty(document, out);
	text_add_str(out, "\n");
}
