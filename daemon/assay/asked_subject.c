/* asked_subject.c — the questions of a suite to the model that is measured, turn by turn.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "chat_answer.h"
#include "json.h"
#include "run_asked.h"

void
answer_key(const struct asked *a, size_t item, size_t turn, char out[SESSION_KEY_SIZE])
{
	snprintf(out, SESSION_KEY_SIZE, "answer %s %zu", item_text(a, item, "id"), turn + 1);
}

const char *
item_text(const struct asked *a, size_t item, const char *member)
{
	return json_get_text(json_array_get(a->protocol.items, item), member);
}

static const json_t *
turns_of(const struct asked *a, size_t item)
{
	return json_object_get(json_array_get(a->protocol.items, item), "turns");
}

const char *
item_turn(const struct asked *a, size_t item, size_t turn)
{
	return json_string_value(json_array_get(turns_of(a, item), turn));
}

/* Questions to the subject are numbered item by item; each item has as many turns as the first. */
static size_t
turns_n(const struct asked *a)
{
	return json_array_size(turns_of(a, 0));
}

static void
subject_key(const void *arg, size_t k, char out[SESSION_KEY_SIZE])
{
	const struct asked *a = arg;

	answer_key(a, k / turns_n(a), k % turns_n(a), out);
}

static bool
subject_due(const void *arg, size_t k)
{
	const struct asked *a = arg;
	char before[SESSION_KEY_SIZE];

	if (k % turns_n(a) == 0)
		return true;
	subject_key(a, k - 1, before);
	return session_line(&a->session, before) != NULL;
}

static json_t *
subject_messages(const void *arg, size_t k)
{
	const struct asked *a = arg;
	size_t item = k / turns_n(a), last = k % turns_n(a);
	json_t *messages = json_array();
	char key[SESSION_KEY_SIZE];

	for (size_t turn = 0; turn <= last; turn++) {
		chat_say(messages, "user", item_turn(a, item, turn));
		answer_key(a, item, turn, key);
		if (turn < last)
			chat_say(messages, "assistant", answer_text(&a->session, key));
	}
	return messages;
}

size_t
subject_left(const struct asked *a)
{
	size_t all = json_array_size(a->protocol.items) * turns_n(a), left = 0;
	char key[SESSION_KEY_SIZE];

	for (size_t k = 0; k < all; k++) {
		subject_key(a, k, key);
		left += session_line(&a->session, key) == NULL;
	}
	return left;
}

bool
ask_subject(struct asked *a, struct fault *f)
{
	const struct questions q = {.n = json_array_size(a->protocol.items) * turns_n(a),
	    .label = "asking",
	    .key = subject_key,
	    .due = subject_due,
	    .messages = subject_messages,
	    .arg = a};

	return ask_all(&a->subject, &a->session, &q, &a->interrupted, f);
}
