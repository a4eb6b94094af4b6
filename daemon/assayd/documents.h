/* documents.h — the published documents, each from the cells this node shows and a few rows.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DOCUMENTS_H
#define ASSAYD_DOCUMENTS_H

#include "dbsync.h"
#include "fault.h"
#include "server.h"
#include "shown.h"
#include "text.h"

/* One moment of the log. db is inside the snapshot that the cells were read in. */
struct view {
	const struct server *server;
	struct dbsync *db;
	const struct catalogue *catalogue; /* of the newest config; NULL: there is no config */
	const struct shown **cells;        /* in the order of boards */
	size_t cells_n;
	int64_t log_size, as_of_ms;
};

/* A document in the making: where below data/v1/ it belongs, and what stands in it; no text at all
 * if nothing may stand in it any more. */
struct document {
	struct text path, text;
};
void document_clear(struct document *d);

/* Make suites/NAME, models/ORG/NAME, hardware/NAME, the list of hardware, acts, the index: *out is
 * zero-initialised; document_clear() it in any case. Fail with FAULT_DATABASE, FAULT_NO_MEMORY. */
bool make_board(const struct view *v, const struct suite *suite, struct document *out,
    struct fault *f) __attribute__((warn_unused_result));
bool make_model(const struct view *v, const char *name, struct document *out, struct fault *f)
    __attribute__((warn_unused_result));
bool make_hardware(const struct view *v, const char *name, struct document *out, struct fault *f)
    __attribute__((warn_unused_result));
bool make_hardware_list(const struct view *v, struct document *out, struct fault *f)
    __attribute__((warn_unused_result));
bool make_acts(const struct view *v, struct document *out, struct fault *f)
    __attribute__((warn_unused_result));
/* prices.json; log_size: behind the last leaf that gave or took back a price. */
bool make_prices(const struct view *v, int64_t log_size, struct document *out, struct fault *f)
    __attribute__((warn_unused_result));
/* decisions.json in short, at most 500: release managers' first, so that nobody buries them, then
 * the newest; log_size: behind the last leaf that made or changed one. decisions/ID.json, ID in
 * hex. */
bool make_decisions(const struct view *v, int64_t log_size, struct document *out, struct fault *f)
    __attribute__((warn_unused_result));
bool make_decision(const struct view *v, const char *id, struct document *out, struct fault *f)
    __attribute__((warn_unused_result));
/* submitters/ID.json, ID in hex; log_size: behind the last leaf of or about that submitter. */
bool make_submitter(const struct view *v, const char *id, int64_t log_size, struct document *out,
    struct fault *f) __attribute__((warn_unused_result));
bool make_index(const struct view *v, struct document *out, struct fault *f)
    __attribute__((warn_unused_result));

#endif
