/* told.c — how a run was made, as far as only the user can tell.
 * SPDX-License-Identifier: Apache-2.0 */
#include "told.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "crypto.h"
#include "file.h"
#include "number.h"
#include "suite.h"
#include "weights.h"

#define TEXT_MAX_BYTES (256 * 1024 * 1024)
#define WHOLE_MAX 100000000

static bool
take_hex(const char *given, char out[HEX32_SIZE])
{
	if (strlen(given) != 64 || strspn(given, "0123456789abcdefABCDEF") != 64)
		return false;
	for (size_t i = 0; i < HEX32_SIZE; i++)
		out[i] = (char)tolower((unsigned char)given[i]);
	return true;
}

/* A digest, a subject without one (NAME@REVISION+QUANTIZATION), or the weights themselves. */
static bool
read_base(const char *given, struct told *out, struct fault *f)
{
	uint64_t bytes;

	if (given == NULL || take_hex(given, out->base))
		return true;
	if (strchr(given, '@') == NULL)
		return weights_digest(given, out->base, &bytes, f);
	if (strlen(given) >= sizeof(out->base))
		return fault_set(
		    f, FAULT_OPTION, "--base", "at most 400 bytes", "%zu bytes", strlen(given));
	snprintf(out->base, sizeof(out->base), "%s", given);
	return true;
}

static bool
read_text(const struct args *args, struct told *out, struct fault *f)
{
	const char *path = args_text(args, "text"), *hex = args_text(args, "text-sha256");
	uint8_t digest[SHA256_SIZE];
	char *data;
	size_t n;

	if (path != NULL && hex != NULL)
		return fault_set(
		    f, FAULT_OPTION, "--text", "one of --text and --text-sha256", "both");
	if (hex != NULL)
		return take_hex(hex, out->text_sha256) ||
		       fault_set(f, FAULT_OPTION, "--text-sha256", "64 hex digits", "\"%s\"", hex);
	if (path == NULL)
		return true;
	if (!file_read(path, TEXT_MAX_BYTES, &data, &n, f))
		return false;
	sha256_of(data, n, digest);
	hex_print(digest, SHA256_SIZE, out->text_sha256);
	free(data);
	return true;
}

const char *
told_condition(const struct args *args, const char *name)
{
	size_t cursor = 0, n = strlen(name);
	const char *given;

	while ((given = args_next(args, "condition", &cursor)) != NULL)
		if (strncmp(given, name, n) == 0 && given[n] == '=')
			return given + n + 1;
	return NULL;
}

static json_t *
condition_json(const struct suite_condition *c, const char *value)
{
	double real;

	if (c->type == CONDITION_TEXT)
		return value[0] != 0 ? json_string(value) : NULL;
	if (c->type == CONDITION_BOOL)
		return strcmp(value, "true") == 0    ? json_true()
		       : strcmp(value, "false") == 0 ? json_false()
						     : NULL;
	if (!real_parse(value, &real))
		return NULL;
	if (c->type == CONDITION_REAL)
		return json_real(real);
	return floor(real) == real && fabs(real) < (double)INTEGER_MAX
		   ? json_integer((json_int_t)real)
		   : NULL;
}

bool
told_conditions(
    const struct args *args, const struct suite *suite, json_t *conditions, struct fault *f)
{
	static const char *const types[] = {
	    [CONDITION_TEXT] = "text",
	    [CONDITION_WHOLE] = "a whole number",
	    [CONDITION_REAL] = "a number",
	    [CONDITION_BOOL] = "true or false",
	};
	size_t cursor = 0;
	const char *given;

	while ((given = args_next(args, "condition", &cursor)) != NULL) {
		char name[64];
		const struct suite_condition *c;
		json_t *value;

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(given, "="), given);
		c = suite_condition(suite, name);
		if (c == NULL || strchr(given, '=') == NULL)
			return fault_set(f, FAULT_OPTION, "--condition",
			    "NAME=VALUE, a condition that the suite lists (`assay suites` shows "
			    "them)",
			    "\"%s\"", given);
		value = condition_json(c, strchr(given, '=') + 1);
		if (value == NULL)
			return fault_set(
			    f, FAULT_OPTION, "--condition", types[c->type], "\"%s\"", given);
		json_object_set_new(conditions, name, value);
	}
	return true;
}

bool
told_read(const struct args *args, struct told *out, struct fault *f)
{
	memset(out, 0, sizeof(*out));
	return read_base(args_text(args, "base"), out, f) && read_text(args, out, f) &&
	       args_whole(args, "n-ctx", 1, WHOLE_MAX, &out->n_ctx, f) &&
	       args_whole(args, "chunks", 1, WHOLE_MAX, &out->chunks, f);
}
