/* fuzz_vllm.c — any bytes as a result file of vLLM's benchmarks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fuzz_importer.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_importer(&importer_vllm, data, n);
}
