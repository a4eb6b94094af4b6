/* measured.h — what was measured, as people read it before they sign or send it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_MEASURED_H
#define ASSAY_MEASURED_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

struct suite_set;

/* Append an entry to `out`, an array, for each result of the payloads in `bodies`: {subject,
 * metric, of, conditions?, value, unit, n, spread?}; `of` names the conditions that make its cell
 * and differ from what they are where they are absent, `spread` is the standard deviation or error
 * the result has. */
void measured_add(const json_t *bodies, const struct suite_set *suites, json_t *out);

/* Print them as a table, at most MEASURED_LINES of it. */
#define MEASURED_LINES 32
void measured_show(const json_t *measured, FILE *out);

#endif
