/* dbrows.h — rows that came back from the database.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DBROWS_H
#define ASSAYD_DBROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* A libpq result under our name; only db*.c look inside. */
struct db_rows;

size_t db_rows_n(const struct db_rows *rows);
bool db_null(const struct db_rows *rows, size_t row, int column);

/* Return the value as text, "" for null. Borrowed from rows. */
const char *db_text(const struct db_rows *rows, size_t row, int column);
int64_t db_whole(const struct db_rows *rows, size_t row, int column);
double db_real(const struct db_rows *rows, size_t row, int column);
bool db_bool(const struct db_rows *rows, size_t row, int column);

/* Decode a bytea of exactly n bytes; false for null or another length. */
bool db_bytes(const struct db_rows *rows, size_t row, int column, uint8_t *out, size_t n);

/* Decode a bytea of any length. Returns new, NUL-terminated behind *n bytes; NULL for null. */
uint8_t *db_blob(const struct db_rows *rows, size_t row, int column, size_t *n);

/* Append n rows' bytea values as the text of a bytea[] parameter. */
void db_bytea_array(
    const struct db_rows *rows, size_t from, size_t n, int column, struct text *out);

#endif
