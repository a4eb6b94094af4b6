/* asking.h — numbered questions to one model, each answer a line of the session.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ASKING_H
#define ASSAY_ASKING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "endpoint.h"
#include "net.h"
#include "session.h"

/* A model behind an address. Zero-initialise; party_clear() wipes the key. */
struct party {
	bool present;
	char url[NET_URL_MAX], host[NET_HOST_MAX];
	char name[201], revision[101]; /* where the model is published; revision "" if not told */
	const char *api_model;         /* its name at the address */
	char *key;                     /* NULL: none */
	double temperature;
	int64_t max_tokens;
	struct endpoint endpoint;
};

void party_clear(struct party *p);

/* n questions, some of which can be asked only behind others. */
struct questions {
	size_t n;
	const char *label; /* for the progress bar */
	/* Print the key under which an answer stands in the session. */
	void (*key)(const void *arg, size_t k, char out[SESSION_KEY_SIZE]);
	/* Tell whether it is to be asked, now that the session holds what it holds. */
	bool (*due)(const void *arg, size_t k);
	/* Return the messages as a new array; NULL without memory. */
	json_t *(*messages)(const void *arg, size_t k);
	const void *arg;
};

/* Ask everything that is due and not answered, and add the answers to the session as
 * {text, finish, prompt_tokens?, completion_tokens?}. Fails as endpoint_ask(), session_add(). */
bool ask_all(const struct party *party, struct session *session, const struct questions *q,
    bool *interrupted, struct fault *f) __attribute__((warn_unused_result));

/* Return what was answered; NULL if nothing was yet. Borrowed. */
const char *answer_text(const struct session *s, const char *key);

#endif
