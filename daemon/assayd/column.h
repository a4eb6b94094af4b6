/* column.h — a column of a row as documents carry it. What is returned as JSON is the caller's;
 * NULL without memory, or for null. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_COLUMN_H
#define ASSAYD_COLUMN_H

#include <jansson.h>

#include "dbsync.h"

/* Hex without PostgreSQL's "\x", and text; NULL for null. They live as long as the rows. */
const char *column_hex(const struct db_rows *rows, size_t row, int column);
const char *column_text(const struct db_rows *rows, size_t row, int column);

/* RFC 3339 of Unix ms. */
json_t *column_time(const struct db_rows *rows, size_t row, int column);

/* A column of JSON. */
json_t *column_json(const struct db_rows *rows, size_t row, int column);

/* {name, version} of a suite's name and, in the column behind it, version. */
json_t *column_suite(const struct db_rows *rows, size_t row, int column);

/* {name, document} of a model; {id, name} of a submitter. NULL for NULL. */
json_t *model_json(const char *name);
json_t *person_json(const char *id, const char *name);

/* The roles of a submitter, bits of enum role (book.h), as an array of their names. */
json_t *roles_json(unsigned int roles);

/* What `row` makes of each row. */
json_t *column_list(
    const struct db_rows *rows, json_t *(*row)(const struct db_rows *rows, size_t i));

#endif
