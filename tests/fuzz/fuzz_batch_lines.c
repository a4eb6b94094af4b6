/* fuzz_batch_lines.c — any bytes as a batch: its lines lie in order inside the body, hold no line
 * end, and nothing but line ends lies between them. SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "batch_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Count the LFs of what lies between two lines; it must hold nothing else but CRs before them. */
static size_t
line_ends(const char *from, const char *to)
{
	size_t found = 0;

	for (; from < to; from++) {
		if (*from != '\n' && *from != '\r')
			abort();
		found += *from == '\n';
	}
	return found;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct batch_lines lines;
	const char *at = (const char *)data, *end = at + n;
	struct fault f = {0};
	size_t number = 1;

	if (!batch_lines_read(at, n, &lines, &f)) {
		if (f.code == FAULT_NONE)
			abort();
		return 0;
	}
	if (lines.n == 0 || lines.n > BATCH_MAX_N)
		abort();
	for (size_t i = 0; i < lines.n; i++) {
		struct line text = lines.list[i].text;

		if (text.n == 0 || text.s < at || text.s + text.n > end ||
		    memchr(text.s, '\n', text.n) != NULL)
			abort();
		number += line_ends(at, text.s);
		if (lines.list[i].number != number)
			abort();
		at = text.s + text.n;
	}
	line_ends(at, end);
	return 0;
}
