/* endpoint.h — many questions to a model behind an OpenAI-compatible address, some at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ENDPOINT_H
#define ASSAY_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

#define ENDPOINT_ANSWER_MAX_BYTES (4 * 1024 * 1024)
#define ENDPOINT_AT_ONCE_MAX 64

/* Where the questions go. Everything is borrowed. */
struct endpoint {
	const char *url; /* as far as /v1; a result of net_url() */
	const char *key; /* sent as a bearer token, told nowhere; NULL: none */
	long at_once;    /* questions, 1 to ENDPOINT_AT_ONCE_MAX */
	long timeout_ms; /* of one answer */
};

enum endpoint_take {
	ENDPOINT_TAKEN,
	ENDPOINT_AGAIN, /* not what an answer should be: like a try that failed */
	ENDPOINT_STOP
};

/* The questions. next() returns the JSON of one as new text and gives it a number, or NULL: none
 * now; it is asked again after each answer. take() gets the body of an answer with status 200; it
 * fills f unless it returns ENDPOINT_TAKEN. */
struct endpoint_work {
	char *(*next)(void *arg, size_t *number, struct fault *f);
	enum endpoint_take (*take)(
	    void *arg, size_t number, const char *data, size_t n, struct fault *f);
	void *arg;
	/* For answers that come in pieces; NULL for others. at_us: by CLOCK_MONOTONIC. started()
	 * hears when a question goes out over a connection that stands (again, if it breaks),
	 * piece() gets what comes of an answer with status 200, and take() then nothing but the
	 * end. */
	void (*started)(void *arg, size_t number, int64_t at_us);
	void (*piece)(void *arg, size_t number, const char *data, size_t n, int64_t at_us);
	bool once; /* a failed try is not repeated: take() gets NULL for it, and f filled */
};

/* POST every question to url + path until there is no more. 408, 429, 5xx, broken connections and
 * answers that are none are tried again, 8 times in all, after 1, 2, 4 … 60 s or what Retry-After
 * says; behind a 429 or 503 everybody waits. SIGINT and SIGTERM end it between two answers.
 * Fails with FAULT_ENDPOINT, as next() and take(), and with *interrupted and no fault. */
bool endpoint_ask(const struct endpoint *e, const char *path, const struct endpoint_work *work,
    bool *interrupted, struct fault *f) __attribute__((warn_unused_result));

#endif
