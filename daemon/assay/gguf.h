/* gguf.h — what the head of a GGUF file says of its model.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_GGUF_H
#define ASSAY_GGUF_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "fault.h"

/* The format: github.com/ggml-org/ggml docs/gguf.md, versions 2 and 3, little-endian; bytes of a
 * block of each tensor type: ggml-common.h of the same. */
#define GGUF_TEXT_SIZE 64

struct gguf {
	char architecture[GGUF_TEXT_SIZE]; /* "" if not told */
	char
	    quantization[GGUF_TEXT_SIZE]; /* by general.file_type, "Q4_K - Medium"; "" if unknown */
	uint64_t size_bytes;              /* of all tensors, without head and gaps */
	uint64_t parameters;
	uint64_t active_parameters; /* those one token is computed with */
	uint64_t token_bytes;       /* read for one token, without the cache of keys and values */
	double bits_per_weight;
	uint64_t tensors_n;
	uint64_t experts_n, experts_used_n; /* 0: no mixture of experts */
	uint64_t split_n;                   /* parts of the model; 0: the file is whole */
};

/* Open a regular file that begins as every GGUF does, of whatever version; read from its begin.
 * *bytes: its size. The caller closes it. Returns NULL and fails with FAULT_FILE, and with
 * FAULT_FILE_FORMAT where it begins otherwise. Never waits for a pipe's other end. */
FILE *gguf_open(const char *path, uint64_t *bytes, struct fault *f);

/* Read the head. Everything is of this file alone: of a model in parts, of this part.
 * Active are all parameters but the share of expert tensors (*_exps) that is not chosen, and but
 * the rows of the token embedding, of which one is read, unless the model has no output tensor of
 * its own and multiplies with it.
 * Memory is bounded whatever the file says. Fails with FAULT_FILE, and FAULT_FILE_FORMAT for a file
 * that is cut, contradicts itself, or has a tensor type that is not known. */
bool gguf_read(const char *path, struct gguf *out, struct fault *f)
    __attribute__((warn_unused_result));

/* The same for an open file of size_bytes, read from its present position, its begin. */
bool gguf_read_stream(FILE *file, uint64_t size_bytes, struct gguf *out, struct fault *f)
    __attribute__((warn_unused_result));

#endif
