/* import_show.h — what was imported, and what became of it, for people.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_IMPORT_SHOW_H
#define ASSAY_IMPORT_SHOW_H

#include <jansson.h>
#include <stdio.h>

/* Print the result of `assay import`, or of `assay run`, which ends as an import does. */
void import_show(const json_t *result, FILE *out);

#endif
