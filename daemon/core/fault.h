/* fault.h — one refusal: what rule, where, expected, got; and the table of all refusals.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_FAULT_H
#define ASSAY_FAULT_H

#include <stdbool.h>

#include "fault_code.h"

/* Exit codes of `assay` and `assayd`, one per thing a caller can do about it. */
enum exit_code {
	EXIT_CODE_DONE = 0,
	EXIT_CODE_REFUSED = 1, /* the statement or the input file must change */
	EXIT_CODE_USAGE = 2,   /* the command line or configuration must change */
	EXIT_CODE_LOCAL = 3,   /* this machine: a file, a folder, a key */
	EXIT_CODE_LATER = 4,   /* try again later; whatever was signed is in the spool */
	EXIT_CODE_IDENTITY = 5 /* the server is not the one that was pinned */
};

/* `path` is a JSON pointer (RFC 6901) for payloads, a file name with line for files, else empty. */
struct fault {
	enum fault_code code;
	char path[256];
	char expected[768]; /* an import may ask for a dozen things at once */
	char got[256];
	int retry_after_s; /* what Retry-After is to say; 0: what is usual for the code */
};

struct fault_info {
	const char *name; /* stable code, part of the API */
	int http_status;  /* 0 if it never travels over HTTP */
	enum exit_code exit_code;
	const char *title; /* what, one plain sentence */
	const char *help;  /* what to do about it, one plain sentence */
};

/* Fill *f and return false, so that a check can end with `return fault_set(…)`.
 * Borrows all strings; each is cut to its field at a UTF-8 boundary, and control characters and
 * bytes that are not UTF-8 become '?', so that any of them may be quoted. path and expected may be
 * NULL; where something is expected and what came is empty, got is "nothing". f may be NULL.
 * The first fault stays: a second call changes nothing. */
bool fault_set(struct fault *f, enum fault_code code, const char *path, const char *expected,
    const char *got_fmt, ...) __attribute__((format(printf, 5, 6)));

/* Return the row of a code. Never NULL. */
const struct fault_info *fault_info(enum fault_code code);
/* Find the code with this stable name; FAULT_NONE if there is none. */
enum fault_code fault_named(const char *name);

#endif
