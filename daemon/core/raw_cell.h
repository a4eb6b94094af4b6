/* raw_cell.h — results of the same raw names, and the cell these names lead to. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_RAW_CELL_H
#define ASSAY_RAW_CELL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "book.h"
#include "suite.h"

/* Its id and fields never change; where its results stand does, by aliases alone. */
struct raw_cell {
	uint8_t id[SHA256_SIZE];
	struct meeting *at; /* the cell they stand in */
	json_t *fields;     /* field → raw value, owned; NULL: not told, see raw_cell_put() */
	bool stored;        /* the rows have it, for whoever writes them */
};

/* The leaf at index moved a raw cell from one cell to another. */
struct cell_move {
	const struct raw_cell *raw;
	const struct meeting *from, *to;
	int64_t index;
};

/* Return the raw cell of a submission's result, made if it is not there, in the cell that its names
 * lead to now. NULL without memory. */
struct raw_cell *raw_cell_of(
    struct book *b, const struct suite *suite, const json_t *body, const json_t *result);

/* The same where its id, cell_raw(), is known. */
struct raw_cell *raw_cell_called(struct book *b, const struct suite *suite, const json_t *body,
    const json_t *result, const uint8_t id[SHA256_SIZE]);

/* Return the raw cell with this id, made at this cell if it is not there; for who reads rows, which
 * tell where it stands and have it. It has no fields: whoever settles an alias sees to it that all
 * raw cells with its name have them, raw_cell_tell(). NULL without memory. */
struct raw_cell *raw_cell_put(struct book *b, const uint8_t id[SHA256_SIZE], struct meeting *at);

/* Tell a raw cell its fields. Takes a reference. */
void raw_cell_tell(struct raw_cell *r, json_t *fields);

/* Return a raw cell; NULL: not there. */
struct raw_cell *raw_cell_find(const struct book *b, const uint8_t id[SHA256_SIZE]);

void raw_cell_free(void *raw_cell);

/* A raw cell that belongs elsewhere. */
struct displaced {
	struct raw_cell *raw;
	uint8_t to[SHA256_SIZE]; /* the cell its names lead to */
};

/* Return the raw cells that have a name in a field and do not stand where their names lead, by
 * their ids; *n of them. New; NULL without memory. */
struct displaced *raw_cells_displaced(const struct book *b, const char *name, size_t *n);

/* Move a raw cell's runs and what waits in it to another cell, by the leaf at index; touches
 * neither. Sets b->failed without memory. */
void raw_cell_move(struct book *b, struct raw_cell *r, struct meeting *to, int64_t index);

#endif
