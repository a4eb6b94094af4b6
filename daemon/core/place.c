/* place.c — where each published document stands.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place.h"

#include <stdint.h>
#include <string.h>

#include "crypto.h"
#include "encode.h"

#define PATH_PART_MAX 100

/* One file name from any bytes, no two alike: '~' comes only before two hex digits, alone for
 * nothing at all, or doubled before the digest of what was cut. */
static void
path_part(const char *s, size_t n, struct text *out)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	uint8_t digest[SHA256_SIZE];
	char hex[33];
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
	hex_print(digest, 16, hex);
	out->n = before + PATH_PART_MAX - 34;
	text_addf(out, "~~%s", hex);
}

static void
add_model(const char *name, struct text *out)
{
	const char *slash = strchr(name, '/');
	size_t org_n = slash ? (size_t)(slash - name) : 0;

	if (slash == NULL)
		text_add_str(out, "_");
	else if (org_n == 1 && name[0] == '_')
		text_add_str(out, "~5F"); /* somebody's organisation, not the lack of one */
	else
		path_part(name, org_n, out);
	text_add_str(out, "/");
	path_part(slash ? slash + 1 : name, strlen(slash ? slash + 1 : name), out);
}

void
model_path(const char *name, struct text *out)
{
	text_add_str(out, "models/");
	add_model(name, out);
	text_add_str(out, ".json");
}

void
quantization_path(const char *name, struct text *out)
{
	text_add_str(out, "quantization/");
	add_model(name, out);
	text_add_str(out, ".json");
}

void
model_runs_path(const char *name, const char *page, struct text *out)
{
	text_add_str(out, "models/");
	add_model(name, out);
	text_addf(out, "/runs/%s.json", page);
}

void
submitters_path(const char *page, struct text *out)
{
	text_addf(out, "submitters/list/%s.json", page);
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

void
hardware_path(const char *name, struct text *out)
{
	text_add_str(out, "hardware/");
	path_part(name, strlen(name), out);
	text_add_str(out, ".json");
}
