/* weights.h — the digest of the weights that were measured.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_WEIGHTS_H
#define ASSAY_WEIGHTS_H

#include <stdbool.h>
#include <stdint.h>

#include "encode.h"
#include "fault.h"

/* Hash the GGUF file at path. If its name is that of one part of several
 * (NAME-00002-of-00003.gguf), the others are looked for beside it, and the digest is that of the
 * lines "HEX  BASENAME" LF of all parts, sorted by name (DESIGN §12). *bytes: of all parts.
 * Fails with FAULT_FILE, FAULT_FILE_FORMAT (no GGUF). */
bool weights_digest(const char *path, char hex[HEX32_SIZE], uint64_t *bytes, struct fault *f)
    __attribute__((warn_unused_result));

#endif
