/* test_chat_answer.c — answers of OpenAI-compatible endpoints, case by case, and questions to them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "chat_answer.h"
#include "json.h"
#include "protocol.h"
#include "unit.h"

/* expected: FINISH PROMPT_TOKENS COMPLETION_TOKENS TEXT */
static void
check_valid(const char *name, const char *data, size_t n, const char *expected)
{
	struct chat_answer a;
	struct fault f = {0};
	char told[512];

	if (!chat_answer_read(data, n, &a, &f))
		fail_msg("%s: expected %s, got %s", name, f.expected, f.got);
	snprintf(told, sizeof(told), "%s %lld %lld %s\n", a.finish[0] ? a.finish : "-",
	    (long long)a.prompt_tokens, (long long)a.completion_tokens, a.text);
	assert_string_equal(told, expected);
	chat_answer_clear(&a);
}

static void
check_invalid(const char *name, const char *data, size_t n, const char *expected)
{
	struct chat_answer a;
	struct fault f = {0};

	assert_false(chat_answer_read(data, n, &a, &f));
	case_expect(name, expected, &f);
	chat_answer_clear(&a);
}

static void
answers(void **state)
{
	(void)state;
	assert_true(cases_walk("chat-answers/valid", "answer.json", check_valid) > 10);
	assert_true(cases_walk("chat-answers/invalid", "answer.json", check_invalid) > 8);
}

static void
question(void **state)
{
	json_t *messages = json_array(), *doc;
	char *text;

	(void)state;
	chat_say(messages, "user", "One \"quoted\"\nline?");
	chat_say(messages, "assistant", "Yes.");
	text = chat_question("org/name", messages, 0.7, 512, false);
	doc = json_read_object(text, strlen(text), NULL);
	assert_non_null(doc);
	assert_string_equal(json_get_text(doc, "model"), "org/name");
	assert_true(json_get_real(doc, "temperature") == 0.7);
	assert_int_equal(json_get_whole(doc, "max_tokens"), 512);
	assert_true(json_equal(json_object_get(doc, "messages"), messages));
	json_decref(doc);
	json_decref(messages);
	free(text);
}

static void
prompts(void **state)
{
	static const struct {
		const char *prompt, *filled;
	} rows[] = {
	    {"", ""},
	    {"no hole", "no hole"},
	    {"{a}", "{b} and {a}"},
	    {"<{a}>{b}", "<{b} and {a}>2"},
	    {"{c} {a {", "{c} {a {"},
	    {"{{b}}", "{2}"},
	};
	const struct hole holes[] = {{"a", "{b} and {a}"}, {"b", "2"}, {NULL, NULL}};

	(void)state;
	for (size_t k = 0; k < COUNT(rows); k++) {
		char *filled = prompt_fill(rows[k].prompt, holes);

		assert_string_equal(filled, rows[k].filled);
		free(filled);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers),
	    cmocka_unit_test(question),
	    cmocka_unit_test(prompts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
