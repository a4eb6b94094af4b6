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

/* Append the unit of what its interval is of, "" for none; against a baseline "ratio" where it is
 * one. */
void gate_rule_unit(const struct gate_rule *r, struct text *out);

/* Append why a finding is what it is, and what would change it. */
void gate_finding_words(const struct gate_query *q, const struct gate_rule *r,
    const struct finding *d, struct text *out);

/* Return the commands that would add a run, or a price, where a finding lacks one: an array of
 * text, new; empty where no runner of ours measures the suite. */
json_t *gate_commands(
    const struct gate_query *q, const struct gate_rule *r, const struct finding *d);

/* Append a whole policy in plain words; baseline and candidate as far as they are known. */
void gate_policy_words(const struct gate_policy *p, struct text *out);

/* Of a finding of the verb's result, for people: whether it has numbers; value, interval and unit;
 * its rule's limit; what the interval is and how well it is supported; a cost's formula and prices.
 * Numbers have four digits and never an exponent that a person must read. */
bool gate_has_numbers(const json_t *finding);
void gate_numbers(const json_t *rule, const json_t *finding, struct text *out);
void gate_limit(const json_t *rule, struct text *out);
void gate_basis(const json_t *finding, struct text *out);
const char *gate_standing_words(const json_t *finding);
void gate_cost_words(const json_t *finding, const char *between, struct text *out);

/* Print the verb's result for people; the same as JUnit XML, and as Markdown. */
void gate_show(const json_t *result, FILE *out);
void gate_junit(const json_t *result, struct text *out);
void gate_markdown(const json_t *result, struct text *out);

#endif
