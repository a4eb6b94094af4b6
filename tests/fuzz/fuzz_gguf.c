/* fuzz_gguf.c — any bytes as a GGUF file.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "gguf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	FILE *file = n > 0 ? fmemopen((void *)(uintptr_t)data, n, "rb") : NULL;
	struct fault f = {0};
	struct gguf g;

	if (file == NULL)
		return 0;
	if (!gguf_read_stream(file, n, &g, &f)) {
		if (f.code == FAULT_NONE)
			abort();
	} else if (g.size_bytes > n || g.active_parameters > g.parameters ||
		   g.token_bytes > g.size_bytes) {
		abort();
	}
	fclose(file);
	return 0;
}
