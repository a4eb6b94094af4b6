/* fuzz_session.c — any bytes as a session that is imported.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "importer.h"
#include "session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct suite suite; /* whose digest is all zeros */
	const struct source in = {.data = (const char *)data, .n = n, .suite = &suite};
	struct drafts drafts;
	struct fault f = {0};
	json_t *head, *lines;
	size_t whole;

	if (session_read((const char *)data, n, &head, &lines, &whole, &f)) {
		if (whole > n || (whole > 0 && data[whole - 1] != '\n') || head == NULL)
			abort();
		json_decref(head);
		json_decref(lines);
	} else if (f.code == FAULT_NONE || head != NULL || lines != NULL) {
		abort();
	}
	f.code = FAULT_NONE;
	if (importer_refusals.read(&in, &drafts, &f) ? drafts.n != 1 || drafts.list[0].body == NULL
						     : f.code == FAULT_NONE)
		abort();
	drafts_clear(&drafts);
	return 0;
}
