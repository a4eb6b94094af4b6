/* fuzz_evalplus.c — any bytes as results of EvalPlus.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fuzz_importer.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_importer(&importer_evalplus, data, n);
}
