/* run_parts.c — what the suites of `assay run` share: where raw files lie, and how they are signed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run_parts.h"

#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "explain.h"
#include "file.h"
#include "home.h"
#include "json.h"
#include "pin.h"

char *
run_folder(const struct task *t, struct fault *f)
{
	struct home home = {0};
	struct pin pin;
	char *folder = NULL;

	if (home_find(t->args, &home, f) &&
	    (args_has(t->args, "dry-run") || pin_need(&home, &pin, f))) {
		folder = path_join(home.dir, "runs");
		if (folder == NULL) {
			fault_set(f, FAULT_NO_MEMORY, "", "memory for a path", "none");
		} else if (!folder_make(folder, 0700, f)) {
			free(folder);
			folder = NULL;
		}
	}
	home_close(&home);
	return folder;
}

static bool
has_flag(const struct flag *list, const char *name)
{
	for (; list->name != NULL; list++)
		if (strcmp(list->name, name) == 0)
			return true;
	return false;
}

static bool
is_among(const struct arg *list, size_t n, const char *name)
{
	for (size_t k = 0; k < n; k++)
		if (strcmp(list[k].flag->name, name) == 0)
			return true;
	return false;
}

bool
run_no_program(const char *name, const char *program, struct fault *f)
{
	char option[64], expected[256];

	snprintf(option, sizeof(option), "--%s", name);
	snprintf(expected, sizeof(expected),
	    "%s, which comes with llama.cpp, on PATH or by --%s PROGRAM", name, name);
	return fault_set(f, FAULT_OPTION, option, expected, "%s cannot be started", program);
}

bool
run_import(struct task *t, const char *format, const char *path, const struct arg *more,
    size_t more_n, struct problem *p)
{
	const struct args *ours = t->args;
	const char *operands[] = {format, path};
	struct args theirs = {.verb = &verb_import, .operands = operands, .operands_n = 2};
	bool done;

	theirs.given = calloc(ours->given_n + more_n + 1, sizeof(*theirs.given));
	if (theirs.given == NULL)
		return task_no_memory(p);
	for (size_t k = 0; k < ours->given_n; k++) {
		const char *name = ours->given[k].flag->name;

		if ((has_flag(verb_import.flags, name) || has_flag(common_flags, name)) &&
		    !is_among(more, more_n, name))
			theirs.given[theirs.given_n++] = ours->given[k];
	}
	for (size_t k = 0; k < more_n; k++)
		if (more[k].value != NULL)
			theirs.given[theirs.given_n++] = more[k];
	t->args = &theirs;
	done = verb_import.run(t, p);
	t->args = ours;
	free(theirs.given);
	return done;
}
