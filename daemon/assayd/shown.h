/* shown.h — the cells this node shows: their rows, printed, in memory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SHOWN_H
#define ASSAYD_SHOWN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"
#include "suite.h"

struct bounds;

/* One cell. All text is one allocation, freed with it. */
struct shown {
	uint8_t cell[SHA256_SIZE];
	const struct suite *suite;
	int64_t log_size;  /* 1 + index of the last leaf that touched it */
	const char *order; /* see row_order() */
	const char *model; /* name it goes by */
	const char *subject;
	const char *engine, *quantization; /* "": not told */
	const char *hardware;              /* NULL: the suite's cells have none */
	bool contested;                    /* a metric of it is */
	int64_t outliers_n;
	const char *group;     /* cells with the same compete for ranks */
	struct bounds *bounds; /* a metric of the suite each, see bounds.h */
	const char *row;       /* as models' and hardware's documents print it */
	size_t row_n;
	const char *cut; /* for boards: columns_cut() */
	size_t cut_n;
};

/* All of them. Zero-initialise. */
struct shown_set {
	struct shown **by_cell; /* sorted by cell */
	size_t n, room;
};

/* Make the shown form of a board row. Takes row. Returns new, NULL without memory. */
struct shown *shown_new(const uint8_t cell[SHA256_SIZE], const struct suite *suite, json_t *row);
void shown_free(struct shown *s);

/* Return the cell's present form, NULL if it is not there yet. Borrowed until it is replaced. */
const struct shown *shown_find(const struct shown_set *set, const uint8_t cell[SHA256_SIZE]);

/* Put a cell in the place of its older form. Takes s, on failure too. */
bool shown_put(struct shown_set *set, struct shown *s) __attribute__((warn_unused_result));

/* Forget a cell that nothing stands in any more. */
void shown_drop(struct shown_set *set, const uint8_t cell[SHA256_SIZE]);

/* Return all cells in the order of boards: a new array of borrowed cells, NULL without memory. */
const struct shown **shown_sorted(const struct shown_set *set);

void shown_clear(struct shown_set *set);

#endif
