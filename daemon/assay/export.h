/* export.h — submissions on their way into the files of others.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_EXPORT_H
#define ASSAY_EXPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "audit.h"
#include "encode.h"
#include "net.h"
#include "verb.h"

/* One submission. */
struct export_row {
	char id[HEX32_SIZE];
	char submitter[HEX32_SIZE]; /* "" if nobody here knows */
	const char *name;           /* the submitter's; "" if not told */
	const char *state; /* "counted", "held" …; of the own spool "waiting", "sent" … */
	json_t *body;
	const struct suite *suite; /* NULL: not known here; borrowed */
};

/* What is exported. Zero-initialise; export_clear() frees. */
struct export
{
	const struct args *args;
	struct export_row *rows;
	size_t n, room;
	size_t left_out;          /* not counted, or refused */
	json_t *names;            /* submitter's id → name */
	char server[NET_URL_MAX]; /* where statements can be looked up; "" if nobody said */
	struct suite_set *local;
	char *folder;       /* of the local suites */
	struct audit audit; /* of a log */
};

/* A format of export: one file, one row. */
struct exporter {
	const char *name;
	const char *summary;
	/* Add what would be written to files: relative path → text. Fails with FAULT_OPTION where
	 * something has to be told by an option; what cannot be expressed is left out and noted. */
	bool (*write)(struct task *t, const struct export *e, json_t *files, struct fault *f);
};

extern const struct exporter exporter_eee, exporter_hf, exporter_csv;

/* Read the submissions that the options ask for: from the own spool, or from a log, which is
 * checked as `assay audit` checks it. In the order of signing, or of the log.
 * Fails as spool_list(), suite_folder_load(), audit_walk(). */
bool export_read(struct task *t, struct export *e, struct problem *p)
    __attribute__((warn_unused_result));
void export_clear(struct export *e);

/* Return a file that stands beside the suite.json of this very suite in the local folder, as new
 * text of *n bytes; NULL if there is none. */
char *export_suite_file(
    const struct export *e, const struct suite *suite, const char *name, size_t *n);

/* Return the suite's source.json, which says whose data it measures with: new; NULL if there is
 * none that is right. */
json_t *export_suite_source(const struct export *e, const struct suite *suite);

/* Append one component of a path: letters, digits, '.', '_', '-' stay, all else becomes '_', and
 * so does a dot it begins with. */
void export_path_part(const char *name, size_t n, struct text *out);

/* Append "developer/model", each fit for a path; "unknown" for a developer that is not told. */
void export_model_path(const char *model, struct text *out);

/* Append the conditions of a result, sorted by name: "n_gen=16, n_prompt=0". */
void export_conditions(const json_t *result, const char *between, struct text *out);

#endif
