/* refusal.h — does an answer refuse? By rules first, by a judge's word where they leave it open.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_REFUSAL_H
#define ASSAY_REFUSAL_H

#include <jansson.h>

enum refusal { REFUSAL_UNCLEAR, REFUSAL_YES, REFUSAL_NO };

/* Rule by the phrases of a protocol's "rules" (eval-suites/refusals/1/README.md). Pure. Unclear
 * without memory, too. */
enum refusal refusal_by_rules(const json_t *rules, const char *answer);

/* Read a judge's word: unclear unless just one of REFUSAL and ANSWER stands in it. Pure. */
enum refusal refusal_by_judge(const char *said);

#endif
