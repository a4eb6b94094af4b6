/* args.c — the command line of a verb, read by the verb's own table.
 * SPDX-License-Identifier: Apache-2.0 */
#include "args.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Find the row whose name is the first n bytes of name. */
static const struct flag *
flag_in(const struct flag *table, const char *name, size_t n)
{
	for (; table != NULL && table->name != NULL; table++)
		if (strlen(table->name) == n && strncmp(table->name, name, n) == 0)
			return table;
	return NULL;
}

static const struct flag *
flag_of(const struct verb *verb, const char *name, size_t n)
{
	const struct flag *flag = flag_in(verb->flags, name, n);

	return flag ? flag : flag_in(common_flags, name, n);
}

static bool
usage_fault(const struct verb *verb, const char *path, const char *got, struct fault *f)
{
	char expected[120];

	snprintf(expected, sizeof(expected), "an option that `assay %s --help` lists", verb->name);
	return fault_set(f, FAULT_USAGE, path, expected, "%s", got);
}

static bool
is_utf8(const char *s)
{
	size_t n = strlen(s), at = 0, size;
	uint32_t point;

	for (; at < n; at += size) {
		size = utf8_read(s + at, n - at, &point);
		if (size == 0)
			return false;
	}
	return true;
}

static bool
add_flag(struct args *a, const struct flag *flag, const char *value, struct fault *f)
{
	char path[80];

	snprintf(path, sizeof(path), "--%s", flag->name);
	if (!flag->many && args_has(a, flag->name))
		return fault_set(f, FAULT_USAGE, path, "this option once", "it twice");
	if (value != NULL && value[0] == 0)
		return fault_set(f, FAULT_USAGE, path, flag->value, "an empty value");
	if (value != NULL && !flag->path && !is_utf8(value))
		return fault_set(f, FAULT_USAGE, path, "text in UTF-8", "\"%s\"", value);
	a->given[a->given_n++] = (struct arg){flag, value};
	return true;
}

/* Read one option at argv[*i]; its value may be the next word. */
static bool
read_flag(struct args *a, int argc, char **argv, int *i, struct fault *f)
{
	const char *word = argv[*i], *name = word + 2, *equals = strchr(word, '=');
	size_t n = equals ? (size_t)(equals - name) : strlen(name);
	const struct flag *flag = strncmp(word, "--", 2) == 0 ? flag_of(a->verb, name, n) : NULL;

	if (flag == NULL)
		return usage_fault(a->verb, word, "an option this verb does not have", f);
	if (flag->value == NULL) {
		if (equals != NULL)
			return fault_set(f, FAULT_USAGE, word, "this option without a value",
			    "\"%s\"", equals + 1);
		return add_flag(a, flag, NULL, f);
	}
	if (equals != NULL)
		return add_flag(a, flag, equals + 1, f);
	if (*i + 1 >= argc)
		return fault_set(f, FAULT_USAGE, word, flag->value, "nothing behind it");
	(*i)++;
	return add_flag(a, flag, argv[*i], f);
}

static bool
check_operands(const struct args *a, struct fault *f)
{
	const struct verb *v = a->verb;
	char expected[120];

	if (args_has(a, "help"))
		return true;
	snprintf(expected, sizeof(expected), "assay %s%s%s", v->name, v->operands[0] ? " " : "",
	    v->operands);
	if (a->operands_n < v->operands_min)
		return fault_set(
		    f, FAULT_USAGE, "", expected, "%zu words behind it", a->operands_n);
	if (a->operands_n > v->operands_max)
		return fault_set(
		    f, FAULT_USAGE, a->operands[v->operands_max], expected, "a word too many");
	return true;
}

bool
args_read(const struct verb *verb, int argc, char **argv, struct args *out, struct fault *f)
{
	bool options_end = false;

	memset(out, 0, sizeof(*out));
	out->verb = verb;
	out->given = calloc((size_t)argc + 1, sizeof(*out->given));
	out->operands = calloc((size_t)argc + 1, sizeof(*out->operands));
	if (out->given == NULL || out->operands == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for the command line", "none");
	for (int i = 0; i < argc; i++) {
		bool dashed = argv[i][0] == '-' && argv[i][1] != 0;

		if (options_end || !dashed)
			out->operands[out->operands_n++] = argv[i];
		else if (strcmp(argv[i], "--") == 0)
			options_end = true;
		else if (!read_flag(out, argc, argv, &i, f))
			return false;
	}
	return check_operands(out, f);
}

void
args_clear(struct args *a)
{
	free(a->given);
	free(a->operands);
	memset(a, 0, sizeof(*a));
}

const char *
args_next(const struct args *a, const char *name, size_t *cursor)
{
	/* A name no table has is a slip in the program. */
	assert(flag_of(a->verb, name, strlen(name)) != NULL);
	while (*cursor < a->given_n) {
		const struct arg *arg = &a->given[(*cursor)++];

		if (strcmp(arg->flag->name, name) == 0)
			return arg->value ? arg->value : "";
	}
	return NULL;
}

bool
args_has(const struct args *a, const char *name)
{
	return args_text(a, name) != NULL;
}

const char *
args_text(const struct args *a, const char *name)
{
	size_t cursor = 0;

	return args_next(a, name, &cursor);
}

bool
args_whole(const struct args *a, const char *name, long low, long high, long *out, struct fault *f)
{
	const char *value = args_text(a, name);
	char path[80], expected[80];
	char *end = NULL;
	long number;

	if (value == NULL)
		return true;
	errno = 0;
	number = strtol(value, &end, 10);
	if (errno == 0 && end != value && *end == 0 && number >= low && number <= high) {
		*out = number;
		return true;
	}
	snprintf(path, sizeof(path), "--%s", name);
	snprintf(expected, sizeof(expected), "a whole number from %ld to %ld", low, high);
	return fault_set(f, FAULT_OPTION, path, expected, "\"%s\"", value);
}
