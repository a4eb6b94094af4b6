/* import_parts.h — what the files of an import share with each other and nobody else.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_IMPORT_PARTS_H
#define ASSAY_IMPORT_PARTS_H

#include <jansson.h>
#include <stdbool.h>

#include "fault.h"

struct import_file;

/* An envelope is at most 64 KiB; its payload grows by a third, key, nonce, time and signature
 * join. */
#define IMPORT_PAYLOAD_BYTES 48000
#define IMPORT_RESULTS 500

/* Fill f with a fault whose path is put behind the file's name. */
bool import_fault(const struct import_file *file, const struct fault *from, struct fault *f);

/* Append the body to out, or its halves, so that each fits into one envelope. */
bool import_split(const json_t *body, json_t *out) __attribute__((warn_unused_result));

#endif
