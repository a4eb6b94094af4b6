/* lines.c — the lines of a text, one after another.
 * SPDX-License-Identifier: Apache-2.0 */
#include "lines.h"

#include <string.h>

bool
line_next(struct lines *in, struct line *out)
{
	const char *end = in->n > 0 ? memchr(in->at, '\n', in->n) : NULL;

	if (end == NULL)
		return false;
	*out = (struct line){in->at, (size_t)(end - in->at)};
	in->at += out->n + 1;
	in->n -= out->n + 1;
	return true;
}

bool
line_is(struct line line, const char *word)
{
	return line.n == strlen(word) && memcmp(line.s, word, line.n) == 0;
}

bool
line_skip(struct line *line, const char *beginning)
{
	size_t n = strlen(beginning);

	if (line->n < n || memcmp(line->s, beginning, n) != 0)
		return false;
	line->s += n;
	line->n -= n;
	return true;
}

bool
line_copy(struct line line, char *out, size_t room)
{
	if (line.n >= room || memchr(line.s, 0, line.n) != NULL)
		return false;
	memcpy(out, line.s, line.n);
	out[line.n] = 0;
	return true;
}
