/* cell.c — the closed table of cell fields, and the raw cell they make.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "json.h"
#include "number.h"
#include "submission.h"

#define FULL_OFFLOAD_LAYERS 99 /* llama.cpp's old way of saying all layers; -1 is the new one */

static void
add_condition(const struct suite *suite, const char *name, const json_t *result, struct text *out)
{
	const json_t *value = json_object_get(json_object_get(result, "conditions"), name);
	const struct suite_condition *row = suite_condition(suite, name);
	char real[REAL_SIZE];

	if (value == NULL) {
		text_add_str(out, row ? row->absent : "");
	} else if (json_is_string(value)) {
		text_add(out, json_string_value(value), json_string_length(value));
	} else if (json_is_integer(value) && row && row->type != CONDITION_REAL) {
		text_addf(out, "%lld", (long long)json_integer_value(value));
	} else if (json_is_number(value)) {
		real_print(json_number_value(value), real);
		text_add_str(out, real);
	} else {
		text_add_str(out, json_is_true(value) ? "true" : "false");
	}
}

/* What ran where: said by the run itself, else read from llama.cpp's settings. */
static const char *
offload_of(const json_t *body, const json_t *result)
{
	const json_t *conditions = json_object_get(result, "conditions");
	const json_t *layers = json_object_get(conditions, "n_gpu_layers");
	const char *said = json_get_text(conditions, "offload");
	int64_t n = json_integer_value(layers);

	if (said[0])
		return said;
	if (json_array_size(pointer_find(body, "/hardware/accelerators")) == 0)
		return "none";
	if (layers != NULL && n == 0)
		return "none";
	if (json_get_whole(conditions, "n_cpu_moe") > 0)
		return "partial";
	return layers != NULL && n > 0 && n < FULL_OFFLOAD_LAYERS ? "partial" : "full";
}

static bool
uses_accelerators(const json_t *body, const json_t *result)
{
	return strcmp(offload_of(body, result), "none") != 0;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
add_accelerators(const json_t *list, struct text *out)
{
	size_t n = json_array_size(list), i;
	const char **names = calloc(n + 1, sizeof(*names));
	const json_t *one;

	if (names == NULL) {
		out->failed = true;
		return;
	}
	json_array_foreach (list, i, one)
		names[i] = json_get_text(one, "name");
	qsort(names, n, sizeof(*names), by_text);
	for (i = 0; i < n; i++)
		if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
			text_addf(out, "%s%s", i ? " + " : "", names[i]);
	free(names);
}

static void
field_subject(const json_t *body, const json_t *result, struct text *out)
{
	(void)result;
	submission_subject(body, out);
}

static void
field_base(const json_t *body, const json_t *result, struct text *out)
{
	(void)result;
	text_add_str(out, json_get_text(json_object_get(body, "model"), "base"));
}

static void
field_hardware(const json_t *body, const json_t *result, struct text *out)
{
	if (uses_accelerators(body, result))
		add_accelerators(pointer_find(body, "/hardware/accelerators"), out);
	else
		text_add_str(out, json_get_text(pointer_find(body, "/hardware/cpu"), "name"));
}

static void
field_accelerator_count(const json_t *body, const json_t *result, struct text *out)
{
	size_t n = json_array_size(pointer_find(body, "/hardware/accelerators"));

	text_addf(out, "%zu", uses_accelerators(body, result) ? n : 0);
}

static void
field_offload(const json_t *body, const json_t *result, struct text *out)
{
	text_add_str(out, offload_of(body, result));
}

static void
field_backend(const json_t *body, const json_t *result, struct text *out)
{
	(void)result;
	text_add_str(out, json_get_text(json_object_get(body, "engine"), "backend"));
}

static void
field_engine(const json_t *body, const json_t *result, struct text *out)
{
	(void)result;
	text_add_str(out, json_get_text(json_object_get(body, "engine"), "name"));
}

/* Name and version together: another version of a judge is another judge. */
static void
field_judge(const json_t *body, const json_t *result, struct text *out)
{
	const json_t *judge = json_object_get(body, "judge");

	(void)result;
	if (judge != NULL)
		text_addf(
		    out, "%s@%s", json_get_text(judge, "name"), json_get_text(judge, "version"));
}

static void
field_judge_prompt(const json_t *body, const json_t *result, struct text *out)
{
	(void)result;
	text_add_str(out, json_get_text(json_object_get(body, "judge"), "prompt_digest"));
}

static const struct field {
	const char *name;
	void (*add)(const json_t *body, const json_t *result, struct text *out);
} fields[] = {
    {"subject", field_subject},
    {"base", field_base},
    {"hardware", field_hardware},
    {"accelerator_count", field_accelerator_count},
    {"offload", field_offload},
    {"backend", field_backend},
    {"engine", field_engine},
    {"judge", field_judge},
    {"judge_prompt", field_judge_prompt},
};

static const struct field *
field_named(const char *name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

bool
cell_field_known(const char *name)
{
	return field_named(name) != NULL || strncmp(name, "conditions.", 11) == 0;
}

bool
cell_field(const struct suite *suite, const char *name, const json_t *body, const json_t *result,
    struct text *out)
{
	const struct field *field = field_named(name);

	if (field != NULL)
		field->add(body, result, out);
	else if (strncmp(name, "conditions.", 11) == 0)
		add_condition(suite, name + 11, result, out);
	else
		return false;
	return true;
}

static void
add_netstring(struct text *t, const char *data, size_t n)
{
	char digits[24];
	size_t at = sizeof(digits), left = n;

	digits[--at] = ':';
	do
		digits[--at] = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	text_add(t, digits + at, sizeof(digits) - at);
	text_add(t, data, n);
	text_add(t, ",", 1);
}

static void
begin_cell(const struct suite *suite, struct text *all)
{
	char version[24];
	int n = snprintf(version, sizeof(version), "%lld", (long long)suite->version);

	add_netstring(all, "assay-cell-v1", 13);
	add_netstring(all, suite->name, strlen(suite->name));
	add_netstring(all, version, (size_t)n);
}

void
cell_raw(
    const struct suite *suite, const json_t *body, const json_t *result, uint8_t out[SHA256_SIZE])
{
	struct text all = {0}, field = {0};

	begin_cell(suite, &all);
	for (size_t i = 0; i < suite->cell_n; i++) {
		text_reset(&field);
		text_add_str(&field, suite->cell[i]);
		text_add(&field, "=", 1);
		(void)!cell_field(suite, suite->cell[i], body, result, &field);
		add_netstring(&all, field.data ? field.data : "", field.n);
	}
	sha256_of(all.data ? all.data : "", all.n, out);
	text_clear(&field);
	text_clear(&all);
}

bool
cell_of_fields(const struct suite *suite, const json_t *said, uint8_t out[SHA256_SIZE])
{
	struct text all = {0}, field = {0};
	bool done;

	begin_cell(suite, &all);
	for (size_t i = 0; i < suite->cell_n; i++) {
		const json_t *value = json_object_get(said, suite->cell[i]);

		text_reset(&field);
		text_addf(&field, "%s=", suite->cell[i]);
		text_add(&field, json_string_value(value), json_string_length(value));
		add_netstring(&all, field.data, field.n);
		all.failed = all.failed || field.failed;
	}
	done = !all.failed;
	if (done)
		sha256_of(all.data, all.n, out);
	text_clear(&field);
	text_clear(&all);
	return done;
}

json_t *
cell_fields(const struct suite *suite, const json_t *body, const json_t *result)
{
	json_t *object = json_object();
	struct text value = {0};

	for (size_t i = 0; object != NULL && i < suite->cell_n; i++) {
		text_reset(&value);
		text_add_str(&value, "");
		(void)!cell_field(suite, suite->cell[i], body, result, &value);
		json_object_set_new(object, suite->cell[i], json_stringn(value.data, value.n));
	}
	text_clear(&value);
	return object;
}
