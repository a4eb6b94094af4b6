/* suite_folder.h — where this machine keeps its suites.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_SUITE_FOLDER_H
#define ASSAY_SUITE_FOLDER_H

#include "fault.h"
#include "suite.h"

struct args;

/* Load the suites from --suites, else $ASSAY_SUITES, else ../share/assay/eval-suites beside the
 * program, else the eval-suites of the source tree it was built in.
 * Returns new *set, and *folder, which the caller frees. Fails with FAULT_OPTION where there is
 * none, and as suite_set_load(). */
bool suite_folder_load(const struct args *a, struct suite_set **set, char **folder, struct fault *f)
    __attribute__((warn_unused_result));

/* Return the newest version of a suite; NULL if there is none. Borrowed from set. */
const struct suite *suite_newest(const struct suite_set *set, const char *name);

#endif
