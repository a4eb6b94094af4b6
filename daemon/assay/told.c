/* told.c — how a run was made, as far as only the user can tell.
 * SPDX-License-Identifier: Apache-2.0 */
#include "told.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "crypto.h"
#include "file.h"
#include "number.h"
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

/* A file, or its digest: two options for one thing. */
static bool
read_digest(
    const struct args *args, const char *option, const char *hex_option, char *out, struct fault *f)
{
	const char *path = args_text(args, option), *hex = args_text(args, hex_option);
	uint8_t digest[SHA256_SIZE];
	char name[40], expected[100];
	char *data;
	size_t n;

	snprintf(name, sizeof(name), "--%s", hex != NULL && path == NULL ? hex_option : option);
	snprintf(expected, sizeof(expected), "one of --%s and --%s", option, hex_option);
	if (path != NULL && hex != NULL)
		return fault_set(f, FAULT_OPTION, name, expected, "both");
	if (hex != NULL)
		return take_hex(hex, out) ||
		       fault_set(f, FAULT_OPTION, name, "64 hex digits", "\"%s\"", hex);
	if (path == NULL)
		return true;
	if (!file_read(path, TEXT_MAX_BYTES, &data, &n, f))
		return false;
	sha256_of(data, n, digest);
	hex_print(digest, SHA256_SIZE, out);
	free(data);
	return true;
}

static bool
read_temperature(const struct args *args, double *out, struct fault *f)
{
	const char *given = args_text(args, "judge-temperature");

	return given == NULL || (real_parse(given, out) && *out >= 0 && *out <= 100) ||
	       fault_set(f, FAULT_OPTION, "--judge-temperature", "a number from 0 to 100", "\"%s\"",
		   given);
}

bool
told_read(const struct args *args, struct told *out, struct fault *f)
{
	memset(out, 0, sizeof(*out));
	return read_base(args_text(args, "base"), out, f) &&
	       read_digest(args, "text", "text-sha256", out->text_sha256, f) &&
	       args_whole(args, "n-ctx", 1, WHOLE_MAX, &out->n_ctx, f) &&
	       args_whole(args, "chunks", 1, WHOLE_MAX, &out->chunks, f) &&
	       read_digest(args, "judge-prompt", "judge-prompt-sha256", out->judge_prompt, f) &&
	       read_temperature(args, &out->judge_temperature, f);
}
