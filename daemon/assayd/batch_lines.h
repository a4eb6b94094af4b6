/* batch_lines.h — a batch's body cut into its lines, in place. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_BATCH_LINES_H
#define ASSAYD_BATCH_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"
#include "lines.h"

#define BATCH_MAX_N 100
#define BATCH_MAX_BYTES (1024 * 1024)

/* Lines that hold anything, in order. They point into the body. */
struct batch_lines {
	size_t n;
	struct batch_line {
		struct line text; /* without LF, or CR and LF */
		size_t number;    /* from 1; empty lines count */
	} list[BATCH_MAX_N];
};

/* Cut. Lines end with LF or CRLF, the last one need not; empty ones are passed over. What a line
 * holds is not looked at. Fails with FAULT_BODY_TOO_LARGE (over BATCH_MAX_N lines) and
 * FAULT_ENVELOPE (none). */
bool batch_lines_read(const char *body, size_t n, struct batch_lines *out, struct fault *f)
    __attribute__((warn_unused_result));

#endif
