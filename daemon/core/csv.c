/* csv.c — text as a field of CSV.
 * SPDX-License-Identifier: Apache-2.0 */
#include "csv.h"

#include <stdbool.h>
#include <string.h>

/* Also in full width, which spreadsheets of East Asia read as the same: ＋ － ＝ ＠. */
static bool
begins_formula(const char *s)
{
	if (strchr("=+-@|%\t\r", *s) != NULL)
		return true;
	return strncmp(s, "\xef\xbc", 2) == 0 && s[2] != 0 && strchr("\x8b\x8d\x9d\xa0", s[2]);
}

void
csv_add_text(struct text *out, const char *s)
{
	bool begins = true;

	text_add_str(out, "\"");
	for (; *s != 0; s++) {
		if (begins && begins_formula(s))
			text_add_str(out, "'");
		begins = strchr(";,\t\r\n\"", *s) != NULL || (begins && *s == ' ');
		text_add_str(out, *s == '"' ? "\"" : "");
		text_add(out, s, 1);
	}
	text_add_str(out, "\"");
}
