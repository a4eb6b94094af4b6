/* xml.c — text in XML documents.
 * SPDX-License-Identifier: Apache-2.0 */
#include "xml.h"

#include <string.h>

static const char *
escape_of(uint32_t point)
{
	if (point == '&')
		return "&amp;";
	if (point == '<')
		return "&lt;";
	if (point == '>')
		return "&gt;";
	if (point == '"')
		return "&quot;";
	if (point == '\'')
		return "&#39;";
	if (point < ' ' || point == 0x7f)
		return " ";
	return point == 0xfffe || point == 0xffff ? "\xef\xbf\xbd" : NULL;
}

void
xml_add_text(struct text *out, const char *s)
{
	size_t n = strlen(s), bytes;
	uint32_t point;

	for (; n > 0; s += bytes, n -= bytes) {
		const char *escape = "\xef\xbf\xbd";

		bytes = utf8_read(s, n, &point);
		if (bytes == 0)
			bytes = 1;
		else
			escape = escape_of(point);
		if (escape != NULL)
			text_add_str(out, escape);
		else
			text_add(out, s, bytes);
	}
}
