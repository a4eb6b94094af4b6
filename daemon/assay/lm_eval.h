/* lm_eval.h — what the files of the lm-evaluation-harness importer share.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_LM_EVAL_H
#define ASSAY_LM_EVAL_H

#include <jansson.h>
#include <stdbool.h>

#include "importer.h"
#include "records.h"

/* A results file that is being read. */
struct lm_eval {
	const struct source *in;
	const struct record *record; /* the one object of the file */
	const json_t *root, *config; /* config: of the whole run; may be NULL */
	struct drafts *out;
	json_t *scores; /* task → filter → metric → [scores], in the order of the suite's items */
	struct fault *f;
};

/* Set model, engine and extra of a body: what the run's own config tells. Nothing of it is a path,
 * an address, a key or a command line. Returns the name the file has for the model; new. */
char *lm_eval_subject(const struct lm_eval *l, json_t *body);

/* Return the suite of a task; NULL if there is none. Borrowed. */
const struct suite *lm_eval_suite(const struct lm_eval *l, const char *task);

/* Read the sample files given beside the results into l->scores. They belong to the task whose
 * hash in task_hashes is that of all their hashes: SHA-256 of doc_hash, prompt_hash and
 * target_hash of each line, one behind the other (lm_eval/loggers/evaluation_tracker.py). A file
 * that fits no task stays unused. Fails with FAULT_FILE_FORMAT. */
bool lm_eval_samples(struct lm_eval *l, struct fault *f) __attribute__((warn_unused_result));

#endif
