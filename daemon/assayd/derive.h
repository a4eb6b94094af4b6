/* derive.h — the rows that follow from a batch of statements, settled one by one in log order.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DERIVE_H
#define ASSAYD_DERIVE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "book.h"
#include "fault.h"
#include "ledger.h"
#include "server.h"
#include "statement.h"
#include "suite.h"

/* A batch in the making. Each list holds rows as the add_* and change_* statements of query.c take
 * them. */
struct derivation {
	const struct suite_set *suites;
	const struct catalogue *catalogue; /* that the rules name */
	struct rules rules;                /* in force for the next leaf */
	struct book book;                  /* what the log says just before it */
	int64_t first_index, next_index;
	int64_t as_of_ms;
	int64_t void_n; /* leaves settled void */
	bool stopped;  /* a config was settled that this build cannot serve, or by another catalogue
			*/
	size_t rows_n; /* results derived so far: a batch ends when they get many */
	json_t *leaves, *submitters, *submissions, *raw_cells, *cells, *measurements, *acts,
	    *aliases, *intents, *prices, *decisions, *item_scores, *watches;
	json_t *decided; /* the decisions' members: {index, body} */
};

/* Begin behind a log of `size` leaves under these rules. derivation_clear() in any case. */
bool derivation_begin(struct derivation *d, const struct suite_set *suites,
    const struct rules_snapshot *in_force, int64_t size, int64_t as_of_ms, struct fault *f)
    __attribute__((warn_unused_result));
void derivation_clear(struct derivation *d);

/* Settle the next leaf and add its rows. The book holds what the statement names. */
bool derivation_add(struct derivation *d, const struct statement *st, int64_t accepted_at_ms,
    struct fault *f) __attribute__((warn_unused_result));

/* Settle the next leaf, a stored statement that this build cannot open for the reason why, as void:
 * one bad row must not stop the log. */
bool derivation_add_unreadable(struct derivation *d, const uint8_t id[SHA256_SIZE],
    const char *kind, int64_t accepted_at_ms, const struct fault *why, struct fault *f)
    __attribute__((warn_unused_result));

#endif
