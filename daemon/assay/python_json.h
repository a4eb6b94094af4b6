/* python_json.h — JSON as Python writes it: NaN, Infinity and -Infinity become null.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_PYTHON_JSON_H
#define ASSAY_PYTHON_JSON_H

#include <jansson.h>
#include <stddef.h>

#include "fault.h"

/* Read one JSON object or array. Returns new. Fails with FAULT_FILE_FORMAT; path is the line. */
json_t *python_json_read(const char *data, size_t n, struct fault *f);

#endif
