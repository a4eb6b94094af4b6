/* documents.h — the published documents, one row a kind, each from the cells this node shows and a
 * few rows. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DOCUMENTS_H
#define ASSAYD_DOCUMENTS_H

#include "dbsync.h"
#include "fault.h"
#include "server.h"
#include "shown.h"
#include "text.h"

struct days; /* see days.h */

/* One moment of the log. db is inside the snapshot that the cells were read in. */
struct view {
	const struct server *server;
	struct dbsync *db;
	const struct catalogue *catalogue; /* of the newest config; NULL: there is no config */
	const struct shown **cells;        /* in the order of boards */
	const struct shown_set *set;       /* the same, by cell */
	size_t cells_n;
	const struct days *days;
	json_t *value_parts; /* of value.json, by model: {text, log_size}; see make_value_part() */
	int64_t config_size; /* 1 + index of the newest config */
	int64_t log_size, as_of_ms;
};

/* Which document of a kind is wanted. */
struct wanted {
	const char *name; /* "" where there is only one */
	int64_t
	    log_size; /* 1 + index of the last leaf that touched it, as far as rows tell; 0: none */
};

/* A document in the making: where below data/v1/ it belongs, and what stands in it; no text at all
 * if nothing may stand in it any more; no path if there is none to write. */
struct document {
	struct text path, text;
};
void document_clear(struct document *d);

/* Return the names of hardware, models, engines and quantizations in these cells that the catalogue
 * does not know, or that it has for several; those of most cells first. Raises *log_size to behind
 * the last leaf they depend on. NULL without memory. */
json_t *unknown_names(const struct view *v, int64_t *log_size);

/* In the order in which they are written: what names another comes after it, so that no link leads
 * nowhere. */
enum document_kind {
	DOCUMENT_RUNS,         /* models/ORG/NAME/runs/PAGE; name: "PAGE MODEL" */
	DOCUMENT_MODEL,        /* models/ORG/NAME; name: of the model */
	DOCUMENT_QUANTIZATION, /* quantization/ORG/NAME; name: of the model */
	DOCUMENT_HARDWARE,
	DOCUMENT_BOARD, /* suites/NAME; name: "NAME/VERSION" */
	DOCUMENT_HARDWARE_LIST,
	DOCUMENT_VALUE_PART, /* of value.json; name: of the model */
	DOCUMENT_VALUE,
	DOCUMENT_USE_CASES,
	DOCUMENT_REPORTED,   /* what the catalogue has of scores published elsewhere */
	DOCUMENT_SUBMITTER,  /* name: id in hex */
	DOCUMENT_SUBMITTERS, /* submitters/list/PAGE; name: PAGE */
	DOCUMENT_ACTS,
	DOCUMENT_PRICES,
	DOCUMENT_DECISION, /* name: id in hex */
	DOCUMENT_DECISIONS,
	DOCUMENT_BADGE, /* badges/ID.svg; name: id of a watch in hex */
	DOCUMENT_WATCH, /* name: id in hex */
	DOCUMENT_WATCHES,
	DOCUMENT_FEED, /* feed.atom: the newest 200 changes of standings and of watches */
	DOCUMENT_INDEX,
	/* the rest is long, and written some a round */
	DOCUMENT_DUMP, /* dumps/DATE/PART.ndjson; name: "DAY PART" */
	DOCUMENT_DUMP_CSV,
	DOCUMENT_DUMPS,
	DOCUMENT__MAX
};

/* When a document is made again. */
enum document_due {
	DUE_TOUCHED, /* when QUERY_TOUCHED names it, or a cell that stands in it changed */
	DUE_ONCE,    /* the same, and in the first round, touched or not */
	DUE_ALWAYS   /* every round: it costs little, and much touches it */
};

struct document_row {
	const char *name; /* as QUERY_TOUCHED says it */
	enum document_due due;
	int round_max; /* written at most in a round, those behind it wait; 0: all */
	/* *out is zero-initialised; document_clear() it in any case. Fails with FAULT_DATABASE,
	 * FAULT_NO_MEMORY. */
	bool (*make)(
	    const struct view *v, const struct wanted *w, struct document *out, struct fault *f);
};
extern const struct document_row document_rows[DOCUMENT__MAX];

/* Tell whether nothing ran out of memory; the last word of a make(). */
bool document_made(const struct document *d, struct fault *f) __attribute__((warn_unused_result));

/* Lists hold at most 500: decisions of release managers first, so that nobody buries them; watches
 * that stand first. */
typedef bool document_maker(
    const struct view *v, const struct wanted *w, struct document *out, struct fault *f);
document_maker make_runs, make_model, make_quantization, make_hardware, make_board,
    make_hardware_list, make_value_part, make_value, make_reported, make_submitter, make_submitters,
    make_acts, make_prices, make_use_cases, make_decision, make_decisions, make_badge, make_watch,
    make_watches, make_feed, make_dump, make_dump_csv, make_dumps, make_index;

#endif
