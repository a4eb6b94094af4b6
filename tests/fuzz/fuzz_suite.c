/* fuzz_suite.c — any bytes as suite.json; two halves around a NUL as suite.json and items.jsonl.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "suite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *nul = memchr(data, 0, n);
	size_t json_n = nul ? (size_t)(nul - data) : n;
	struct fault f = {0};
	struct suite *s;

	s = suite_read((const char *)data, json_n, nul ? (const char *)nul + 1 : NULL,
	    nul ? n - json_n - 1 : 0, &f);
	if (s == NULL && f.code == FAULT_NONE)
		abort();
	suite_free(s);
	return 0;
}
