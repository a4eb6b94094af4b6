/* mend.h — the JSON that Python writes, made into JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_MEND_H
#define ASSAY_MEND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

/* More would not be one tool's result: read into memory, each takes some hundred bytes. */
#define MEND_VALUES_MAX (8 * 1000 * 1000)

/* Make what json.dump() writes readable: outside of text the bare words NaN, Infinity, -Infinity
 * (and C's nan, -nan, inf, -inf) become texts of three kinds, "NaN", "Infinity", "-Infinity";
 * inside of text \u0000 and half a surrogate pair become \ufffd. Lines stay what they are.
 * *out is new, or NULL where nothing was to mend. Fails with FAULT_FILE_FORMAT where there are
 * more than MEND_VALUES_MAX values; path is the line. */
bool mend(const char *data, size_t n, char **out, size_t *out_n, struct fault *f)
    __attribute__((warn_unused_result));

enum real_kind { REAL_ABSENT, REAL_FINITE, REAL_NOT_FINITE, REAL_OTHER };

/* Tell what kind of number a mended value is: absent (NULL or null), finite (then in *out), one of
 * the three words, or no number at all. */
enum real_kind real_of(const json_t *value, double *out);

#endif
