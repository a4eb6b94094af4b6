/* inspect_ai.h — the parts of an Inspect log that are read, from JSON or from a .eval archive.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_INSPECT_AI_H
#define ASSAY_INSPECT_AI_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

/* Zero-initialise; inspect_close() frees. */
struct inspect_log {
	json_t *header;     /* the log; of an archive without its samples */
	json_t *reductions; /* [{scorer, samples[{value}]}]; NULL if not told */
};

/* Fails with FAULT_FILE_FORMAT: no log, an unfinished one, a packing that is not read. */
bool inspect_open(const char *data, size_t n, struct inspect_log *out, struct fault *f)
    __attribute__((warn_unused_result));
void inspect_close(struct inspect_log *log);

/* Work out the mean over samples of what a scorer said, from the reductions over epochs, else from
 * the samples of a log with one epoch: letters C 1, P 0.5, I and N 0, words as Inspect reads them.
 * False where not all n samples are told as single values. */
bool inspect_mean(const struct inspect_log *log, const char *scorer, int64_t n, double *mean);

/* The value of a score as Inspect's value_to_float() has it; false for lists and objects. */
bool inspect_value(const json_t *value, double *out);

#endif
