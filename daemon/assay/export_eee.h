/* export_eee.h — the two kinds of files of Every Eval Ever: aggregates and samples.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_EXPORT_EEE_H
#define ASSAY_EXPORT_EEE_H

#include "export.h"

#define EEE_SCHEMA_VERSION "0.3.0"

/* Append the name of a result's evaluation: "SUITE.METRIC". */
void eee_result_name(const struct export_row *row, const json_t *result, struct text *out);

/* Add PATH_samples.jsonl to files, and what points there to the document, if the scores of items
 * can be told honestly: the suite's questions are known here, have one turn, and each score says
 * right or wrong. Answers are not part of a submission, so none are told. */
bool eee_add_samples(const struct export *e, const struct export_row *row, const char *path,
    json_t *document, json_t *files);

#endif
