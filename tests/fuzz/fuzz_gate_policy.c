/* fuzz_gate_policy.c — any bytes as a policy; behind a NUL a JSON pointer to look for in it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "gate_policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char suite_text[] =
    "{\"name\":\"s\",\"version\":1,\"title\":\"S\",\"requires\":[],\"cell\":[\"subject\","
    "\"hardware\","
    "\"conditions.n\"],\"rank_within\":[],\"conditions\":{\"n\":\"integer\"},\"metrics\":[{"
    "\"name\":\"total\","
    "\"unit\":\"tokens/s\",\"direction\":\"higher\",\"scale\":\"log\",\"bounds\":[0.001,1000],"
    "\"tolerance\":{\"relative\":0.1},\"items\":false}]}";

/* What is read can be bound, or is refused with a place; two rules that are one are found. */
static void
bind(struct gate_policy *p)
{
	static struct suite *suite;
	const struct suite_set set = {&suite, 1};
	struct fault f = {0};

	if (suite == NULL)
		suite = suite_read(suite_text, sizeof(suite_text) - 1, NULL, 0, &f);
	if (suite == NULL)
		abort();
	if (!(gate_policy_bind(p, &set, &f) && gate_policy_is_one(p, &f)) && f.code == FAULT_NONE)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *nul = memchr(data, 0, n);
	size_t text_n = nul ? (size_t)(nul - data) : n, pointer_n = nul ? n - text_n - 1 : 0, line,
	       lines = 1;
	char pointer[256];
	struct gate_policy p;
	struct fault f = {0};

	if (pointer_n >= sizeof(pointer))
		pointer_n = sizeof(pointer) - 1;
	if (pointer_n > 0)
		memcpy(pointer, nul + 1, pointer_n);
	pointer[pointer_n] = 0;
	if (gate_policy_read((const char *)data, text_n, &p, &f))
		bind(&p);
	else if (f.code == FAULT_NONE)
		abort();
	gate_policy_clear(&p);
	for (size_t i = 0; i < text_n; i++)
		lines += data[i] == '\n';
	line = json_line((const char *)data, text_n, f.code != FAULT_NONE ? f.path : pointer);
	if (line < 1 || line > lines)
		abort();
	return 0;
}
