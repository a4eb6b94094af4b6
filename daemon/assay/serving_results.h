/* serving_results.h — from when pieces came to how fast a model is served. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_SERVING_RESULTS_H
#define ASSAY_SERVING_RESULTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Append the results of one level to results, as a submission has them (eval-suites/serving/1):
 * line is one of load_run()'s. A server's count of tokens is used if every stream that did not fail
 * has one from its number of pieces up to max_tokens; else pieces are counted and the condition
 * token_count says "estimated". False without memory. */
bool serving_results(const json_t *line, long at_once, int64_t max_tokens, json_t *results)
    __attribute__((warn_unused_result));

#endif
