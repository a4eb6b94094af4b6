/* importer.h — from another tool's result file to drafts of submissions. Pure: bytes in, JSON out.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_IMPORTER_H
#define ASSAY_IMPORTER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "fault.h"
#include "suite.h"

/* One submission as far as the file tells. The file never tells everything: who imports says the
 * rest (DESIGN §10: names are sent raw, nothing is guessed). */
struct draft {
	json_t *body;         /* model, engine, hardware, results, started_at; absent = not told */
	char *model_file;     /* base name of the weights as told, each lost byte as U+FFFD; of a
				 file that does not tell it, that file's own */
	bool model_untold;    /* it does not tell it */
	bool wants_base;      /* it compares with another variant and does not tell which */
	bool name_lost;       /* some of its bytes are lost; it is then not in body */
	bool devices_unclear; /* the file does not tell which of its accelerators ran */
	const struct suite *suite; /* what this draft measures; NULL: what the importer does */
	json_t *asks; /* conditions that its cells want and the file does not tell; or NULL */
};

/* What one file holds. Zero-initialise; drafts_clear() frees. */
struct drafts {
	struct draft *list;
	size_t n;
	json_t *notes; /* strings: what was left out or made good; NULL if nothing */
};

struct importer {
	const char *name;    /* the word behind `assay import` */
	const char *summary; /* for help */
	const char *suite;   /* what it measures */
	/* Read a whole file. Borrows data and suite; conditions the suite does not list go to
	 * engine.flags. Nothing of a file with any fault is used.
	 * Fails with FAULT_FILE_FORMAT; path is "LINE: record N, key KEY", as far as it is known.
	 */
	bool (*read)(const char *data, size_t n, const struct suite *suite, struct drafts *out,
	    struct fault *f);
	/* The same for formats that hold results of many suites: each draft names its own. Then
	 * `suite` and `read` are NULL. Fails also with FAULT_UNKNOWN_SUITE, FAULT_UNKNOWN_METRIC.
	 */
	bool (*read_any)(const char *data, size_t n, const struct suite_set *suites,
	    struct drafts *out, struct fault *f);
	/* Names of the files that make one result where a folder is given; ends with NULL. They are
	 * bound together as one JSON object, by name. NULL: no folders. */
	const char *const *folder;
	/* How the raw file travels as evidence. */
	const char *(*media_type)(const char *data, size_t n);
};

extern const struct importer importer_llama_bench, importer_llama_perplexity, importer_refusals,
    importer_chat, importer_serving, importer_vllm, importer_every_eval_ever, importer_localscore,
    importer_helm, importer_inspect_ai;

/* All importers; ends with NULL. */
extern const struct importer *const importers[];

/* Return the importer of this name, or NULL. */
const struct importer *importer_named(const char *name);

/* Append an empty draft; NULL without memory. */
struct draft *draft_add(struct drafts *d);

/* Note something for the user, once. */
void drafts_note(struct drafts *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void drafts_clear(struct drafts *d);

/* Return the part behind the last '/' or '\': a path of the machine that measured must not travel.
 */
const char *base_name(const char *path);

#endif
