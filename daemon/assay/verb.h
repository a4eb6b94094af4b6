/* verb.h — what a verb of the command line is: its tables, its work, its words.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_VERB_H
#define ASSAY_VERB_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "fault.h"

struct args;
struct problem;

/* One option. A table ends with a row whose name is NULL. */
struct flag {
	const char *name;  /* without the dashes */
	const char *value; /* the word for its value in help; NULL: it takes none */
	bool many;         /* may be given several times */
	bool path;         /* the value is a path: any bytes; else it is text in UTF-8 */
	const char *help;  /* one sentence */
};

/* Rows that several verbs have. */
#define FLAG_KEY                                                                                   \
	{                                                                                          \
		.name = "key", .value = "FILE", .path = true,                                      \
		.help = "The private key, instead of HOME/key.pem."                                \
	}
#define FLAG_SUITES                                                                                \
	{                                                                                          \
		.name = "suites", .value = "DIR", .path = true,                                    \
		.help = "The folder of suites, instead of $ASSAY_SUITES."                          \
	}

/* Tables of examples and exit codes end with a row whose text is NULL. */
struct example {
	const char *command;
	const char *says;
};

struct exit_row {
	enum exit_code code;
	const char *when;
};

/* One call of a verb. */
struct task {
	const struct args *args;
	bool json;           /* faults and notes as JSON too */
	json_t *result;      /* what goes to stdout; NULL: nothing */
	json_t *notes;       /* with --json they are part of the result */
	enum exit_code exit; /* the worst so far */
};

/* A verb: one file, one of these, one row in verbs[]. --help, the manual and the parsing of the
 * command line all come from here.
 * run() fills t->result and returns true; or returns false with p filled, or with t->exit set and
 * the reason told. Where a part of the work failed it calls task_explain() and goes on.
 * show() prints the result for people; with --json the result itself is printed. If it has the
 * member `lines`, an array, then only that is, one element a line, and notes go to stderr. */
struct verb {
	const char *name;
	const char *operands; /* as help shows them; "" if there are none */
	size_t operands_min, operands_max;
	const char *summary; /* one line */
	const char *about;   /* paragraphs; each ends with LF */
	const struct flag *flags;
	const struct example *examples;
	const struct exit_row *exits;
	bool (*run)(struct task *t, struct problem *p);
	void (*show)(const json_t *result, FILE *out);
	const char *lines;
};

extern const struct verb verb_keygen, verb_enrol, verb_hardware, verb_run, verb_import, verb_submit,
    verb_status, verb_retract, verb_invite, verb_key, verb_act, verb_alias, verb_price, verb_gate,
    verb_watch, verb_verify, verb_audit, verb_export, verb_suites, verb_doctor, verb_help;

/* All verbs in the order help shows them; ends with NULL. */
extern const struct verb *const verbs[];

/* The options every verb has: --home, --json, --help. */
extern const struct flag common_flags[];

/* Return the verb of this name, or NULL. */
const struct verb *verb_named(const char *name);

/* Tell the user something that is no fault: a line on stderr, or with --json a member of the
 * result's `notes`. */
void task_note(struct task *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Explain a fault at once and keep its exit code, if it is the worst so far; the verb goes on. */
void task_explain(struct task *t, const struct problem *p);

/* Return a path as JSON text, with '?' for bytes that are not UTF-8. Returns new. */
json_t *path_json(const char *path);

/* Fill p with FAULT_NO_MEMORY and return false. */
bool task_no_memory(struct problem *p);

#endif
