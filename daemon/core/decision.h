/* decision.h — a gate's signed result: its members, and how one is compared with another. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_DECISION_H
#define ASSAY_DECISION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "gate.h"

#define DECISION_UNPUBLISHED_MAX 200

/* Return the rules' results as `rules` of a decision has them (DESIGN §12): of each rule its worst
 * finding. New; NULL without memory. */
json_t *decision_rules(const struct gate_outcome *o);

/* Return the ids and digests of what is in no log, as `unpublished` has them. New. */
json_t *decision_unpublished(const struct gate_evidence *e);

/* Compare the rules and the result of a logged decision with those made again: words and integers
 * exactly, reals within 1e-9 of their size. Fails with FAULT_BREACH: path is the pointer of the
 * first difference, expected what was made again, got what the decision says. */
bool decision_agrees(const json_t *decision, const json_t *rules, enum verdict result,
    struct fault *f) __attribute__((warn_unused_result));

/* Return what is decided: the override's result if there is one. body has passed the kind's check.
 */
enum verdict decision_result(const json_t *body);

/* SHA-256 of the policy's text and of LF and the candidate: decisions on the same question. */
void decision_question(const char *policy, const char *candidate, uint8_t out[SHA256_SIZE]);

#endif
