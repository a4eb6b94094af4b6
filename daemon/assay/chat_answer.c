/* chat_answer.c — questions and answers of the OpenAI-compatible chat completions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "chat_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define BLANKS " \t\r\n"

void
chat_say(json_t *messages, const char *role, const char *content)
{
	json_array_append_new(messages, json_pack("{s:s, s:s}", "role", role, "content", content));
}

char *
chat_question(const char *model, const json_t *messages, double temperature, int64_t max_tokens,
    bool in_pieces)
{
	json_t *doc = json_pack("{s:s, s:O, s:f, s:I, s:b}", "model", model, "messages", messages,
	    "temperature", temperature, "max_tokens", (json_int_t)max_tokens, "stream", in_pieces);
	struct text out = {0};

	if (doc == NULL)
		return NULL;
	if (in_pieces)
		json_object_set_new(doc, "stream_options", json_pack("{s:b}", "include_usage", 1));
	json_print(doc, &out);
	json_decref(doc);
	return text_take(&out);
}

/* A thought that does not end is all there is: nothing was answered. */
static const char *
behind_thought(const char *text)
{
	const char *begin = text + strspn(text, BLANKS), *end;

	if (strncmp(begin, "<think>", 7) != 0)
		return text;
	end = strstr(begin, "</think>");
	if (end == NULL)
		return begin + strlen(begin);
	end += strlen("</think>");
	return end + strspn(end, BLANKS);
}

static int64_t
tokens_of(const json_t *doc, const char *pointer)
{
	const json_t *n = pointer_find(doc, pointer);

	return json_is_integer(n) && json_integer_value(n) >= 0 ? json_integer_value(n) : -1;
}

static bool
read_message(const json_t *doc, struct chat_answer *out, struct fault *f)
{
	const json_t *message = pointer_find(doc, "/choices/0/message");
	const json_t *content = json_object_get(message, "content");

	if (!json_is_object(message))
		return fault_set(f, FAULT_ENDPOINT, "/choices/0/message", "an object", "another");
	if (content != NULL && !json_is_null(content) && !json_is_string(content))
		return fault_set(f, FAULT_ENDPOINT, "/choices/0/message/content", "text or null",
		    "something else");
	out->text =
	    strdup(behind_thought(json_is_string(content) ? json_string_value(content) : ""));
	return out->text != NULL ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for an answer", "none");
}

bool
chat_answer_read(const char *data, size_t n, struct chat_answer *out, struct fault *f)
{
	struct fault local = {0};
	json_t *doc = json_read_object(data, n, &local);
	bool done;

	memset(out, 0, sizeof(*out));
	if (doc == NULL)
		return fault_set(
		    f, FAULT_ENDPOINT, "", "a chat completion in JSON", "%s", local.got);
	done = read_message(doc, out, f);
	snprintf(out->finish, sizeof(out->finish), "%s",
	    json_get_text(pointer_find(doc, "/choices/0"), "finish_reason"));
	out->prompt_tokens = tokens_of(doc, "/usage/prompt_tokens");
	out->completion_tokens = tokens_of(doc, "/usage/completion_tokens");
	json_decref(doc);
	return done;
}

void
chat_answer_clear(struct chat_answer *a)
{
	free(a->text);
	memset(a, 0, sizeof(*a));
}

/* Servers call what is thought aloud by either name. */
static bool
says(const json_t *delta)
{
	static const char *const members[] = {"content", "reasoning_content", "reasoning"};
	bool some = false;

	for (size_t k = 0; k < sizeof(members) / sizeof(members[0]); k++)
		some = some || json_get_text(delta, members[k])[0] != 0;
	return some;
}

bool
chat_piece_read(const char *data, size_t n, struct chat_piece *out, struct fault *f)
{
	struct fault local = {0};
	json_t *doc;
	bool is_piece;

	*out = (struct chat_piece){.completion_tokens = -1};
	if (n == strlen("[DONE]") && memcmp(data, "[DONE]", n) == 0) {
		out->ends = true;
		return true;
	}
	doc = json_read_object(data, n, &local);
	if (doc == NULL)
		return fault_set(
		    f, FAULT_ENDPOINT, "", "a piece of an answer in JSON", "%s", local.got);
	is_piece = json_is_array(json_object_get(doc, "choices"));
	out->says = says(pointer_find(doc, "/choices/0/delta"));
	out->ends = json_get_text(pointer_find(doc, "/choices/0"), "finish_reason")[0] != 0;
	out->completion_tokens = tokens_of(doc, "/usage/completion_tokens");
	json_decref(doc);
	return is_piece || fault_set(f, FAULT_ENDPOINT, "/choices", "an array", "something else");
}
