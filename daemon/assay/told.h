/* told.h — how a run was made, as far as only the user can tell: its base, its text, its judge.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TOLD_H
#define ASSAY_TOLD_H

#include <stdbool.h>

#include "encode.h"
#include "fault.h"

struct args;

/* Empty or 0: not told. */
struct told {
	char base[401];               /* subject of the variant compared with */
	char text_sha256[HEX32_SIZE]; /* of the bytes of the text measured on */
	long n_ctx, chunks;
	char judge_prompt[HEX32_SIZE]; /* of the bytes of the file that holds it */
	double judge_temperature;      /* 0 if not told */
};

/* Read --base, --text or --text-sha256, --n-ctx, --chunks, --judge-prompt or --judge-prompt-sha256,
 * and --judge-temperature; weights, text and prompt are hashed. Fails
 * with FAULT_OPTION, FAULT_FILE, FAULT_FILE_FORMAT. */
bool told_read(const struct args *args, struct told *out, struct fault *f)
    __attribute__((warn_unused_result));

#endif
