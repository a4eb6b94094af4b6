/* due.h — which documents are to be written: what touched them since they last were.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DUE_H
#define ASSAYD_DUE_H

#include <jansson.h>

#include "days.h"
#include "documents.h"

/* Names of documents → their log_size as far as rows tell. They stay until they are written. */
struct due {
	json_t *names[DOCUMENT__MAX];
	int64_t config_size; /* 1 + index of the newest config */
	bool all;            /* the documents of all cells: another catalogue, prices or names */
	bool renamed;        /* it was said what names stand for: cells go by them */
	json_t *model_sizes; /* the same of every model, due or not: cells touch them too */
};

bool due_begin(struct due *due) __attribute__((warn_unused_result));
void due_clear(struct due *due);

/* Add what a round makes in any case; first: the round that makes everything. */
bool due_add_round(struct due *due, const struct suite_set *suites, bool first)
    __attribute__((warn_unused_result));

/* Add every suite's board, filled or not. */
bool due_add_suites(struct due *due, const struct suite_set *suites)
    __attribute__((warn_unused_result));

/* Add the documents that a cell stands in. */
bool due_add_cell(struct due *due, const struct shown *s) __attribute__((warn_unused_result));

/* Add a model's document for the cells that went by its name. */
bool due_add_model(struct due *due, const char *name) __attribute__((warn_unused_result));

/* Add what the rows say that the leaves from `from` on and before `to` touched. */
bool due_add_touched(struct due *due, struct dbsync *db, int64_t from, int64_t to, struct fault *f)
    __attribute__((warn_unused_result));

/* Add the dumps of days that ended, or that other leaves are of now, and of what was withheld by
 * the leaves from `from` on and before the view's log_size. */
bool due_add_days(struct due *due, struct days *days, const struct view *v, int64_t from,
    struct fault *f) __attribute__((warn_unused_result));

#endif
