/* model_names.c — options that are given once for each model file of an import.
 * SPDX-License-Identifier: Apache-2.0 */
#include "model_names.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "gguf.h"
#include "import.h"
#include "text.h"
#include "weights.h"

#define LOST "\xef\xbf\xbd" /* U+FFFD */

struct choice {
	const char *option;
	const char *value; /* the word for it */
	bool (*fits)(const char *value);
};

/* Return a copy in which each lost byte of a file's name is one byte, or, with wild, each byte of a
 * user's that may have been lost is a wildcard. Returns new. */
static char *
masked(const char *name, bool wild)
{
	struct text out = {0};

	while (*name) {
		bool lost = !wild && strncmp(name, LOST, strlen(LOST)) == 0;

		text_add(&out, lost ? "x" : wild && (*name & 0x80) ? "?" : name, 1);
		name += lost ? strlen(LOST) : 1;
	}
	return text_take(&out);
}

static bool
fits_lost(const char *given, const char *file)
{
	char *pattern = masked(given, true), *name = masked(file, false);
	bool fits = pattern != NULL && name != NULL && fnmatch(pattern, name, 0) == 0;

	free(pattern);
	free(name);
	return fits;
}

bool
model_file_fits(const char *given, const char *file)
{
	const char *base = base_name(given);

	if (strcmp(base, file) == 0 || fnmatch(base, file, 0) == 0)
		return true;
	return strstr(file, LOST) != NULL && fits_lost(base, file);
}

bool
model_name_is_sound(const char *name)
{
	const char *slash = strchr(name, '/');

	return slash != NULL && slash != name && slash[1] != 0 && strchr(slash + 1, '/') == NULL &&
	       strpbrk(name, " \t\\") == NULL && name[0] != '.' && name[0] != '~';
}

static bool
is_anything(const char *value)
{
	return value[0] != 0;
}

static bool
is_hex(const char *value)
{
	return strlen(value) == 64 && strspn(value, "0123456789abcdefABCDEF") == 64;
}

static const struct choice choices[] = {
    {"model", "ORG/NAME", model_name_is_sound},
    {"revision", "REVISION", is_anything},
    {"quantization", "TYPE", is_anything},
    {"weights-sha256", "HEX", is_hex},
};

/* "a.gguf, b.gguf and 3 more" */
static void
list_files(const struct model_names *m, struct text *out)
{
	size_t shown = 0, n = json_object_size(m->files);
	const char *file;
	json_t *value;

	json_object_foreach (m->files, file, value) {
		if (shown == 4)
			break;
		text_addf(out, "%s%s", shown++ ? ", " : "", file);
	}
	if (n > shown)
		text_addf(out, " and %zu more", n - shown);
}

static bool
choice_fault(const struct model_names *m, const struct choice *c, const char *expected,
    const char *given, struct fault *f)
{
	struct text files = {0};
	char path[40];

	snprintf(path, sizeof(path), "--%s", c->option);
	list_files(m, &files);
	fault_set(f, FAULT_OPTION, path, expected, "\"%s\"; model files: %s", given,
	    files.data ? files.data : "");
	text_clear(&files);
	return false;
}

static bool
fits_any(const struct model_names *m, const char *given, size_t n)
{
	char *name = strndup(given, n);
	bool found = false;
	const char *file;
	json_t *value;

	json_object_foreach (m->files, file, value)
		found = found || (name != NULL && model_file_fits(name, file));
	free(name);
	return found;
}

static bool
check_choice(
    const struct model_names *m, const struct choice *c, const char *given, struct fault *f)
{
	const char *equals = strrchr(given, '=');
	char expected[200];

	if (equals == NULL && json_object_size(m->files) > 1) {
		snprintf(expected, sizeof(expected),
		    "FILE=%s for each model file, or '*=%s' if one fits them all", c->value,
		    c->value);
		return choice_fault(m, c, expected, given, f);
	}
	if (equals != NULL && !fits_any(m, given, (size_t)(equals - given)))
		return choice_fault(
		    m, c, "the name of a model file, or a pattern for some, before '='", given, f);
	if (!c->fits(equals ? equals + 1 : given))
		return choice_fault(m, c, c->value, given, f);
	return true;
}

static bool
check_choices(const struct model_names *m, struct fault *f)
{
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		size_t cursor = 0;
		const char *given;

		while ((given = args_next(m->args, choices[i].option, &cursor)) != NULL)
			if (!check_choice(m, &choices[i], given, f))
				return false;
	}
	return true;
}

/* What the head of whole weights tells; of a part, or of tensors not known here, nothing. */
static json_t *
head_of(const char *path)
{
	struct gguf g;
	struct fault f = {0};
	json_t *head = json_object();

	if (!gguf_read(path, &g, &f) || g.split_n > 0 || g.parameters == 0)
		return head;
	if (g.quantization[0] != 0)
		json_object_set_new(head, "quantization", json_string(g.quantization));
	json_object_set_new(head, "format", json_string("gguf"));
	json_object_set_new(head, "bits_per_weight", json_real(g.bits_per_weight));
	json_object_set_new(head, "parameters", json_integer((json_int_t)g.parameters));
	json_object_set_new(
	    head, "active_parameters", json_integer((json_int_t)g.active_parameters));
	json_object_set_new(head, "size_bytes", json_integer((json_int_t)g.size_bytes));
	return head;
}

static bool
hash_for(struct model_names *m, const char *path, struct fault *f)
{
	static const struct choice weights = {"weights", "FILE", is_anything};
	char hex[HEX32_SIZE];
	uint64_t bytes = 0;
	const char *file;
	json_t *told;

	if (!m->one_untold && !fits_any(m, base_name(path), strlen(base_name(path))))
		return choice_fault(m, &weights,
		    "the file that was measured, under its name; --weights-sha256 takes the "
		    "digest of one with another name",
		    path, f);
	if (!weights_digest(path, hex, &bytes, f))
		return false;
	json_object_foreach (m->files, file, told) {
		if (!m->one_untold && !model_file_fits(path, file))
			continue;
		json_object_set_new(told, "sha256", json_string(hex));
		json_object_set_new(told, "file", json_string(base_name(path)));
		json_object_set_new(told, "bytes", json_integer((json_int_t)bytes));
		json_object_set_new(told, "head", head_of(path));
	}
	return true;
}

bool
model_names_read(const struct import *i, struct model_names *out, struct fault *f)
{
	size_t cursor = 0;
	const char *path;

	out->args = i->args;
	out->files = json_object();
	for (size_t k = 0; k < i->n; k++)
		for (size_t d = 0; d < i->files[k].drafts.n; d++) {
			json_object_set_new(
			    out->files, i->files[k].drafts.list[d].model_file, json_object());
			out->one_untold = i->files[k].drafts.list[d].model_untold;
		}
	out->one_untold = out->one_untold && json_object_size(out->files) == 1;
	if (!check_choices(out, f))
		return false;
	while ((path = args_next(i->args, "weights", &cursor)) != NULL)
		if (!hash_for(out, path, f))
			return false;
	return true;
}

void
model_names_clear(struct model_names *m)
{
	json_decref(m->files);
	memset(m, 0, sizeof(*m));
}

const char *
model_name(const struct model_names *m, const char *option, const char *file)
{
	size_t cursor = 0;
	const char *given;

	while ((given = args_next(m->args, option, &cursor)) != NULL) {
		const char *equals = strrchr(given, '=');
		char *name = equals ? strndup(given, (size_t)(equals - given)) : NULL;
		bool fits = equals == NULL || (name != NULL && model_file_fits(name, file));

		free(name);
		if (fits)
			return equals ? equals + 1 : given;
	}
	return NULL;
}
