/* fuzz_helm.c — any bytes as the files of a run of HELM, cut at NUL bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "fuzz_importer.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_importer(&importer_helm, data, n);
}
