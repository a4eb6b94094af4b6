/* gate_cost.h — rules on what a million tokens cost: by a measured rate and the log's price of the
 * machine, or by the log's price where the model is sold. Pure.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The cost of a rate is value_cost() of it, times the share of the time in which the machine works.
 * It falls as the rate rises, so the ends of the rate's interval are those of the cost's, and on
 * the log scale nothing else changes: median, Student's and order statistics' intervals of the
 * reciprocals are the reciprocals of theirs.
 */
#ifndef ASSAY_GATE_COST_H
#define ASSAY_GATE_COST_H

#include "gate.h"

/* What the limit of such a rule is about, in its currency for a million tokens; what stands in for
 * a suite where nothing is measured: its metrics are the prices that sellers ask. */
extern const struct suite_metric cost_metric;
extern const struct suite listed_suite;

/* Read and check the members of rule i that are about costs, with its metric, suite and the others
 * read before. Find what is measured for it, once r->bound is set. Fail with FAULT_POLICY. */
bool cost_rule_read(const json_t *json, size_t i, struct gate_rule *r, struct fault *f)
    __attribute__((warn_unused_result));
bool cost_rule_bind(struct gate_rule *r, size_t i, struct fault *f)
    __attribute__((warn_unused_result));

/* Find the prices that a finding of such a rule rests on, of what d->cell names, else of what the
 * rule does: d->price, d->baseline_price, d->devices, d->unpriced. A price counts if it is valid at
 * the time of evaluation, not too old, and above 0. Of a rule that compares what is measured none
 * is asked for: both sides run on the same machine. */
void cost_find(const struct gate_evidence *e, const struct gate_query *q, const struct gate_rule *r,
    struct finding *d);

/* Turn d->interval and d->wide, of the rate, into those of the cost, and keep the rate's. Without
 * the price they become nothing, but for what kind they were. */
void cost_of_rate(const struct gate_rule *r, struct finding *d);

/* Set them to what is listed. */
void cost_listed(const struct gate_rule *r, struct finding *d);

/* The hardware whose price is asked for: the cell's, else the one that `where` names; "" where
 * neither does. Append it. */
void cost_hardware(const struct gate_rule *r, const struct finding *d, struct text *out);

/* Unit of the listed price: "million_output_tokens". */
const char *cost_listed_unit(const struct gate_rule *r);

#endif
