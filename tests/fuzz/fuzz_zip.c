/* fuzz_zip.c — any bytes as a ZIP archive.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fault f = {0};
	struct zip z;

	if (n > 12000)
		return 0;
	if (!zip_open((const char *)data, n, &z, &f) && f.code == FAULT_NONE)
		abort();
	for (size_t k = 0; k < z.members_n && k < 64; k++) {
		struct fault one = {0};
		char *bytes;
		size_t size;

		if (zip_read(&z, &z.members[k], &bytes, &size, &one) ? size != z.members[k].size
								     : one.code == FAULT_NONE)
			abort();
		free(bytes);
	}
	zip_clear(&z);
	return 0;
}
