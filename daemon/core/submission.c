/* submission.c — a submission against its suite: checks, subject, cells.
 * SPDX-License-Identifier: Apache-2.0 */
#include "submission.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "json.h"
#include "number.h"
#include "scale.h"

const struct suite *
submission_suite(const json_t *body, const struct suite_set *set, struct fault *f)
{
	const json_t *named = json_object_get(body, "suite");
	const char *name = json_get_text(named, "name"), *digest = json_get_text(named, "digest");
	int64_t version = json_get_whole(named, "version");
	const struct suite *suite = suite_find(set, name, version);
	char hex[HEX32_SIZE];

	if (suite == NULL) {
		fault_set(f, FAULT_UNKNOWN_SUITE, "/suite",
		    "a suite this server has, see /v1/policy", "%s/%lld", name, (long long)version);
		return NULL;
	}
	hex_print(suite->digest, SHA256_SIZE, hex);
	if (strcmp(hex, digest) == 0)
		return suite;
	fault_set(f, FAULT_SUITE_DIGEST, "/suite/digest", hex, "%s", digest);
	return NULL;
}

static bool
check_required(const json_t *body, const struct suite *suite, struct fault *f)
{
	for (size_t i = 0; i < suite->required_n; i++)
		if (pointer_find(body, suite->required[i]) == NULL)
			return fault_set(f, FAULT_SUITE_REQUIRES, suite->required[i],
			    "this member, required by the suite", "nothing");
	return true;
}

static bool
condition_fits(enum condition_type type, const json_t *value)
{
	switch (type) {
	case CONDITION_TEXT:
		return json_is_string(value);
	case CONDITION_WHOLE:
		return json_is_integer(value) && json_integer_value(value) < INTEGER_MAX &&
		       json_integer_value(value) > -INTEGER_MAX;
	case CONDITION_REAL:
		return json_is_number(value);
	case CONDITION_BOOL:
		return json_is_boolean(value);
	}
	return false;
}

/* `offload` is a word of ours, not the tool's: a fourth one would be a cell that nobody meets in.
 */
static bool
is_offload(const char *value)
{
	return strcmp(value, "full") == 0 || strcmp(value, "partial") == 0 ||
	       strcmp(value, "none") == 0;
}

static bool
check_conditions(const struct suite *suite, size_t index, const json_t *conditions, struct fault *f)
{
	static const char *const words[] = {
	    [CONDITION_TEXT] = "a string",
	    [CONDITION_WHOLE] = "an integer below 2^53",
	    [CONDITION_REAL] = "a number",
	    [CONDITION_BOOL] = "true or false",
	};
	const struct suite_condition *row;
	const char *name;
	json_t *value;
	char path[160];

	json_object_foreach ((json_t *)conditions, name, value) {
		snprintf(path, sizeof(path), "/results/%zu/conditions", index);
		pointer_push(path, sizeof(path), name);
		row = suite_condition(suite, name);
		if (row == NULL)
			return fault_set(f, FAULT_UNKNOWN_CONDITION, path,
			    "a condition the suite lists; anything else goes into \"extra\"",
			    "\"%s\"", name);
		if (!condition_fits(row->type, value))
			return fault_set(f, FAULT_WRONG_TYPE, path, words[row->type],
			    "another JSON type or size");
		if (strcmp(name, "offload") == 0 && json_is_string(value) &&
		    !is_offload(json_string_value(value)))
			return fault_set(f, FAULT_WRONG_FORM, path,
			    "\"full\", \"partial\" or \"none\"", "\"%s\"",
			    json_string_value(value));
	}
	return true;
}

static bool
check_metric(const struct suite *suite, size_t index, const json_t *result, struct fault *f)
{
	const char *metric = json_get_text(result, "metric");
	char path[64];

	if (suite_metric(suite, metric) != NULL)
		return true;
	snprintf(path, sizeof(path), "/results/%zu/metric", index);
	return fault_set(f, FAULT_UNKNOWN_METRIC, path, "a metric of the suite", "\"%s\"", metric);
}

/* A result is one of its kind if no other has the same metric in the same raw cell. */
struct result_key {
	uint8_t cell[SHA256_SIZE];
	const char *metric;
	size_t index;
};

static int
by_cell_and_metric(const void *a, const void *b)
{
	const struct result_key *x = a, *y = b;
	int order = memcmp(x->cell, y->cell, SHA256_SIZE);

	if (order == 0)
		order = strcmp(x->metric, y->metric);
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

static bool
check_unique(const json_t *body, const struct suite *suite, struct fault *f)
{
	const json_t *results = json_object_get(body, "results"), *result;
	size_t n = json_array_size(results), i;
	struct result_key *keys = calloc(n, sizeof(*keys));
	char path[64];

	if (keys == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for results", "none");
	json_array_foreach (results, i, result) {
		cell_raw(suite, body, result, keys[i].cell);
		keys[i].metric = json_get_text(result, "metric");
		keys[i].index = i;
	}
	qsort(keys, n, sizeof(*keys), by_cell_and_metric);
	for (i = 1; i < n; i++)
		if (memcmp(keys[i].cell, keys[i - 1].cell, SHA256_SIZE) == 0 &&
		    strcmp(keys[i].metric, keys[i - 1].metric) == 0)
			break;
	if (i < n) {
		snprintf(path, sizeof(path), "/results/%zu", keys[i].index);
		fault_set(f, FAULT_DUPLICATE_RESULT, path,
		    "at most one result per metric and cell in a submission",
		    "the same as /results/%zu", keys[i - 1].index);
	}
	free(keys);
	return i >= n;
}

static bool
check_items(const json_t *body, const struct suite *suite, struct fault *f)
{
	const json_t *items = json_object_get(body, "items"), *entry;
	char path[64];
	size_t i;

	json_array_foreach (items, i, entry) {
		const struct suite_metric *m = suite_metric(suite, json_get_text(entry, "metric"));
		size_t n = json_array_size(json_object_get(entry, "scores"));

		snprintf(path, sizeof(path), "/items/%zu", i);
		if (m == NULL || !m->has_items)
			return fault_set(f, FAULT_ITEMS, path,
			    "a metric of the suite that has items", "\"%s\"",
			    json_get_text(entry, "metric"));
		if ((int64_t)n != suite->items_n)
			return fault_set(f, FAULT_ITEMS, path, "one score an item of the suite",
			    "%zu scores for %lld items", n, (long long)suite->items_n);
	}
	return true;
}

bool
submission_check(const json_t *body, const struct suite *suite, struct fault *f)
{
	const json_t *results = json_object_get(body, "results"), *result;
	size_t i;

	if (!check_required(body, suite, f))
		return false;
	json_array_foreach (results, i, result)
		if (!check_metric(suite, i, result, f) ||
		    !check_conditions(suite, i, json_object_get(result, "conditions"), f))
			return false;
	return (json_array_size(results) < 2 || check_unique(body, suite, f)) &&
	       check_items(body, suite, f);
}

void
submission_subject(const json_t *body, struct text *out)
{
	const json_t *model = json_object_get(body, "model");
	const char *digest = json_get_text(model, "sha256");

	if (digest[0])
		text_add_str(out, digest);
	else
		text_addf(out, "%s@%s+%s", json_get_text(model, "name"),
		    json_get_text(model, "revision"), json_get_text(model, "quantization"));
}

void
submission_anchor(const json_t *body, double *mean)
{
	const json_t *anchors = json_object_get(json_object_get(body, "judge"), "anchors"), *one;
	double sum = 0;
	size_t n = 0, i;

	json_array_foreach (anchors, i, one)
		if (scale_takes(json_number_value(one), false)) {
			sum += json_number_value(one);
			n++;
		}
	*mean = n > 0 ? sum / (double)n : NAN;
}

void
subject_digest(const char *suite, int64_t version, const char *subject, uint8_t out[SHA256_SIZE])
{
	struct sha256 h;
	char number[24];

	snprintf(number, sizeof(number), "\n%lld\n", (long long)version);
	sha256_start(&h);
	sha256_add(&h, suite, strlen(suite));
	sha256_add(&h, number, strlen(number));
	sha256_add(&h, subject, strlen(subject));
	sha256_end(&h, out);
}

void
submission_subject_digest(const json_t *body, uint8_t out[SHA256_SIZE])
{
	const json_t *suite = json_object_get(body, "suite");
	struct text subject = {0};

	submission_subject(body, &subject);
	subject_digest(json_get_text(suite, "name"), json_get_whole(suite, "version"),
	    subject.data ? subject.data : "", out);
	text_clear(&subject);
}
