/* fuzz_inspect_ai.c — any bytes as a log of Inspect AI.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fuzz_importer.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_importer(&importer_inspect_ai, data, n);
}
