/* dbrows.c — rows that came back from the database, text format throughout.
 * SPDX-License-Identifier: Apache-2.0 */
#include "dbrows.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"

static const PGresult *
result_of(const struct db_rows *rows)
{
	return (const PGresult *)rows;
}

size_t
db_rows_n(const struct db_rows *rows)
{
	return (size_t)PQntuples(result_of(rows));
}

bool
db_null(const struct db_rows *rows, size_t row, int column)
{
	return PQgetisnull(result_of(rows), (int)row, column) == 1;
}

const char *
db_text(const struct db_rows *rows, size_t row, int column)
{
	return PQgetvalue(result_of(rows), (int)row, column);
}

int64_t
db_whole(const struct db_rows *rows, size_t row, int column)
{
	return strtoll(db_text(rows, row, column), NULL, 10);
}

double
db_real(const struct db_rows *rows, size_t row, int column)
{
	return strtod(db_text(rows, row, column), NULL);
}

bool
db_bool(const struct db_rows *rows, size_t row, int column)
{
	return db_text(rows, row, column)[0] == 't';
}

bool
db_bytes(const struct db_rows *rows, size_t row, int column, uint8_t *out, size_t n)
{
	const char *text = db_text(rows, row, column);

	return strncmp(text, "\\x", 2) == 0 && strlen(text) == 2 + 2 * n &&
	       hex_parse(text + 2, out, n);
}

uint8_t *
db_blob(const struct db_rows *rows, size_t row, int column, size_t *n)
{
	const char *text = db_text(rows, row, column);
	uint8_t *out;

	if (strncmp(text, "\\x", 2) != 0)
		return NULL;
	*n = strlen(text + 2) / 2;
	out = malloc(*n + 1);
	if (out == NULL || !hex_parse(text + 2, out, *n)) {
		free(out);
		return NULL;
	}
	out[*n] = 0;
	return out;
}

void
db_bytea_array(const struct db_rows *rows, size_t from, size_t n, int column, struct text *out)
{
	text_add_str(out, "{");
	for (size_t i = 0; i < n; i++)
		text_addf(out, "%s\"\\%s\"", i ? "," : "", db_text(rows, from + i, column));
	text_add_str(out, "}");
}
