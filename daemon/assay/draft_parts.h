/* draft_parts.h — making drafts whose suite says which of a file's numbers count.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_DRAFT_PARTS_H
#define ASSAY_DRAFT_PARTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "importer.h"
#include "text.h"

/* Append a draft of the newest version of a suite, with empty model, engine, hardware and results;
 * which weights ran is asked for. where: what in the file names the task. NULL: fails as
 * task_suite(), or with FAULT_NO_MEMORY. */
struct draft *draft_begin(const struct source *in, struct drafts *out, const char *suite,
    const char *where, struct fault *f);

/* Append a result and return it, to have sd or se added. A value of 0 on the log scale was not
 * measured, and NULL is returned, as for a metric the suite does not know. conditions: NULL for
 * none; those the suite does not list are left out. */
json_t *draft_result(
    struct draft *d, const char *metric, const json_t *conditions, double value, int64_t n);

/* Set a text member of an object unless it is empty. */
void set_text(json_t *object, const char *name, const char *value);

/* Take a name as the model's if it is ORG/NAME as repositories have it; a path, or a name without
 * maker, is asked for. */
void draft_model_name(struct draft *d, const char *name);

/* Take what the file calls the model, as the name options are given by; of a path its end. */
void draft_file_name(struct draft *d, const char *file);

/* Put something into the submission's open map; what is no printable text becomes '?'. */
void draft_extra(struct draft *d, const char *name, const char *value);

/* Have a condition asked for though the suite has a value for it where it is absent. */
void draft_asks(struct draft *d, const char *condition);

/* Fail with FAULT_UNKNOWN_METRIC, saying how a suite gets another metric. */
bool draft_metric_fault(const struct draft *d, const char *metric, struct fault *f);

/* Name the companion in front of what is wrong with it. */
bool part_fault(const struct source_part *part, const struct fault *from, struct fault *f);

/* Put the score of the item at `place` into metrics[metric], a list of items_n that begins as
 * nulls. What is no finite number stays null. */
void scores_put(
    json_t *metrics, const char *metric, int64_t items_n, int64_t place, const json_t *value);

/* Return what was told, or its base name where it is a path of the machine that measured. Borrowed.
 */
const char *without_path(const char *told);

/* Append name in lower case, with '_' for whatever no suite may be called by. */
void suite_name_add(const char *name, struct text *out);

/* Convert Unix seconds or RFC 3339 with offset to the form of started_at; "" if it is neither. */
void moment_of_seconds(double seconds, char out[21]);
void moment_of_offset(const char *s, char out[21]);

#endif
