/* fuzz_vllm.c — any bytes as a result file of vLLM's benchmarks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "importing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_import(&importer_vllm, data, n);
}
