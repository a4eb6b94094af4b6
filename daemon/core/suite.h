/* suite.h — a suite: what is measured, how cells are keyed. Data, never code.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_SUITE_H
#define ASSAY_SUITE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agree.h"
#include "crypto.h"
#include "fault.h"
#include "items.h"

#define SUITE_FIELDS_MAX 24
#define SUITE_FILE_MAX_BYTES (16 * 1024 * 1024)

enum condition_type { CONDITION_TEXT, CONDITION_WHOLE, CONDITION_REAL, CONDITION_BOOL };

struct suite_condition {
	const char *name;
	enum condition_type type;
	const char *absent; /* value a cell takes where the condition is absent; "" if the suite
			       names none */
};

struct suite_metric {
	const char *name, *unit;
	bool higher_is_better;
	bool log_scale;
	bool has_items;
	double low, high; /* plausible bounds, inclusive */
	double tolerance;
	bool tolerance_is_relative;
};

/* All text is borrowed from `json`, which lives as long as the suite. */
struct suite {
	const char *name;
	int64_t version;
	const char *title;
	uint8_t digest[SHA256_SIZE];
	const char *required[SUITE_FIELDS_MAX]; /* JSON pointers into the payload */
	size_t required_n;
	const char *cell[SUITE_FIELDS_MAX]; /* cell fields, in key order */
	size_t cell_n;
	const char *rank_within[SUITE_FIELDS_MAX]; /* a subset of cell */
	size_t rank_within_n;
	struct suite_condition *conditions;
	size_t conditions_n;
	struct suite_metric *metrics;
	size_t metrics_n;
	int64_t items_n;           /* lines of items.jsonl; 0 without items */
	struct clusters clusters;  /* which items belong together; of_item NULL: none do */
	uint32_t *cluster_of_item; /* what that borrows */
	json_t *places; /* "id=ID" and "hash=HASH" of items → their place; see suite_place() */
	uint8_t items_digest[SHA256_SIZE]; /* of the bytes of items.jsonl */
	int64_t anchors_n;
	double anchors_bound;
	json_t *json;
};

struct suite_set {
	struct suite **suites; /* sorted by name, then version */
	size_t n;
};

/* Read a suite from the bytes of suite.json and items.jsonl (items may be NULL: absent).
 * Returns new. Fails with FAULT_SUITE_FILE; path is the JSON pointer in suite.json, or
 * "items.jsonl:LINE". */
struct suite *suite_read(
    const char *json, size_t n, const char *items, size_t items_n, struct fault *f);
void suite_free(struct suite *s);

/* SHA-256 of "assay-suite-v1" LF hex SHA-256(suite.json) LF hex SHA-256(items.jsonl) LF. */
void suite_digest(
    const void *json, size_t n, const void *items, size_t items_n, uint8_t out[SHA256_SIZE]);

/* Return the array of scores for a metric in a submission's `items`, borrowed; NULL without. */
const json_t *items_scores(const json_t *items, const struct suite_metric *m);

/* Return what of a metric the statistics ask for. */
struct tolerance metric_tolerance(const struct suite_metric *m);

/* Return which of its items belong together; NULL: each is by itself. */
const struct clusters *suite_clusters(const struct suite *s);

const struct suite_metric *suite_metric(const struct suite *s, const char *name);
const struct suite_condition *suite_condition(const struct suite *s, const char *name);

/* Return the place of the item whose member ("id" or "hash") is this text or whole number, from 0;
 * -1 if none is. */
int64_t suite_place(const struct suite *s, const char *member, const char *value);

/* Load every NAME/VERSION/suite.json below dir; a folder's name and version must equal the file's.
 * Files and folders without suite.json (catalogue, README) are passed over. Returns new. */
struct suite_set *suite_set_load(const char *dir, struct fault *f);
void suite_set_free(struct suite_set *set);
const struct suite *suite_find(const struct suite_set *set, const char *name, int64_t version);

#endif
