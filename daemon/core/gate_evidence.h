/* gate_evidence.h — what a log holds, as a gate asks for it: cells with their fields, statements
 * with their age. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_GATE_EVIDENCE_H
#define ASSAY_GATE_EVIDENCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "book.h"
#include "gate_policy.h"
#include "prices.h"

/* A cell, by canonical names. */
struct gate_cell {
	uint8_t id[SHA256_SIZE];
	const struct meeting *meeting;
	const struct suite *suite;
	json_t *fields; /* field → text */
	json_t *model;  /* `model` of the first statement that stands in it */
	int64_t first;  /* that statement's index */
};

/* A submission that stands, or stood, in cells. */
struct gate_source {
	uint8_t id[SHA256_SIZE], payload_sha256[SHA256_SIZE];
	int64_t index;          /* in the log; unpublished ones are numbered on from its size */
	int64_t accepted_at_ms; /* of an unpublished one its created_at */
	bool unpublished;
};

/* The first statement of a raw cell. */
struct gate_first {
	uint8_t id[SHA256_SIZE]; /* of the raw cell */
	const struct raw_cell *raw;
	json_t *model; /* as signed, owned */
	int64_t index;
};

/* Zero-initialise, with the book; gate_evidence_clear() frees. */
struct gate_evidence {
	const struct book *book; /* borrowed */
	int64_t log_size;
	struct map cells, firsts;
	struct gate_first **in_order; /* the firsts, as the log has them */
	size_t in_order_n, in_order_room;
	size_t said_n;               /* of the names that cells go by */
	struct gate_source *sources; /* by index */
	size_t sources_n, sources_room;
	size_t sources_all; /* those behind sources_n are passed over; see gate_evidence_as_of() */
	struct prices prices;              /* in the order of the log */
	const struct catalogue *catalogue; /* of the rules in force, borrowed; NULL: none */
};

/* Take note of a submission that the book has settled as s; in the order of the log. unpublished:
 * it is in no log, see gate_evidence_add_unpublished(). False without memory. */
bool gate_evidence_note(struct gate_evidence *e, const struct settled *s,
    const struct statement *st, const struct suite_set *suites, bool unpublished)
    __attribute__((warn_unused_result));

/* Take note of a price that stands in the log. False without memory. */
bool gate_evidence_note_price(struct gate_evidence *e, const struct settled *s,
    const struct statement *st) __attribute__((warn_unused_result));

/* Tell whether a price was not taken back. Where the book does not know it, whoever filled in the
 * evidence saw to that. */
bool gate_price_stands(const struct gate_evidence *e, const struct said_price *p);

/* Let the cells go by the names that are in force in the book now; needed behind each leaf that may
 * have said some, before anything is judged. False without memory. */
bool gate_evidence_rename(struct gate_evidence *e) __attribute__((warn_unused_result));

/* From rows: put a cell that is not there yet, by canonical names; add a source, in the order of
 * the log. Both take references to what is JSON. False without memory. */
bool gate_evidence_add_cell(struct gate_evidence *e, const struct meeting *at, json_t *fields,
    json_t *model, int64_t first) __attribute__((warn_unused_result));
bool gate_evidence_add_source(struct gate_evidence *e, const struct gate_source *source)
    __attribute__((warn_unused_result));

/* Enter a submission that is in no log into the book, as if it counted there, behind everything
 * that is: the candidate that is not public yet. Its signer need not be enrolled. Fails with
 * FAULT_UNPUBLISHED: not a submission; made for another log; implausible; already in the log. And
 * as submission_suite(), submission_check(). */
bool gate_evidence_add_unpublished(struct gate_evidence *e, struct book *book,
    const struct statement *st, const char *origin, const struct suite_set *suites, struct fault *f)
    __attribute__((warn_unused_result));

/* Go back to an earlier prefix: what stands behind it is passed over from now on, until the
 * evidence is made go on again, to a size that it has had. Only where nothing between the two took
 * anything out of the count, and nobody became another. */
void gate_evidence_as_of(struct gate_evidence *e, int64_t log_size);

/* Return the source with this index; there is one for every run that stands in a cell. */
const struct gate_source *gate_source_at(const struct gate_evidence *e, int64_t index);

/* Tell whether a model's statement is one of those that text names: the SHA-256 of its weights, or
 * NAME[@REVISION][+QUANTIZATION]; what is not said may be any. Both by canonical names. */
bool gate_names_model(const struct names *names, const char *text, const json_t *model);

/* Tell whether a cell is one that a rule judges, of the model that text names. */
bool gate_cell_matches(const struct gate_evidence *e, const struct gate_cell *c,
    const struct gate_rule *r, const char *text);

void gate_evidence_clear(struct gate_evidence *e);

#endif
