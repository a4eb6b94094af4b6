/* board.h — the published documents, from rows to JSON. Pure: same rows, same bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_BOARD_H
#define ASSAY_BOARD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"
#include "ledger.h"
#include "suite.h"
#include "text.h"

#define BOARD_RUNS_SHOWN 500

/* One result of one submission, as the leader derived it. Text is borrowed. */
struct cell_run {
	uint8_t submitter[SHA256_SIZE];
	int64_t index;
	enum state state;
	const char *metric;
	double value;
};

/* One cell and what is known of it; all borrowed. runs: any state, any order. */
struct cell_source {
	const uint8_t *cell; /* SHA256_SIZE bytes */
	const struct suite *suite;
	int64_t log_size;       /* 1 + index of the last leaf that touched the cell */
	const json_t *fields;   /* field → value */
	const json_t *model;    /* `model` of the newest submission in the cell */
	const char *engine;     /* engine name */
	const json_t *versions; /* array of engine versions seen, sorted */
	struct cell_run *runs;
	size_t runs_n;
};

/* Return the board row of a cell as a new object. */
json_t *board_row(const struct cell_source *source);

/* Return suites/NAME: the suite's head and its rows, sorted by model, quantization and fields.
 * Borrows rows (an array; sorted in place). */
json_t *board_document(const struct suite *suite, json_t *rows);

/* Return models/ORG/NAME. boards: array of {suite, rows}; runs: array, newest first. */
json_t *model_document(
    const char *name, json_t *boards, json_t *runs, int64_t runs_total, int64_t log_size);

/* Return the head of a suite as documents show it. */
json_t *suite_head(const struct suite *suite);

/* Sort rows as boards show them. */
void rows_sort(json_t *rows);

/* Append the path of a suite's board below data/v1/: suites/NAME.json for the newest version in
 * set, suites/NAME/VERSION.json for an older one. */
void board_path(const struct suite *suite, const struct suite_set *set, struct text *out);

/* Append the path of a model's document below data/v1/: models/ORG/NAME.json; ORG is "_" for a name
 * without a slash. Different names have different paths: bytes other than letters, digits, '.',
 * '_',
 * '-' become ~XX, a leading dot too; nothing is "~"; a part that gets longer than 100 bytes is cut
 * and ends in "~~" and 16 hex digits of its SHA-256. */
void model_path(const char *name, struct text *out);

/* Print a document as it is published: pretty JSON, LF at the end. */
void document_print(const json_t *document, struct text *out);

#endif
