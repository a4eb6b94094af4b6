/* fuzz_fastchat.c — any bytes as judgments of FastChat, single and in pairs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fuzz_importer.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	fuzz_importer(&importer_fastchat_single, data, n);
	return fuzz_importer(&importer_fastchat_pairwise, data, n);
}
