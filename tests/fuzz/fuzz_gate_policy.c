/* fuzz_gate_policy.c — any bytes as a policy; behind a NUL a JSON pointer to look for in it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "gate_policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *nul = memchr(data, 0, n);
	size_t text_n = nul ? (size_t)(nul - data) : n, pointer_n = nul ? n - text_n - 1 : 0, line,
	       lines = 1;
	char pointer[256];
	struct gate_policy p;
	struct fault f = {0};

	if (pointer_n >= sizeof(pointer))
		pointer_n = sizeof(pointer) - 1;
	if (pointer_n > 0)
		memcpy(pointer, nul + 1, pointer_n);
	pointer[pointer_n] = 0;
	if (!gate_policy_read((const char *)data, text_n, &p, &f) && f.code == FAULT_NONE)
		abort();
	gate_policy_clear(&p);
	for (size_t i = 0; i < text_n; i++)
		lines += data[i] == '\n';
	line = json_line((const char *)data, text_n, f.code != FAULT_NONE ? f.path : pointer);
	if (line < 1 || line > lines)
		abort();
	return 0;
}
