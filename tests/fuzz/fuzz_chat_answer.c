/* fuzz_chat_answer.c — any bytes as the answer of an endpoint, and what was said as a judge's word.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "chat_answer.h"
#include "grade.h"
#include "refusal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What was read can be asked again, and comes back the same. */
static void
check_answer(const struct chat_answer *a)
{
	json_t *messages = json_array(), *rules;
	char *question;
	int grade;

	if (a->text == NULL || a->prompt_tokens < -1 || a->completion_tokens < -1)
		abort();
	chat_say(messages, "assistant", a->text);
	question = chat_question("m", messages, 0, 1, false);
	if (json_array_size(messages) != 1 || question == NULL)
		abort();
	free(question);
	json_decref(messages);
	rules = json_pack(
	    "{s:i, s:[s], s:[s]}", "opening_bytes", 240, "refuses", "i can't", "doubts", "sorry");
	if (refusal_by_rules(rules, a->text) == REFUSAL_YES && strlen(a->text) < 7)
		abort();
	(void)refusal_by_judge(a->text);
	if (grade_read(a->text, &grade) ? grade < 1 || grade > 10 : grade != 0)
		abort();
	json_decref(rules);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct chat_answer a;
	struct fault f = {0};

	if (chat_answer_read((const char *)data, n, &a, &f))
		check_answer(&a);
	else if (f.code == FAULT_NONE)
		abort();
	chat_answer_clear(&a);
	return 0;
}
