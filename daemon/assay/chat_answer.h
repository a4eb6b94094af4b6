/* chat_answer.h — questions and answers of the OpenAI-compatible chat completions. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CHAT_ANSWER_H
#define ASSAY_CHAT_ANSWER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

#define CHAT_PATH "/chat/completions"

/* Zero-initialise; chat_answer_clear() frees. */
struct chat_answer {
	char *text;      /* what was said; "" for nothing */
	char finish[40]; /* why it ended: "stop", "length", …; "" if not told */
	int64_t prompt_tokens, completion_tokens; /* -1 if not told */
};

/* Return the JSON of a question as new text; NULL without memory. Borrows messages. in_pieces: to
 * be answered by server-sent events, the last with counts of tokens. */
char *chat_question(const char *model, const json_t *messages, double temperature,
    int64_t max_tokens, bool in_pieces);

/* Append {role, content} to messages. */
void chat_say(json_t *messages, const char *role, const char *content);

/* Read the body of an answer: the first choice's message. Absent or null content is nothing said.
 * What a model thought aloud before its answer, from a first <think> to </think>, is left out.
 * Fails with FAULT_ENDPOINT for anything else. */
bool chat_answer_read(const char *data, size_t n, struct chat_answer *out, struct fault *f)
    __attribute__((warn_unused_result));
void chat_answer_clear(struct chat_answer *a);

/* The data of one event of an answer in pieces. */
struct chat_piece {
	bool says;                 /* something, to the user or in thought */
	bool ends;                 /* with a reason, or as the end of all */
	int64_t completion_tokens; /* of all pieces; -1 if not told here */
};

/* Read one. Fails with FAULT_ENDPOINT for what is no piece, and for an error that is sent as one.
 */
bool chat_piece_read(const char *data, size_t n, struct chat_piece *out, struct fault *f)
    __attribute__((warn_unused_result));

#endif
