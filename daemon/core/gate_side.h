/* gate_side.h — the votes of one cell as a gate takes them: of the runs that are not too old, with
 * those that are in no log. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_GATE_SIDE_H
#define ASSAY_GATE_SIDE_H

#include "gate.h"
#include "items.h"

/* One cell's votes on one metric. */
struct side {
	const struct suite_metric *metric;
	struct run *runs; /* by voter, submitter, newest first */
	size_t runs_n;
	struct vote *votes; /* in the voters' order */
	size_t votes_n;
	size_t internal_n;          /* voters with unpublished runs only */
	struct agreement agreement; /* of the published votes */
};

/* What runs a cell has on a rule's metric. */
enum age { AGE_NONE, AGE_STALE, AGE_FRESH };

enum age side_age(const struct gate_evidence *e, const struct gate_query *q,
    const struct gate_rule *r, const struct gate_cell *c);

/* Form the votes of a cell; side_clear() in any case. False without memory. */
bool side_form(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    const struct gate_cell *c, struct side *out) __attribute__((warn_unused_result));
void side_clear(struct side *s);

/* Set the interval of the side's own votes at a level, with the items' error joined where there
 * are items; kind none without votes. */
bool side_estimate(const struct gate_rule *r, const struct side *s, double level,
    struct interval *out) __attribute__((warn_unused_result));

/* Set the interval of a − b, or a / b: of the deltas of those who measured both, with the error of
 * their items; else of both sides' own, unpaired. *voters: how many stand behind it. One who
 * measured both decides nothing where many measured either, so two are asked for. */
bool sides_compare(const struct gate_rule *r, const struct side *a, const struct side *b,
    double level, struct interval *out, size_t *voters) __attribute__((warn_unused_result));

#endif
