/* run_asked.h — the suites of `assay run` whose questions go to an endpoint.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_RUN_ASKED_H
#define ASSAY_RUN_ASKED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "asking.h"
#include "encode.h"
#include "protocol.h"
#include "session.h"

struct problem;
struct task;

/* One call. */
struct asked {
	struct task *task;
	struct protocol protocol;
	struct party subject, judge; /* judge.present tells whether there is one */
	struct session session;
	char intent[HEX32_SIZE]; /* id of what was said beforehand; "": nothing was */
	bool interrupted;
};

/* All that is known of an engine, unless --engine tells more. */
#define ASKED_ENGINE "OpenAI-compatible"

/* What is special to a suite. */
struct asked_suite {
	const char *name; /* also the format of `assay import` for its sessions */
	bool needs_judge;
	bool needs_machine; /* cells go by engine and hardware: they are asked for before */
	/* Ask the model that is measured, and tell how many questions that are; NULL: each turn of
	 * each item. Fails as ask_all(). */
	bool (*ask)(struct asked *a, struct fault *f);
	size_t (*left)(const struct asked *a);
	/* Ask the judge; called only if there is one and this is not NULL. Fails as ask_all(). */
	bool (*judge)(struct asked *a, struct fault *f);
	/* Work out from the session's answers: return {results, items, judge} as a submission has
	 * them, new; NULL with f filled. */
	json_t *(*grade)(const struct asked *a, struct fault *f);
};

/* Ask, judge, grade, sign: from the command line to the result of the verb. */
bool run_asked(struct task *t, const struct asked_suite *suite, struct problem *p)
    __attribute__((warn_unused_result));

/* The key of the session's line with the answer to a turn; turns count from 0. */
void answer_key(const struct asked *a, size_t item, size_t turn, char out[SESSION_KEY_SIZE]);

/* Return a member of an item, and the text of a turn. Borrowed. */
const char *item_text(const struct asked *a, size_t item, const char *member);
const char *item_turn(const struct asked *a, size_t item, size_t turn);

/* Ask the model that is measured; and how many questions that are. Fails as ask_all(). */
bool ask_subject(struct asked *a, struct fault *f) __attribute__((warn_unused_result));
size_t subject_left(const struct asked *a);

/* Check that engine and hardware are told, as far as this machine does not tell them. Fails with
 * FAULT_OPTION. */
bool asked_machine(const struct asked *a, struct fault *f) __attribute__((warn_unused_result));

/* Open the session of this measurement, or begin it. Fails as run_folder(), session_open(), and
 * with FAULT_OPTION where --resume finds none. */
bool open_session(struct asked *a, struct fault *f) __attribute__((warn_unused_result));

/* Grade what was answered and end the session with it. Fails as grade(), session_add(). */
bool end_session(struct asked *a, const struct asked_suite *suite, struct fault *f)
    __attribute__((warn_unused_result));

/* Add to `results` and, with with_items, to `items` of end the mean of scores, one an item, null
 * where there is none; nothing if all are. Takes scores. False without memory. */
bool asked_add_mean(const struct asked *a, const char *metric, json_t *scores, bool with_items,
    json_t *end) __attribute__((warn_unused_result));

/* Return `judge` of a submission as far as the judge's options tell it, without anchors; new. */
json_t *asked_judge(const struct asked *a);

#endif
