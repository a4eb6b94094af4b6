/* fuzz_alpaca_eval.c — any bytes as annotations or a leaderboard of AlpacaEval.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fuzz_importer.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_importer(&importer_alpaca_eval, data, n);
}
