/* asking.c — numbered questions to one model, each answer a line of the session.
 * SPDX-License-Identifier: Apache-2.0 */
#include "asking.h"

#include <stdlib.h>
#include <string.h>

#include "chat_answer.h"
#include "crypto.h"
#include "json.h"
#include "term.h"

/* One ask_all(). */
struct round {
	const struct party *party;
	struct session *session;
	const struct questions *q;
	bool *asked; /* on its way, or answered now */
	struct progress bar;
	uint64_t answered;
};

void
party_clear(struct party *p)
{
	if (p->key != NULL)
		crypto_wipe(p->key, strlen(p->key));
	free(p->key);
	memset(p, 0, sizeof(*p));
}

const char *
answer_text(const struct session *s, const char *key)
{
	return json_string_value(json_object_get(session_line(s, key), "text"));
}

static bool
is_answered(const struct round *r, size_t k)
{
	char key[SESSION_KEY_SIZE];

	r->q->key(r->q->arg, k, key);
	return session_line(r->session, key) != NULL;
}

static char *
next(void *arg, size_t *number, struct fault *f)
{
	struct round *r = arg;

	for (size_t k = 0; k < r->q->n; k++) {
		json_t *messages;
		char *question;

		if (r->asked[k] || is_answered(r, k) || !r->q->due(r->q->arg, k))
			continue;
		messages = r->q->messages(r->q->arg, k);
		question = messages == NULL
			       ? NULL
			       : chat_question(r->party->api_model, messages, r->party->temperature,
				     r->party->max_tokens, false);
		json_decref(messages);
		if (question == NULL)
			fault_set(f, FAULT_NO_MEMORY, "", "memory for a question", "none");
		r->asked[k] = true;
		*number = k;
		return question;
	}
	return NULL;
}

static json_t *
line_of(const struct chat_answer *a)
{
	json_t *line = json_pack("{s:s, s:s}", "text", a->text, "finish", a->finish);

	if (a->prompt_tokens >= 0)
		json_object_set_new(line, "prompt_tokens", json_integer(a->prompt_tokens));
	if (a->completion_tokens >= 0)
		json_object_set_new(line, "completion_tokens", json_integer(a->completion_tokens));
	return line;
}

static enum endpoint_take
take(void *arg, size_t number, const char *data, size_t n, struct fault *f)
{
	struct round *r = arg;
	struct chat_answer a;
	char key[SESSION_KEY_SIZE];
	bool understood = chat_answer_read(data, n, &a, f), kept;

	if (!understood) {
		chat_answer_clear(&a);
		return ENDPOINT_AGAIN;
	}
	r->q->key(r->q->arg, number, key);
	kept = session_add(r->session, key, line_of(&a), f);
	chat_answer_clear(&a);
	progress_show(&r->bar, ++r->answered);
	return kept ? ENDPOINT_TAKEN : ENDPOINT_STOP;
}

bool
ask_all(const struct party *party, struct session *session, const struct questions *q,
    bool *interrupted, struct fault *f)
{
	struct round r = {.party = party,
	    .session = session,
	    .q = q,
	    .asked = calloc(q->n + 1, sizeof(bool)),
	    .bar = {.label = q->label, .unit = "answers", .total = q->n}};
	const struct endpoint_work work = {.next = next, .take = take, .arg = &r};
	bool done;

	*interrupted = false;
	if (r.asked == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for questions", "none");
	for (size_t k = 0; k < q->n; k++)
		r.answered += is_answered(&r, k);
	done = endpoint_ask(&party->endpoint, CHAT_PATH, &work, interrupted, f);
	progress_end(&r.bar);
	free(r.asked);
	return done;
}
