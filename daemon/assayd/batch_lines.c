/* batch_lines.c — a batch's body cut into its lines, in place.
 * SPDX-License-Identifier: Apache-2.0 */
#include "batch_lines.h"

#include <stdio.h>

/* The last line may lack its LF. */
static bool
next_line(struct lines *in, struct line *out)
{
	if (!line_next(in, out)) {
		*out = (struct line){in->at, in->n};
		in->n = 0;
		if (out->n == 0)
			return false;
	}
	if (out->n > 0 && out->s[out->n - 1] == '\r')
		out->n--;
	return true;
}

bool
batch_lines_read(const char *body, size_t n, struct batch_lines *out, struct fault *f)
{
	struct lines in = {body, n};
	struct line line;
	char expected[64];

	out->n = 0;
	snprintf(expected, sizeof(expected), "1 to %d lines, each an envelope", BATCH_MAX_N);
	for (size_t number = 1; next_line(&in, &line); number++) {
		if (line.n == 0)
			continue;
		if (out->n == BATCH_MAX_N)
			return fault_set(f, FAULT_BODY_TOO_LARGE, NULL, expected, "more");
		out->list[out->n++] = (struct batch_line){line, number};
	}
	return out->n > 0 || fault_set(f, FAULT_ENVELOPE, NULL, expected, "none");
}
