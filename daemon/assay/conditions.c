/* conditions.c — the conditions of results, as far as only the user can tell them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "import.h"
#include "import_parts.h"
#include "json.h"
#include "number.h"

static const struct own_option {
	const char *option, *condition;
} own_options[] = {
    {"text", "text_sha256"},
    {"text-sha256", "text_sha256"},
    {"n-ctx", "n_ctx"},
    {"chunks", "chunks"},
    {"baseline", "baseline"},
};

/* Return what stands behind NAME= in the newest --condition of that name; NULL if none does. */
static const char *
given(const struct args *a, const char *name)
{
	const char *one, *found = NULL;
	size_t cursor = 0, n = strlen(name);

	while ((one = args_next(a, "condition", &cursor)) != NULL)
		if (strncmp(one, name, n) == 0 && one[n] == '=')
			found = one + n + 1;
	return found;
}

bool
condition_told(const struct import *i, const struct draft *d, const char *name)
{
	const json_t *results = json_object_get(d->body, "results"), *result;
	size_t k;

	if (given(i->args, name) != NULL)
		return true;
	json_array_foreach (results, k, result)
		if (json_object_get(json_object_get(result, "conditions"), name) == NULL)
			return false;
	return true;
}

static json_t *
whole_of(const char *text)
{
	char *end;
	long long value = strtoll(text, &end, 10);

	return text[0] != 0 && *end == 0 && llabs(value) < INTEGER_MAX ? json_integer(value) : NULL;
}

static json_t *
value_of(const struct suite_condition *row, const char *text)
{
	double real;

	switch (row->type) {
	case CONDITION_TEXT:
		return text[0] != 0 ? json_string(text) : NULL;
	case CONDITION_WHOLE:
		return whole_of(text);
	case CONDITION_REAL:
		return real_parse(text, &real) ? json_real(real) : NULL;
	case CONDITION_BOOL:
		return strcmp(text, "true") == 0    ? json_true()
		       : strcmp(text, "false") == 0 ? json_false()
						    : NULL;
	}
	return NULL;
}

/* Find the condition in the suite of any file. */
static const struct suite_condition *
listed(const struct import *i, const char *name)
{
	for (size_t k = 0; k < i->n; k++)
		for (size_t d = 0; d < i->files[k].drafts.n; d++) {
			const struct suite_condition *row =
			    suite_condition(i->files[k].drafts.list[d].suite, name);

			if (row != NULL)
				return row;
		}
	return NULL;
}

static bool
check_one(const struct import *i, const char *one, struct fault *f)
{
	static const char *const words[] = {
	    [CONDITION_TEXT] = "text",
	    [CONDITION_WHOLE] = "a whole number",
	    [CONDITION_REAL] = "a number",
	    [CONDITION_BOOL] = "true or false",
	};
	const struct suite_condition *row;
	size_t n = strcspn(one, "=");
	char name[65];
	json_t *value;

	snprintf(name, sizeof(name), "%.*s", n < 64 ? (int)n : 64, one);
	row = one[n] == '=' ? listed(i, name) : NULL;
	if (row == NULL)
		return fault_set(f, FAULT_OPTION, "--condition",
		    "NAME=VALUE, a condition that the suite of a file lists", "\"%s\"", one);
	value = value_of(row, one + n + 1);
	json_decref(value);
	return value != NULL ||
	       fault_set(f, FAULT_OPTION, "--condition", words[row->type], "\"%s\"", one);
}

/* An option that no file has a use for was meant for another one. */
static bool
check_own(const struct import *i, struct fault *f)
{
	for (size_t k = 0; k < sizeof(own_options) / sizeof(own_options[0]); k++) {
		char option[32];

		if (!args_has(i->args, own_options[k].option) ||
		    listed(i, own_options[k].condition) != NULL)
			continue;
		snprintf(option, sizeof(option), "--%s", own_options[k].option);
		return fault_set(f, FAULT_OPTION, option, "options that a file has a use for",
		    "one that the suite of none knows");
	}
	return true;
}

bool
conditions_check(const struct import *i, struct fault *f)
{
	const char *one;
	size_t cursor = 0;

	while ((one = args_next(i->args, "condition", &cursor)) != NULL)
		if (!check_one(i, one, f))
			return false;
	return check_own(i, f);
}

static void
set_text(const struct draft *d, json_t *conditions, const char *name, const char *value)
{
	if (value != NULL && value[0] != 0 && suite_condition(d->suite, name) != NULL)
		json_object_set_new(conditions, name, json_string(value));
}

static void
set_whole(const struct draft *d, json_t *conditions, const char *name, long value)
{
	if (value > 0 && suite_condition(d->suite, name) != NULL)
		json_object_set_new(conditions, name, json_integer(value));
}

/* What --condition tells goes over what the file tells. */
static void
set_given(const struct import *i, const struct draft *d, json_t *conditions)
{
	for (size_t c = 0; c < d->suite->conditions_n; c++) {
		const struct suite_condition *row = &d->suite->conditions[c];
		const char *text = given(i->args, row->name);
		json_t *value = text != NULL ? value_of(row, text) : NULL;

		if (value != NULL)
			json_object_set_new(conditions, row->name, value);
	}
}

void
conditions_set(const struct import *i, const struct draft *d)
{
	json_t *result;
	size_t k;

	json_array_foreach (json_object_get(d->body, "results"), k, result) {
		json_t *conditions = json_object_get(result, "conditions");

		if (conditions == NULL) {
			conditions = json_object();
			json_object_set_new(result, "conditions", conditions);
		}
		set_given(i, d, conditions);
		if (json_object_get(conditions, "baseline") == NULL)
			set_text(d, conditions, "baseline", args_text(i->args, "baseline"));
		set_text(d, conditions, "text_sha256", i->told.text_sha256);
		set_whole(d, conditions, "n_ctx", i->told.n_ctx);
		set_whole(d, conditions, "chunks", i->told.chunks);
	}
}
