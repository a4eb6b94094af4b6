/* fuzz_every_eval_ever.c — any bytes as a file of Every Eval Ever.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fuzz_importer.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_importer(&importer_every_eval_ever, data, n);
}
