/* gate_report.h — a gate's result for people and machines: JSON, a table, JUnit XML, Markdown.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_GATE_REPORT_H
#define ASSAY_GATE_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "gate.h"

struct text;

/* Return what each rule says of each cell, as `rules` of the verb's result. New. */
json_t *gate_rules_json(const struct gate_query *q, const struct gate_outcome *o);

/* Append a rule in plain words: "prefill (tokens/s) of throughput is at least 500". */
void gate_rule_words(const struct gate_rule *r, const char *baseline, struct text *out);

/* Append why a finding is what it is, and what would change it. */
void gate_finding_words(const struct gate_rule *r, const struct finding *d, struct text *out);

/* Append the command that would add a run where a finding lacks one; nothing where no runner of
 * ours measures the suite. */
void gate_command(const struct gate_query *q, const struct gate_rule *r, const struct finding *d,
    struct text *out);

/* Append a whole policy in plain words; baseline and candidate as far as they are known. */
void gate_policy_words(const struct gate_policy *p, struct text *out);

/* Print the verb's result for people; the same as JUnit XML, and as Markdown. */
void gate_show(const json_t *result, FILE *out);
void gate_junit(const json_t *result, struct text *out);
void gate_markdown(const json_t *result, struct text *out);

#endif
