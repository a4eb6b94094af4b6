/* suite.c — read a suite from its two files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "suite.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "json.h"
#include "shape.h"
#include "submission.h"

static const struct shape pointer_element = {.type = SHAPE_NAME, .low = 2, .high = 100};
static const struct shape field_element = {.type = SHAPE_NAME, .low = 1, .high = 80};
static const struct shape bound_element = {.type = SHAPE_REAL, .low = -DBL_MAX, .high = DBL_MAX};

static const struct shape tolerance_shape[] = {
    {.name = "relative", .type = SHAPE_REAL, .optional = true, .low = 0, .high = 10},
    {.name = "absolute", .type = SHAPE_REAL, .optional = true, .low = 0, .high = DBL_MAX},
    {.name = NULL},
};

static const struct shape metric_shape[] = {
    {.name = "name", .type = SHAPE_NAME, .low = 1, .high = 64},
    {.name = "unit", .type = SHAPE_NAME, .low = 0, .high = 40},
    {.name = "direction", .type = SHAPE_NAME, .low = 1, .high = 6},
    {.name = "scale", .type = SHAPE_NAME, .low = 1, .high = 6},
    {.name = "bounds", .type = SHAPE_ARRAY, .low = 2, .high = 2, .of = &bound_element},
    {.name = "tolerance", .type = SHAPE_OBJECT, .of = tolerance_shape},
    {.name = "items", .type = SHAPE_BOOL},
    {.name = NULL},
};
static const struct shape metric_element = {.type = SHAPE_OBJECT, .of = metric_shape};

static const struct shape items_shape[] = {
    {.name = "count", .type = SHAPE_WHOLE, .low = 1, .high = 20000},
    {.name = "cluster", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 64},
    {.name = NULL},
};

static const struct shape anchors_shape[] = {
    {.name = "count", .type = SHAPE_WHOLE, .low = 1, .high = 200},
    {.name = "bound", .type = SHAPE_REAL, .low = 0, .high = DBL_MAX},
    {.name = NULL},
};

static const struct shape suite_shape[] = {
    {.name = "name", .type = SHAPE_NAME, .low = 1, .high = 64},
    {.name = "version", .type = SHAPE_WHOLE, .low = 1, .high = 1000000},
    {.name = "title", .type = SHAPE_NAME, .low = 1, .high = 120},
    {.name = "requires", .type = SHAPE_ARRAY, .high = SUITE_FIELDS_MAX, .of = &pointer_element},
    {.name = "cell", .type = SHAPE_ARRAY, .low = 1, .high = SUITE_FIELDS_MAX, .of = &field_element},
    {.name = "rank_within", .type = SHAPE_ARRAY, .high = SUITE_FIELDS_MAX, .of = &field_element},
    {.name = "conditions", .type = SHAPE_TEXT_MAP, .high = 64},
    {.name = "metrics", .type = SHAPE_ARRAY, .low = 1, .high = 64, .of = &metric_element},
    {.name = "items", .type = SHAPE_OBJECT, .optional = true, .of = items_shape},
    {.name = "anchors", .type = SHAPE_OBJECT, .optional = true, .of = anchors_shape},
    {.name = NULL},
};

/* Names become file names and addresses: lower-case letters, digits, '-' and '_', a letter first.
 */
static bool
name_is_sound(const char *s)
{
	if (*s < 'a' || *s > 'z')
		return false;
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(s);
}

static bool
read_list(const json_t *list, const char **out, size_t *n)
{
	const json_t *element;
	size_t i;

	json_array_foreach (list, i, element)
		out[i] = json_string_value(element);
	*n = json_array_size(list);
	return true;
}

static bool
listed(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

static bool
read_condition(const char *name, const json_t *value, struct suite_condition *out, struct fault *f)
{
	static const char *const words[] = {
	    [CONDITION_TEXT] = "string",
	    [CONDITION_WHOLE] = "integer",
	    [CONDITION_REAL] = "real",
	    [CONDITION_BOOL] = "boolean",
	};
	const char *type = json_string_value(value), *absent = strstr(type, " = ");
	size_t n = absent ? (size_t)(absent - type) : strlen(type);
	char path[128] = "/conditions";

	out->name = name;
	out->absent = absent ? absent + 3 : "";
	for (int i = CONDITION_TEXT; i <= CONDITION_BOOL; i++)
		if (strlen(words[i]) == n && memcmp(words[i], type, n) == 0) {
			out->type = (enum condition_type)i;
			return true;
		}
	pointer_push(path, sizeof(path), name);
	return fault_set(f, FAULT_SUITE_FILE, path,
	    "string, integer, real or boolean, then perhaps \" = \" and the value when absent",
	    "\"%s\"", type);
}

static bool
read_conditions(struct suite *s, struct fault *f)
{
	json_t *map = json_object_get(s->json, "conditions"), *value;
	const char *name;

	s->conditions = calloc(json_object_size(map) + 1, sizeof(*s->conditions));
	if (s->conditions == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for conditions", "none");
	json_object_foreach (map, name, value) {
		if (!read_condition(name, value, &s->conditions[s->conditions_n], f))
			return false;
		s->conditions_n++;
	}
	return true;
}

static bool
metric_fault(struct fault *f, size_t i, const char *member, const char *expected, const char *got)
{
	char path[96];

	snprintf(path, sizeof(path), "/metrics/%zu/%s", i, member);
	return fault_set(f, FAULT_SUITE_FILE, path, expected, "%s", got);
}

static bool
read_metric(
    const struct suite *s, size_t i, const json_t *json, struct suite_metric *out, struct fault *f)
{
	const char *direction = json_get_text(json, "direction"),
		   *scale = json_get_text(json, "scale");
	const json_t *bounds = json_object_get(json, "bounds");
	const json_t *tolerance = json_object_get(json, "tolerance");

	out->name = json_get_text(json, "name");
	out->unit = json_get_text(json, "unit");
	out->higher_is_better = strcmp(direction, "higher") == 0;
	out->log_scale = strcmp(scale, "log") == 0;
	out->has_items = json_is_true(json_object_get(json, "items"));
	out->low = json_number_value(json_array_get(bounds, 0));
	out->high = json_number_value(json_array_get(bounds, 1));
	out->tolerance_is_relative = json_object_get(tolerance, "relative") != NULL;
	out->tolerance =
	    json_get_real(tolerance, out->tolerance_is_relative ? "relative" : "absolute");
	if (!out->higher_is_better && strcmp(direction, "lower") != 0)
		return metric_fault(f, i, "direction", "\"higher\" or \"lower\"", direction);
	if (!out->log_scale && strcmp(scale, "linear") != 0)
		return metric_fault(f, i, "scale", "\"linear\" or \"log\"", scale);
	if (!(out->low < out->high) || (out->log_scale && out->low <= 0))
		return metric_fault(f, i, "bounds",
		    "[low, high] with low < high, and low > 0 on a log scale", "other bounds");
	if (json_object_size(tolerance) != 1)
		return metric_fault(
		    f, i, "tolerance", "exactly one of relative and absolute", "not one");
	if (out->has_items && s->items_n == 0)
		return metric_fault(f, i, "items", "\"items\" in the suite", "none");
	if (suite_metric(s, out->name) != NULL)
		return metric_fault(f, i, "name", "a name no other metric has", out->name);
	return true;
}

static bool
read_metrics(struct suite *s, struct fault *f)
{
	json_t *list = json_object_get(s->json, "metrics"), *metric;
	size_t i;

	s->metrics = calloc(json_array_size(list), sizeof(*s->metrics));
	if (s->metrics == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for metrics", "none");
	json_array_foreach (list, i, metric) {
		struct suite_metric row;

		if (!read_metric(s, i, metric, &row, f))
			return false;
		s->metrics[s->metrics_n++] = row;
	}
	return true;
}

static bool
check_fields(const struct suite *s, struct fault *f)
{
	char path[64];

	for (size_t i = 0; i < s->cell_n; i++) {
		const char *field = s->cell[i];
		bool condition = strncmp(field, "conditions.", 11) == 0;

		snprintf(path, sizeof(path), "/cell/%zu", i);
		if (listed(s->cell, i, field))
			return fault_set(
			    f, FAULT_SUITE_FILE, path, "each field once", "\"%s\"", field);
		if (condition ? suite_condition(s, field + 11) == NULL : !cell_field_known(field))
			return fault_set(f, FAULT_SUITE_FILE, path,
			    "a field of the closed table (DESIGN §12) or conditions.NAME of a "
			    "listed "
			    "condition",
			    "\"%s\"", field);
	}
	for (size_t i = 0; i < s->rank_within_n; i++) {
		snprintf(path, sizeof(path), "/rank_within/%zu", i);
		if (!listed(s->cell, s->cell_n, s->rank_within[i]))
			return fault_set(f, FAULT_SUITE_FILE, path, "a field of \"cell\"", "\"%s\"",
			    s->rank_within[i]);
	}
	return true;
}

/* Items with the same word in the member that `items.cluster` names belong together. */
static bool
place_item(struct suite *s, json_t *words, const json_t *item, int64_t line, const char *path,
    struct fault *f)
{
	const char *member = json_get_text(json_object_get(s->json, "items"), "cluster"), *word;

	if (member[0] == 0 || line > s->items_n)
		return true;
	word = json_get_text(item, member);
	if (word[0] == 0)
		return fault_set(
		    f, FAULT_SUITE_FILE, path, "the text that the items cluster by", "none");
	if (json_object_get(words, word) == NULL)
		json_object_set_new(words, word, json_integer((json_int_t)s->clusters.n++));
	s->cluster_of_item[line - 1] = (uint32_t)json_get_whole(words, word);
	s->clusters.of_item = s->cluster_of_item;
	return true;
}

/* Remember where an item is, by what other tools know of it. */
static void
note_place(struct suite *s, const json_t *item, int64_t line)
{
	static const char *const members[] = {"id", "hash"};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const json_t *value = json_object_get(item, members[i]);
		char key[160];

		if (json_is_string(value))
			snprintf(
			    key, sizeof(key), "%s=%.140s", members[i], json_string_value(value));
		else if (json_is_integer(value))
			snprintf(key, sizeof(key), "%s=%lld", members[i],
			    (long long)json_integer_value(value));
		else
			continue;
		if (json_object_get(s->places, key) == NULL)
			json_object_set_new(s->places, key, json_integer(line - 1));
	}
}

static bool
read_items(struct suite *s, const char *items, size_t n, struct fault *f)
{
	const char *line = items, *end = items != NULL ? items + n : NULL;
	json_t *words = json_object();
	int64_t lines = 0;
	bool done = true;
	char path[64];

	s->cluster_of_item = calloc((size_t)s->items_n + 1, sizeof(*s->cluster_of_item));
	s->places = json_object();
	sha256_of(items ? items : "", items ? n : 0, s->items_digest);
	if (s->cluster_of_item == NULL || s->places == NULL || words == NULL) {
		json_decref(words);
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for items", "none");
	}
	while (done && line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((stop ? stop : end) - line);
		json_t *item;

		lines++;
		snprintf(path, sizeof(path), "items.jsonl:%lld", (long long)lines);
		item = json_read_object(line, length, NULL);
		done = item != NULL ? place_item(s, words, item, lines, path, f)
				    : fault_set(f, FAULT_SUITE_FILE, path, "one JSON object a line",
					  "something else");
		if (item != NULL)
			note_place(s, item, lines);
		json_decref(item);
		line += length + 1;
	}
	json_decref(words);
	if (!done || lines == s->items_n)
		return done;
	return fault_set(f, FAULT_SUITE_FILE, "/items/count", "the number of lines of items.jsonl",
	    "%lld, but the file has %lld lines", (long long)s->items_n, (long long)lines);
}

static bool
read_members(struct suite *s, struct fault *f)
{
	s->name = json_get_text(s->json, "name");
	s->version = json_get_whole(s->json, "version");
	s->title = json_get_text(s->json, "title");
	s->items_n = json_get_whole(json_object_get(s->json, "items"), "count");
	s->anchors_n = json_get_whole(json_object_get(s->json, "anchors"), "count");
	s->anchors_bound = json_get_real(json_object_get(s->json, "anchors"), "bound");
	if (!name_is_sound(s->name))
		return fault_set(f, FAULT_SUITE_FILE, "/name",
		    "lower-case letters, digits, '-', '_', a letter first", "\"%s\"", s->name);
	return read_list(json_object_get(s->json, "requires"), s->required, &s->required_n) &&
	       read_list(json_object_get(s->json, "cell"), s->cell, &s->cell_n) &&
	       read_list(
		   json_object_get(s->json, "rank_within"), s->rank_within, &s->rank_within_n) &&
	       read_conditions(s, f) && read_metrics(s, f) && check_fields(s, f);
}

/* What is wrong in a suite is one kind of fault, whichever checker found it. */
static bool
as_suite_fault(struct fault *f, const struct fault *from)
{
	if (f == NULL || f->code != FAULT_NONE)
		return false;
	*f = *from;
	f->code = FAULT_SUITE_FILE;
	return false;
}

struct suite *
suite_read(const char *json, size_t n, const char *items, size_t items_n, struct fault *f)
{
	struct suite *s = calloc(1, sizeof(*s));
	struct fault local = {0};

	if (s == NULL) {
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a suite", "none");
		return NULL;
	}
	s->json = json_read_object(json, n, &local);
	if (s->json == NULL || !shape_check(suite_shape, s->json, "", &local) ||
	    !read_members(s, &local) || !read_items(s, items, items_n, &local)) {
		as_suite_fault(f, &local);
		suite_free(s);
		return NULL;
	}
	suite_digest(json, n, items, items_n, s->digest);
	return s;
}

void
suite_free(struct suite *s)
{
	if (s == NULL)
		return;
	free(s->conditions);
	free(s->metrics);
	free(s->cluster_of_item);
	json_decref(s->places);
	json_decref(s->json);
	free(s);
}

void
suite_digest(
    const void *json, size_t n, const void *items, size_t items_n, uint8_t out[SHA256_SIZE])
{
	uint8_t digest[SHA256_SIZE];
	char hex[HEX32_SIZE], lines[2 * HEX32_SIZE + 32];
	int used;

	sha256_of(json, n, digest);
	hex_print(digest, SHA256_SIZE, hex);
	used = snprintf(lines, sizeof(lines), "assay-suite-v1\n%s\n", hex);
	sha256_of(items ? items : "", items ? items_n : 0, digest);
	hex_print(digest, SHA256_SIZE, hex);
	used += snprintf(lines + used, sizeof(lines) - (size_t)used, "%s\n", hex);
	sha256_of(lines, (size_t)used, out);
}

const struct clusters *
suite_clusters(const struct suite *s)
{
	return s->clusters.of_item != NULL ? &s->clusters : NULL;
}

const json_t *
items_scores(const json_t *items, const struct suite_metric *m)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (items, i, entry)
		if (m->has_items && strcmp(json_get_text(entry, "metric"), m->name) == 0)
			return json_object_get(entry, "scores");
	return NULL;
}

struct tolerance
metric_tolerance(const struct suite_metric *m)
{
	return (struct tolerance){
	    .size = m->tolerance, .relative = m->tolerance_is_relative, .log_scale = m->log_scale};
}

const struct suite_metric *
suite_metric(const struct suite *s, const char *name)
{
	for (size_t i = 0; i < s->metrics_n; i++)
		if (strcmp(s->metrics[i].name, name) == 0)
			return &s->metrics[i];
	return NULL;
}

int64_t
suite_place(const struct suite *s, const char *member, const char *value)
{
	const json_t *place;
	char key[160];

	snprintf(key, sizeof(key), "%s=%.140s", member, value);
	place = json_object_get(s->places, key);
	return place != NULL ? json_integer_value(place) : -1;
}

const struct suite_condition *
suite_condition(const struct suite *s, const char *name)
{
	for (size_t i = 0; i < s->conditions_n; i++)
		if (strcmp(s->conditions[i].name, name) == 0)
			return &s->conditions[i];
	return NULL;
}
