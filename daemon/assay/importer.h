/* importer.h — from another tool's result files to drafts of submissions. Pure: bytes in, JSON out.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_IMPORTER_H
#define ASSAY_IMPORTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "draft.h"
#include "fault.h"
#include "suite.h"

struct glance;
struct record;

/* A file that belongs to the one that is read. */
struct source_part {
	const char *name; /* base name */
	const char *data; /* NULL: a folder lacks this one of its members */
	size_t n;
	bool used; /* set by the reader */
};

/* What is read. All borrowed. */
struct source {
	const char *name; /* base name of the file or folder */
	const char *data; /* of a folder: of the first of importer.members */
	size_t n;
	struct source_part *parts; /* of a folder: all members, in that order; else the companions
				      that were given beside the file */
	size_t parts_n;
	const struct suite *suite;      /* the importer's, newest version; NULL if it has none */
	const struct suite_set *suites; /* where it then looks, with suite_newest() */
	const char *baseline; /* the model that others are compared with, as told; or NULL */
};

struct importer {
	const char *name;    /* the word behind `assay import` */
	const char *summary; /* for help */
	const char *suite;   /* what it measures; NULL: each draft says */
	/* Tell whether a file or folder is of this format, broken or not. The rows of importers[]
	 * are asked one after the other, the first that says so has it. */
	bool (*recognise)(const struct glance *g);
	/* Tell whether a file goes with the results and holds none itself; NULL: none does. */
	bool (*companion)(const struct glance *g);
	const char *const *members; /* names of the files of a folder that is read, ends with NULL;
				       NULL: files are read. The first must be there. */
	/* Read a whole file. Conditions the suite does not list go to engine.flags or extra.
	 * Nothing of a file with any fault is used.
	 * Fails with FAULT_FILE_FORMAT; path is "LINE: record N, key KEY", as far as it is known.
	 */
	bool (*read)(const struct source *in, struct drafts *out, struct fault *f);
	/* The same for one of the JSON records that Python may have written; NULL: read. */
	bool (*read_record)(
	    const struct source *in, const struct record *r, struct drafts *out, struct fault *f);
	const char *media; /* how the raw file travels as evidence; NULL: media_type() tells */
	const char *(*media_type)(const char *data, size_t n);
};

extern const struct importer importer_llama_bench, importer_llama_perplexity, importer_refusals,
    importer_chat, importer_serving, importer_lm_eval, importer_fastchat_single,
    importer_fastchat_pairwise, importer_alpaca_eval, importer_evalplus, importer_vllm,
    importer_localscore, importer_helm, importer_inspect_ai, importer_every_eval_ever;

/* All importers, in the order in which formats are told apart; ends with NULL. */
extern const struct importer *const importers[];

/* Return the importer of this name, or NULL. */
const struct importer *importer_named(const char *name);

/* Return the first importer that recognises what is looked at, or whose companion it is; or NULL.
 */
const struct importer *importer_of(const struct glance *g);
const struct importer *importer_of_companion(const struct glance *g);

/* Find the newest version of a suite; fails with FAULT_UNKNOWN_SUITE, path `where`, and a word on
 * how to add its folder. Borrowed from the source. */
const struct suite *task_suite(
    const struct source *in, const char *name, const char *where, struct fault *f);

/* How a raw file that i has read travels as evidence. */
const char *importer_media_type(const struct importer *i, const char *data, size_t n);

/* Read a whole file with i. Fails with FAULT_FILE_FORMAT. */
bool importer_read(const struct importer *i, const struct source *in, struct drafts *out,
    struct fault *f) __attribute__((warn_unused_result));

/* Return the part behind the last '/' or '\' but one at the end: a path of the machine that
 * measured must not travel. */
const char *base_name(const char *path);

#endif
