/* judging.c — what a judge is asked about answers: each thing once, and once more if its word is
 * not understood. SPDX-License-Identifier: Apache-2.0 */
#include "judging.h"

#include <stdio.h>
#include <stdlib.h>

#include "chat_answer.h"

/* A second try is a question of its own, thing by thing, so that no kill makes it a third. */
#define TRIES 2

static void
key(const void *arg, size_t k, char out[SESSION_KEY_SIZE])
{
	const struct judging *j = arg;
	char name[SESSION_KEY_SIZE - 16];

	j->name(j->asked, k / TRIES, name);
	snprintf(out, SESSION_KEY_SIZE, "judge %s %d", name, (int)(k % TRIES) + 1);
}

static const char *
word(const struct judging *j, size_t k)
{
	char name[SESSION_KEY_SIZE];

	key(j, k, name);
	return answer_text(&j->asked->session, name);
}

static bool
due(const void *arg, size_t k)
{
	const struct judging *j = arg;
	const char *before;

	if (!j->open(j->asked, k / TRIES))
		return false;
	if (k % TRIES == 0)
		return true;
	before = word(j, k - 1);
	return before != NULL && !j->understood(before);
}

static json_t *
messages(const void *arg, size_t k)
{
	const struct judging *j = arg;
	char *prompt = j->prompt(j->asked, k / TRIES);
	json_t *list = prompt != NULL ? json_array() : NULL;

	if (list != NULL)
		chat_say(list, "user", prompt);
	free(prompt);
	return list;
}

bool
judge_all(struct asked *a, const struct judging *j, struct fault *f)
{
	const struct questions q = {.n = j->n * TRIES,
	    .label = "judging",
	    .key = key,
	    .due = due,
	    .messages = messages,
	    .arg = j};

	return ask_all(&a->judge, &a->session, &q, &a->interrupted, f);
}

const char *
judge_word(const struct judging *j, size_t thing)
{
	for (size_t try = 0; try < TRIES; try++) {
		const char *said = word(j, thing * TRIES + try);

		if (said != NULL && j->understood(said))
			return said;
	}
	return NULL;
}
