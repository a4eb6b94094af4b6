/* csv.c — text as a field of CSV.
 * SPDX-License-Identifier: Apache-2.0 */
#include "csv.h"

#include <stdbool.h>
#include <string.h>

void
csv_add_text(struct text *out, const char *s)
{
	bool begins = true;

	text_add_str(out, "\"");
	for (; *s != 0; s++) {
		if (begins && strchr("=+-@\t\r", *s) != NULL)
			text_add_str(out, "'");
		begins = strchr(";,\t\r\n\"", *s) != NULL;
		text_add_str(out, *s == '"' ? "\"" : "");
		text_add(out, s, 1);
	}
	text_add_str(out, "\"");
}
