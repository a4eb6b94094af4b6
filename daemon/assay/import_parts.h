/* import_parts.h — what the files of an import share with each other and nobody else.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_IMPORT_PARTS_H
#define ASSAY_IMPORT_PARTS_H

#include <jansson.h>
#include <stdbool.h>

#include "encode.h"
#include "fault.h"

struct draft;
struct import;
struct import_file;
struct model_names;
struct source_part;

/* An envelope is at most 64 KiB; its payload grows by a third, key, nonce, time and signature
 * join. */
#define IMPORT_PAYLOAD_BYTES 48000
#define IMPORT_RESULTS 500

/* Fill f with a fault whose path is put behind the file's name. */
bool import_fault(const struct import_file *file, const struct fault *from, struct fault *f);

/* Append the body to out, or its halves, so that each fits into one envelope. *dropped: scores of
 * items that fit into none were left out. */
bool import_split(const json_t *body, json_t *out, bool *dropped)
    __attribute__((warn_unused_result));

/* The SHA-256 of a part's bytes, in hex. */
void part_digest(const struct source_part *part, char hex[HEX32_SIZE]);

/* Tell whether all results of a draft have this condition, by the file or by --condition. */
bool condition_told(const struct import *i, const struct draft *d, const char *name);

/* Check every --condition. Fails with FAULT_OPTION. */
bool conditions_check(const struct import *i, struct fault *f) __attribute__((warn_unused_result));

/* Put what the user told of how all results were made into their conditions. */
void conditions_set(const struct import *i, const struct draft *d);

/* Ask at once for everything that a file does not tell and only the user can, by the names of the
 * options. Fails with FAULT_OPTION. */
bool wants_check(const struct import *i, const struct import_file *file,
    const struct model_names *names, struct fault *f) __attribute__((warn_unused_result));

#endif
