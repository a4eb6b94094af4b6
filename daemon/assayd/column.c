/* column.c — a column of a row as documents carry it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "column.h"

#include "book.h"
#include "encode.h"
#include "json.h"
#include "place.h"
#include "text.h"

const char *
column_hex(const struct db_rows *rows, size_t row, int column)
{
	return db_null(rows, row, column) ? NULL : db_text(rows, row, column) + 2;
}

const char *
column_text(const struct db_rows *rows, size_t row, int column)
{
	return db_null(rows, row, column) ? NULL : db_text(rows, row, column);
}

json_t *
column_time(const struct db_rows *rows, size_t row, int column)
{
	char at[TIME_SIZE];

	time_print(db_whole(rows, row, column) / 1000, at);
	return json_string(at);
}

json_t *
column_json(const struct db_rows *rows, size_t row, int column)
{
	return db_null(rows, row, column) ? NULL : json_read_printed(db_text(rows, row, column));
}

json_t *
column_suite(const struct db_rows *rows, size_t row, int column)
{
	if (db_null(rows, row, column))
		return NULL;
	return json_pack("{s:s, s:I}", "name", db_text(rows, row, column), "version",
	    (json_int_t)db_whole(rows, row, column + 1));
}

json_t *
model_json(const char *name)
{
	struct text path = {0};
	json_t *model;

	if (name == NULL)
		return NULL;
	model_path(name, &path);
	model = json_pack("{s:s, s:s}", "name", name, "document", path.data);
	text_clear(&path);
	return model;
}

json_t *
person_json(const char *id, const char *name)
{
	return id == NULL ? NULL : json_pack("{s:s, s:s?}", "id", id, "name", name);
}

json_t *
column_list(const struct db_rows *rows, json_t *(*row)(const struct db_rows *rows, size_t i))
{
	json_t *list = json_array();

	for (size_t i = 0; i < db_rows_n(rows); i++)
		if (json_array_append_new(list, row(rows, i)) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

json_t *
roles_json(unsigned int roles)
{
	json_t *list = json_array();

	if (roles & ROLE_STAFF)
		json_array_append_new(list, json_string("staff"));
	if (roles & ROLE_RELEASE_MANAGER)
		json_array_append_new(list, json_string("release-manager"));
	return list;
}
