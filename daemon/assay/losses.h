/* losses.h — one model's base and its quantizations, while `assay run quantization` measures them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_LOSSES_H
#define ASSAY_LOSSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "encode.h"

struct fault;
struct problem;
struct task;

#define VARIANTS_MAX 32
#define LOG_MAX_BYTES (64 * 1024 * 1024)

/* One weights file: the base first, then the variants. */
struct variant {
	const char *path;
	char sha256[HEX32_SIZE];
	uint64_t bytes;
	const char *quantization; /* as the user says; NULL: its head tells */
	char *log;                /* of the run that ended well */
};

/* One call. Its folder holds the base's logits and a log for each file that is measured, so that
 * the same command goes on where it was. */
struct losses {
	struct task *task;
	const char *program, *text;
	char text_sha256[HEX32_SIZE];
	char n_ctx[12], chunks[12], layers[12]; /* "": not given */
	struct variant variants[VARIANTS_MAX];
	size_t n;
	char *folder, *logits;
	char intent[HEX32_SIZE];
};

/* Read the command line: hash text and weights, find or make the folder. losses_clear() frees, on
 * failure too. Fails with FAULT_OPTION, FAULT_FILE, FAULT_FILE_FORMAT, and as run_folder(). */
bool losses_plan(struct losses *s, struct fault *f) __attribute__((warn_unused_result));
void losses_clear(struct losses *s);

/* Sign what the logs say, one import a file, and make one result of all. What the user does not
 * tell of version and hardware is taken from the program, its logs and this machine. Fails as
 * run_import(). */
bool losses_sign(struct losses *s, struct problem *p) __attribute__((warn_unused_result));

#endif
