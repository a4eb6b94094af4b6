/* python_json.c — JSON as Python writes it: NaN, Infinity and -Infinity become null.
 * SPDX-License-Identifier: Apache-2.0 */
#include "python_json.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

/* Bytes of a bare word that stands for a number that is none; 0 if there is no such word here. */
static size_t
word_n(const char *s, size_t n)
{
	static const char *const words[] = {"NaN", "Infinity", "-Infinity"};

	for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
		if (n >= strlen(words[k]) && memcmp(s, words[k], strlen(words[k])) == 0)
			return strlen(words[k]);
	return 0;
}

static size_t
string_n(const char *s, size_t n)
{
	for (size_t at = 1; at < n; at++) {
		if (s[at] == '\\')
			at++;
		else if (s[at] == '"')
			return at + 1;
	}
	return n;
}

/* Copy, with null for such words outside of strings. */
static void
tame(const char *data, size_t n, struct text *out)
{
	size_t at = 0, from = 0;

	while (at < n) {
		size_t word = strchr("NI-", data[at]) != NULL && data[at] != 0
				  ? word_n(data + at, n - at)
				  : 0;

		if (data[at] == '"') {
			at += string_n(data + at, n - at);
			continue;
		}
		if (word > 0) {
			text_add(out, data + from, at - from);
			text_add_str(out, "null");
			from = at + word;
		}
		at += word > 0 ? word : 1;
	}
	text_add(out, data + from, n - from);
}

json_t *
python_json_read(const char *data, size_t n, struct fault *f)
{
	struct text tamed = {0};
	json_error_t error;
	char line[16];
	json_t *value;

	text_add_str(&tamed, "");
	tame(data, n, &tamed);
	if (tamed.failed) {
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a JSON document", "none");
		return NULL;
	}
	value = json_loadb(tamed.data, tamed.n, JSON_REJECT_DUPLICATES, &error);
	text_clear(&tamed);
	snprintf(line, sizeof(line), "%d", error.line);
	if (value == NULL)
		fault_set(f, FAULT_FILE_FORMAT, line,
		    "JSON (RFC 8259): each name once, whole, text in UTF-8", "%s", error.text);
	return value;
}
