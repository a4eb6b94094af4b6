/* model_names.h — options that are given once for each model file of an import.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_MODEL_NAMES_H
#define ASSAY_MODEL_NAMES_H

#include <jansson.h>
#include <stdbool.h>

#include "fault.h"

struct args;
struct import;

/* The distinct weights files of an import. Zero-initialise; model_names_clear() frees. */
struct model_names {
	const struct args *args;
	json_t *files;   /* base name → {sha256, file, bytes, head}, empty without --weights */
	bool one_untold; /* there is one, whose name is not told: any --weights is it */
};

/* Collect the weights files of all drafts and check --model, --revision, --quantization,
 * --weights-sha256 against them: each is VALUE where there is one weights file, else FILE=VALUE,
 * where FILE may be a shell pattern. Then hash every --weights file.
 * Fails with FAULT_OPTION, FAULT_FILE, FAULT_FILE_FORMAT. */
bool model_names_read(const struct import *i, struct model_names *out, struct fault *f)
    __attribute__((warn_unused_result));
void model_names_clear(struct model_names *m);

/* Return the value of such an option for a weights file; NULL if it was not given. Borrowed. */
const char *model_name(const struct model_names *m, const char *option, const char *file);

/* Tell whether it is ORG/NAME, as every model repository has them. */
bool model_name_is_sound(const char *name);

/* Tell whether the name a user gives is that of a weights file: the same, a pattern for it, or the
 * same where the file's lost bytes (U+FFFD) are anything but ASCII. Folders do not count. */
bool model_file_fits(const char *given, const char *file);

#endif
