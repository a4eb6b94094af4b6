/* lines.h — the lines of a text, one after another.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_LINES_H
#define ASSAY_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* Text not yet read. Borrows it. */
struct lines {
	const char *at;
	size_t n;
};

/* Bytes of one line, without its LF; not NUL-terminated. */
struct line {
	const char *s;
	size_t n;
};

/* Take the next line; false at the end, or if what is left has no LF. */
bool line_next(struct lines *in, struct line *out);

/* Tell whether the line is exactly this word. */
bool line_is(struct line line, const char *word);

/* Take this beginning off the line; false, and the line unchanged, if it has another. */
bool line_skip(struct line *line, const char *beginning);

/* Copy as a string; false if it does not fit or holds a NUL. */
bool line_copy(struct line line, char *out, size_t room);

#endif
