/* place.h — where each published document stands, below data/v1/.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_PLACE_H
#define ASSAY_PLACE_H

#include "suite.h"
#include "text.h"

/* Append the path of a suite's board: suites/NAME.json for the newest version in set,
 * suites/NAME/VERSION.json for an older one. */
void board_path(const struct suite *suite, const struct suite_set *set, struct text *out);

/* Append models/ORG/NAME.json; ORG is "_" for a name without a slash. Different names have
 * different paths: bytes other than letters, digits, '.', '_', '-' become ~XX, a leading dot too;
 * nothing is
 * "~"; a part that gets longer than 100 bytes is cut and ends in "~~" and 32 hex digits of its
 * SHA-256. */
void model_path(const char *name, struct text *out);

/* Append models/ORG/NAME/runs/PAGE.json, PLACE_PAGE_RUNS submissions each, from 0. */
#define PLACE_PAGE_RUNS 500
void model_runs_path(const char *name, const char *page, struct text *out);

/* Append submitters/list/PAGE.json, PLACE_PAGE_SUBMITTERS each, from 0. */
#define PLACE_PAGE_SUBMITTERS 500
void submitters_path(const char *page, struct text *out);

/* Append quantization/ORG/NAME.json. */
void quantization_path(const char *name, struct text *out);

/* Append hardware/NAME.json, NAME in the same form. */
void hardware_path(const char *name, struct text *out);

#endif
