/* fault.h — one refusal: what rule, where, expected, got; and the table of all refusals.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_FAULT_H
#define ASSAY_FAULT_H

#include <stdbool.h>

enum fault_code {
	FAULT_NONE,
	/* the request as such */
	FAULT_BAD_REQUEST,
	FAULT_NOT_FOUND,
	FAULT_STATEMENT_NOT_FOUND,
	FAULT_METHOD_NOT_ALLOWED,
	FAULT_REQUEST_TIMEOUT,
	FAULT_LENGTH_REQUIRED,
	FAULT_BODY_TOO_LARGE,
	FAULT_MEDIA_TYPE,
	FAULT_EXPECTATION,
	FAULT_HEAD_TOO_LARGE,
	FAULT_NOT_IMPLEMENTED,
	FAULT_HTTP_VERSION,
	/* the server's own condition */
	FAULT_INTERNAL,
	FAULT_BUSY,
	FAULT_DATABASE,
	FAULT_DEADLINE,
	FAULT_DOOR_CLOSED,
	FAULT_TOO_MANY_CONNECTIONS,
	/* the envelope */
	FAULT_ENVELOPE,
	FAULT_BASE64,
	FAULT_UNKNOWN_KIND,
	FAULT_SIGNATURE,
	FAULT_KEY_MISMATCH,
	FAULT_WEAK_KEY,
	/* the payload */
	FAULT_NOT_JSON,
	FAULT_DUPLICATE_MEMBER,
	FAULT_TOO_DEEP,
	FAULT_MISSING_MEMBER,
	FAULT_UNKNOWN_MEMBER,
	FAULT_WRONG_TYPE,
	FAULT_WRONG_FORM,
	FAULT_OUT_OF_RANGE,
	FAULT_TOO_LONG,
	FAULT_CONFLICTING_MEMBERS,
	/* what the payload says, against what the server knows */
	FAULT_WRONG_AUDIENCE,
	FAULT_CREATED_IN_FUTURE,
	FAULT_NOT_ENROLLED,
	FAULT_KEY_TAKEN,
	FAULT_NOT_ENTITLED,
	FAULT_TERMS,
	FAULT_PROOF_OF_WORK,
	FAULT_UNKNOWN_SUITE,
	FAULT_SUITE_DIGEST,
	FAULT_SUITE_REQUIRES,
	FAULT_UNKNOWN_METRIC,
	FAULT_UNKNOWN_CONDITION,
	FAULT_DUPLICATE_RESULT,
	FAULT_ITEMS,
	/* files and settings on this machine */
	FAULT_USAGE,
	FAULT_OPTION,
	FAULT_FILE,
	FAULT_FILE_FORMAT,
	FAULT_KEY_FILE,
	FAULT_KEY_FILE_MODE,
	FAULT_SPOOL,
	FAULT_SUITE_FILE,
	/* the runner, facing a server */
	FAULT_SERVER_UNREACHABLE,
	FAULT_SERVER_ANSWER,
	FAULT_SERVER_IDENTITY,
	FAULT_NOT_ENROLLED_HERE,
	FAULT_NO_MEMORY,
	FAULT__MAX
};

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
	char expected[256];
	char got[256];
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
 * NULL. f may be NULL. The first fault stays: a second call changes nothing. */
bool fault_set(struct fault *f, enum fault_code code, const char *path, const char *expected,
    const char *got_fmt, ...) __attribute__((format(printf, 5, 6)));

/* Return the row of a code. Never NULL. */
const struct fault_info *fault_info(enum fault_code code);

/* Find the code with this stable name; FAULT_NONE if there is none. */
enum fault_code fault_named(const char *name);

#endif
