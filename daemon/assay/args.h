/* args.h — the command line of a verb, read by the verb's own table.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ARGS_H
#define ASSAY_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"
#include "verb.h"

struct arg {
	const struct flag *flag;
	const char *value; /* borrowed from argv; NULL for flags without value */
};

/* Zero-initialise; args_clear() frees. */
struct args {
	const struct verb *verb;
	struct arg *given; /* in the order of the command line */
	size_t given_n;
	const char **operands;
	size_t operands_n;
};

/* Read the words behind the verb: --name VALUE, --name=VALUE, operands, and -- before operands that
 * begin with a dash. How many operands there are is not checked if --help is among the words.
 * Borrows argv. Fails with FAULT_USAGE. */
bool args_read(const struct verb *verb, int argc, char **argv, struct args *out, struct fault *f)
    __attribute__((warn_unused_result));
void args_clear(struct args *a);

/* Tell whether an option was given. */
bool args_has(const struct args *a, const char *name);

/* Return the value of an option; NULL if it was not given. */
const char *args_text(const struct args *a, const char *name);

/* Return one value after the other of an option that may be repeated, NULL behind the last.
 * *cursor is 0 at first. */
const char *args_next(const struct args *a, const char *name, size_t *cursor);

/* Read an option as a whole number from low to high; *out stays if it was not given.
 * Fails with FAULT_OPTION. */
bool args_whole(const struct args *a, const char *name, long low, long high, long *out,
    struct fault *f) __attribute__((warn_unused_result));

#endif
