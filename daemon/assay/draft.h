/* draft.h — what an importer makes of a file: submissions as far as the file tells.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_DRAFT_H
#define ASSAY_DRAFT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "suite.h"

/* One submission as far as the file tells. The file never tells everything: who imports says the
 * rest (DESIGN §10: names are sent raw, nothing is guessed). */
struct draft {
	json_t *body; /* model, engine, hardware, results, and whatever else a payload may
			 hold: items, judge, extra, started_at, duration_s; absent = not told */
	const struct suite *suite; /* set by an importer that has no one suite; if there is no such
				      suite it is NULL and task the name of what was measured */
	char *task;                /* NULL: not told */
	/* Base name of the weights as told, each lost byte as U+FFFD; or the name that the file
	 * has for the model; of a file that does not tell it, that file's own. */
	char *model_file;
	bool model_untold;    /* it does not tell it */
	bool wants_base;      /* it compares with another variant and does not tell which */
	bool wants_weights;   /* which weights of that name they are has to be told */
	bool wants_judge;     /* a model judged: what of it is absent from body has to be told */
	bool name_lost;       /* some of its bytes are lost; it is then not in body */
	bool devices_unclear; /* the file does not tell which of its accelerators ran */
	json_t *asks;         /* conditions to be told though the suite has a value for them where
				 they are absent: names; owned; or NULL */
};

/* What one file holds. Zero-initialise; drafts_clear() frees. */
struct drafts {
	struct draft *list;
	size_t n;
	json_t *notes; /* strings: what was left out or made good; NULL if nothing */
};

/* Append an empty draft; NULL without memory. */
struct draft *draft_add(struct drafts *d);

/* Note something for the user, once. */
void drafts_note(struct drafts *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void drafts_clear(struct drafts *d);

#endif
