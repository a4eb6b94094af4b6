/* judging.h — what a judge is asked about answers: each thing once, and once more if its word is
 * not understood. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_JUDGING_H
#define ASSAY_JUDGING_H

#include <stdbool.h>
#include <stddef.h>

#include "run_asked.h"

/* n things, numbered from 0. */
struct judging {
	const struct asked *asked;
	size_t n;
	/* Print a thing's name, unique in the session. */
	void (*name)(const struct asked *a, size_t thing, char out[SESSION_KEY_SIZE]);
	/* Tell whether it is to be judged at all. */
	bool (*open)(const struct asked *a, size_t thing);
	/* Return what the judge is told, as new text; NULL without memory. */
	char *(*prompt)(const struct asked *a, size_t thing);
	/* Tell whether a word is understood. */
	bool (*understood)(const char *said);
};

/* Ask the judge about everything that is open. Fails as ask_all(). */
bool judge_all(struct asked *a, const struct judging *j, struct fault *f)
    __attribute__((warn_unused_result));

/* Return the judge's word on a thing that was understood; NULL if there is none. Borrowed. */
const char *judge_word(const struct judging *j, size_t thing);

#endif
