/* cases.h — walk a folder of cases: DIR/NAME/FILE, one call a case.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TEST_CASES_H
#define ASSAY_TEST_CASES_H

#include <stddef.h>

struct fault;

/* Call check for each case folder of dir (relative to the tests' cases), with the bytes of its file
 * and of its `expected` (NULL if there is none). Returns how many there were. */
size_t cases_walk(const char *dir, const char *file,
    void (*check)(const char *name, const char *data, size_t n, const char *expected));

/* Fail the running test unless the fault is the expected "CODE POINTER". */
void case_expect(const char *name, const char *expected, const struct fault *got);

#endif
