/* gate_inputs.h — the statements that a finding was made of, and finding those of a logged
 * decision. Pure. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_GATE_INPUTS_H
#define ASSAY_GATE_INPUTS_H

#include <jansson.h>

#include "gate.h"

struct side;

/* List what counts on both sides: d->inputs, new, and their ages. False without memory. */
bool finding_list_inputs(const struct gate_evidence *e, const struct side *a, const struct side *b,
    struct finding *d) __attribute__((warn_unused_result));

/* SHA-256 of a finding's sorted id lines, each with LF (DESIGN §12). */
void finding_digest(const struct finding *d, uint8_t out[SHA256_SIZE]);

/* Return a statement that counts as {"id", "index"}; without index if the evidence lacks it. New.
 */
json_t *input_json(const struct gate_evidence *e, const uint8_t id[SHA256_SIZE]);

/* Name what stands behind one rule's result in a decision, told = {"cell", "inputs_digest", …}: the
 * runs of its cell, and of a cell of the baseline where it compares with one, that have the digest.
 * Returns a new list as input_json() makes them; JSON null where the evidence has no such runs;
 * NULL without memory. */
json_t *decision_inputs(const struct gate_evidence *e, const struct gate_query *q,
    const struct gate_rule *r, const json_t *told);

#endif
