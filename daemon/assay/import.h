/* import.h — result files on their way to signed statements.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_IMPORT_H
#define ASSAY_IMPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "encode.h"
#include "importer.h"
#include "told.h"

struct args;
struct home;
struct keypair;

/* One input: a file, or a folder of a tool that writes one for each run; also a companion. Zero-
 * initialise; import_file_clear() frees. */
struct import_file {
	const char *path; /* as given; borrowed */
	char *data;       /* of a folder: of its first member */
	size_t n;
	char sha256[HEX32_SIZE]; /* of a folder: of the lines "HEX  NAME" LF of its members */
	const struct importer *importer; /* who reads it; of a companion, whose it is */
	bool companion;                  /* it goes with others and holds no results itself */
	struct source_part *parts;       /* see struct source; the data of a folder's are its own */
	size_t parts_n;
	struct drafts drafts;
	json_t *bodies; /* whole payloads but for key, nonce, created_at */
};

/* Everything one call imports. */
struct import {
	const struct args *args;
	const struct importer *importer; /* NULL: each file's own, recognised by content */
	const struct suite_set *suites;
	const char *audience;
	struct told told; /* read by import_complete() */
	struct import_file *files;
	size_t n;
};

/* Load a file or folder and find out whose it is. Fails with FAULT_FILE, and with
 * FAULT_FILE_FORMAT where nobody recognises it, or another importer than the one that was named. */
bool import_load(const struct import *i, struct import_file *file, struct fault *f)
    __attribute__((warn_unused_result));

/* Read a loaded file into drafts, with the companions among all files. Fails as the importer; path
 * then begins with FILE:. */
bool import_read(const struct import *i, struct import_file *file, struct fault *f)
    __attribute__((warn_unused_result));

/* With --only, leave out the drafts of all other models and tasks. Fails with FAULT_OPTION if none
 * is left.
 */
bool import_choose(struct import *i, struct fault *f) __attribute__((warn_unused_result));

/* Refuse tasks that have no suite. Fails with FAULT_UNKNOWN_SUITE. */
bool import_check_suites(const struct import *i, struct import_file *file, struct fault *f)
    __attribute__((warn_unused_result));

/* Refuse companions that nobody used, and a call without results. Fails with FAULT_FILE_FORMAT. */
bool import_check_companions(const struct import *i, struct fault *f)
    __attribute__((warn_unused_result));

/* Add to the drafts of all files what only the user can tell (complete.c), check them against the
 * suite, and split those whose envelope would be too large.
 * Fails with FAULT_OPTION, which asks for everything that is missing by the name of its option;
 * with FAULT_FILE, FAULT_FILE_FORMAT for weights; and as submission_check(). */
bool import_complete(struct import *i, struct fault *f) __attribute__((warn_unused_result));

/* What was signed from a file is kept in imports/, so that the same numbers are never signed
 * twice.
 * Sign the bodies of a file unless the same ones were signed from it before, write them to
 * imports/ in one step, then put each into the spool if it is neither there nor sent. A crash
 * between two steps is made good by the next call. again: sign them once more, as a further run.
 * Returns new *ids, an array; *already tells that nothing was signed.
 * Fails with FAULT_OPTION where other statements were signed from this file before, FAULT_SPOOL,
 * and as statement_sign(). */
bool import_sign(const struct import_file *file, const struct home *home, const struct keypair *key,
    bool again, json_t **ids, bool *already, struct fault *f) __attribute__((warn_unused_result));

/* Keep the raw file itself, to be sent behind the statements that name it; *kept: it is small
 * enough. Before signing, so that no crash parts them. Fails with FAULT_SPOOL. */
#define EVIDENCE_MAX_BYTES (4 * 1024 * 1024)
bool import_keep(const struct import_file *file, const struct home *home, bool *kept,
    struct fault *f) __attribute__((warn_unused_result));

void import_file_clear(struct import_file *file);

#endif
