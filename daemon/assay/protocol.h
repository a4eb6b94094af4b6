/* protocol.h — what a suite asks, and how its answers are judged: its items.jsonl, protocol.json.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_PROTOCOL_H
#define ASSAY_PROTOCOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "encode.h"
#include "fault.h"
#include "suite.h"

/* Zero-initialise; protocol_clear() frees. */
struct protocol {
	const struct suite *suite; /* borrowed */
	json_t *items;             /* array of objects, in suite order; each has id and turns */
	json_t *json;              /* protocol.json */
	char items_sha256[HEX32_SIZE], sha256[HEX32_SIZE]; /* of the two files' bytes */
	double temperature;
	int64_t max_tokens;
};

/* Load both files of a suite below folder. Fails with FAULT_FILE, FAULT_SUITE_FILE. */
bool protocol_load(const char *folder, const struct suite *suite, struct protocol *out,
    struct fault *f) __attribute__((warn_unused_result));
void protocol_clear(struct protocol *p);

/* What a prompt's {NAME} stands for. A list of them ends with a row whose name is NULL. */
struct hole {
	const char *name, *text;
};

/* Return the prompt with every hole filled, as new text; what fills one is not looked at again.
 * NULL without memory. */
char *prompt_fill(const char *prompt, const struct hole *holes);

#endif
