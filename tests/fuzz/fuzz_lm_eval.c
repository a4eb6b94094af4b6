/* fuzz_lm_eval.c — any bytes as results of lm-evaluation-harness, with a sample file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fuzz_importer.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_importer(&importer_lm_eval, data, n);
}
