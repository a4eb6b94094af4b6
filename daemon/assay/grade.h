/* grade.h — the grade in a judge's word.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_GRADE_H
#define ASSAY_GRADE_H

#include <stdbool.h>

/* Read the last "GRADE: N", N a whole number from 1 to 10, alone or as "N/10"; case, brackets and
 * Markdown's asterisks do not count. False, with *out 0, where there is none, or the last is
 * another. Pure. */
bool grade_read(const char *said, int *out) __attribute__((warn_unused_result));

#endif
