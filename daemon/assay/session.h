/* session.h — what was answered so far, on the disk: one line an answer, never asked twice.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_SESSION_H
#define ASSAY_SESSION_H

#include <jansson.h>
#include <stdbool.h>

#include "fault.h"

#define SESSION_FORM "assay-session-v1"
#define SESSION_KEY_SIZE 120
#define SESSION_END "result" /* the key of a session's last line */

/* JSON Lines: first the head, which says what is asked of whom; then one line an answer, each with
 * its own `key`. Zero-initialise; session_close() frees and unlocks. */
struct session {
	char *path;
	int fd;
	json_t *head;
	json_t *lines; /* key → line */
};

/* Open the newest session in folder whose head says the same, but for started_at, or begin one.
 * anew: if that one has ended, begin another. A last line that a crash cut off is cut off whole.
 * The file is taken for this process alone. Borrows head.
 * Fails with FAULT_FILE (also if another process has it), FAULT_FILE_FORMAT. */
bool session_open(const char *folder, const json_t *head, bool anew, struct session *out,
    struct fault *f) __attribute__((warn_unused_result));
void session_close(struct session *s);

/* Add a line and wait until it is on the disk. Takes line. Fails with FAULT_FILE. */
bool session_add(struct session *s, const char *key, json_t *line, struct fault *f)
    __attribute__((warn_unused_result));

/* Return the line with this key; NULL if there is none. Borrowed. */
const json_t *session_line(const struct session *s, const char *key);

/* Read a whole session from its bytes: *head and *lines, key → line, both new. *whole: the bytes of
 * its whole lines. Pure. Fails with FAULT_FILE_FORMAT; path is the line's number. */
bool session_read(const char *data, size_t n, json_t **head, json_t **lines, size_t *whole,
    struct fault *f) __attribute__((warn_unused_result));

#endif
