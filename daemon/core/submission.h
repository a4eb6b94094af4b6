/* submission.h — a submission against its suite: checks, subject, cells.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_SUBMISSION_H
#define ASSAY_SUBMISSION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"
#include "fault.h"
#include "suite.h"
#include "text.h"

/* Find the suite a submission names. Fails with FAULT_UNKNOWN_SUITE, FAULT_SUITE_DIGEST (the name
 * and version are known, the digest is another). Borrowed from set. */
const struct suite *submission_suite(
    const json_t *body, const struct suite_set *set, struct fault *f);

/* Check what the suite demands: required members, metric and condition names and types, items, at
 * most one result per metric and raw cell. Fails with FAULT_SUITE_REQUIRES, FAULT_UNKNOWN_METRIC,
 * FAULT_UNKNOWN_CONDITION, FAULT_WRONG_TYPE, FAULT_DUPLICATE_RESULT, FAULT_ITEMS. */
bool submission_check(const json_t *body, const struct suite *suite, struct fault *f)
    __attribute__((warn_unused_result));

/* Append the raw subject: the weights' SHA-256 in hex if given, else name@revision+quantization,
 * each part empty where absent. */
void submission_subject(const json_t *body, struct text *out);

/* Set *mean to that of the judge's anchor answers, NaN without any. */
void submission_anchor(const json_t *body, double *mean);

/* SHA-256 of suite name LF version LF subject: what a submission and the one it replaces share. The
 * first form reads them from a payload. */
void submission_subject_digest(const json_t *body, uint8_t out[SHA256_SIZE]);
void subject_digest(
    const char *suite, int64_t version, const char *subject, uint8_t out[SHA256_SIZE]);

/* Append the value of one cell field of one result, as it enters the cell key.
 * Returns false if the field's name is not in the closed table. */
bool cell_field(const struct suite *suite, const char *field, const json_t *body,
    const json_t *result, struct text *out) __attribute__((warn_unused_result));

/* Tell whether name may stand in a suite's `cell`: the closed table, or conditions.NAME. */
bool cell_field_known(const char *name);

/* Compute the raw cell of results[index]: SHA-256 of netstrings "assay-cell-v1", suite name, suite
 * version, then "field=value" in the suite's order (DESIGN §12 "Raw cell"). */
void cell_raw(
    const struct suite *suite, const json_t *body, const json_t *result, uint8_t out[SHA256_SIZE]);

/* The same from the cell's fields, raw or canonical. False without memory. */
bool cell_of_fields(const struct suite *suite, const json_t *fields, uint8_t out[SHA256_SIZE])
    __attribute__((warn_unused_result));

/* Return the fields of that cell as a new object field → value. */
json_t *cell_fields(const struct suite *suite, const json_t *body, const json_t *result);

#endif
