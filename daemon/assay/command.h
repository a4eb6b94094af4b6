/* command.h — the output of another program: no shell, bounded in size and time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_COMMAND_H
#define ASSAY_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* Run a program found on PATH in the C locale and append what it prints on stdout; its stdin and
 * stderr are /dev/null. It and whatever it started in its process group are killed at the end of
 * the time, or when it prints more than max_bytes. Returns true if it ended by itself with exit
 * code 0. */
bool command_output(const char *const argv[], size_t max_bytes, int64_t timeout_ms,
    struct text *out) __attribute__((warn_unused_result));

/* Tell whether there is such a program, on PATH if its name has no slash. */
bool command_found(const char *program);

enum command_end {
	COMMAND_ENDED,
	COMMAND_INTERRUPTED, /* SIGINT or SIGTERM came to us; it was killed */
	COMMAND_NOT_STARTED
};

/* Whoever wants to look at what a program is doing: called some times a second. */
struct command_watch {
	void (*look)(void *arg);
	void *arg;
};

/* Run a program found on PATH to its end, however long it takes, with stdout in the open file `to`
 * and stderr in `err_to`, which may be the same. Returns *status, its exit code; -1 if a signal
 * ended it. watch NULL: nobody looks. */
enum command_end command_run(
    const char *const argv[], int to, int err_to, const struct command_watch *watch, int *status);

#endif
