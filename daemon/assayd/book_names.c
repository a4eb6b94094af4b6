/* book_names.c — bring the names in force from the rows into the book, and what an alias would
 * move. SPDX-License-Identifier: Apache-2.0 */
#include "book_names.h"

#include <string.h>

#include "alias.h"
#include "book_cells.h"
#include "json.h"
#include "meeting.h"
#include "raw_cell.h"

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for names", "none");
}

bool
names_load(struct names *n, struct dbsync *db, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(db, QUERY_NAMES, NULL, f);
	bool done = rows != NULL;
	enum name_of of;

	for (size_t i = 0; done && i < db_rows_n(rows); i++)
		done = name_of_named(db_text(rows, i, 0), &of) &&
		       (names_put(n, of, db_text(rows, i, 1), db_text(rows, i, 2),
			    db_whole(rows, i, 3)) ||
			   no_memory(f));
	names_begin(n);
	dbsync_free(rows);
	return done;
}

/* ---- what an alias would move ---- */

enum { RAW_CELL, CELL, SUITE, SUITE_VERSION, FIELDS }; /* of QUERY_NAMED_CELLS */

/* The raw cell of a row, with its fields, and the cell it stands in. */
static bool
take_raw_cell(
    const struct loading *from, const struct db_rows *rows, size_t i, struct fresh_cells *fresh)
{
	uint8_t raw[SHA256_SIZE], cell[SHA256_SIZE];
	const struct suite *suite =
	    suite_find(from->suites, db_text(rows, i, SUITE), db_whole(rows, i, SUITE_VERSION));
	const char *text = db_text(rows, i, FIELDS);
	struct raw_cell *r = NULL;
	json_t *fields;

	if (suite == NULL)
		return true; /* this build does not have it */
	fields = json_read_object(text, strlen(text), NULL);
	if (fields != NULL && db_bytes(rows, i, RAW_CELL, raw, SHA256_SIZE) &&
	    db_bytes(rows, i, CELL, cell, SHA256_SIZE))
		r = raw_cell_put(from->book, raw, fresh_cells_take(fresh, from->book, suite, cell));
	if (r != NULL)
		raw_cell_tell(r, fields);
	json_decref(fields);
	return r != NULL;
}

/* Where cells are gathered. */
struct gathering {
	struct book *book;
	struct fresh_cells *fresh;
};

static bool
take_target(void *arg, const struct suite *suite, const uint8_t cell[SHA256_SIZE])
{
	struct gathering *g = arg;

	return fresh_cells_take(g->fresh, g->book, suite, cell) != NULL;
}

/* The fields that may have a name of this sort. */
static void
name_fields(const char *of, const char *out[2])
{
	bool in_subject = strcmp(of, "model") == 0 || strcmp(of, "quantization") == 0;

	out[0] = in_subject ? "subject" : of;
	out[1] = in_subject ? "base" : of;
}

static struct db_rows *
ask_named(struct dbsync *db, const json_t *body, struct fault *f)
{
	const char *fields[2], *raw = json_get_text(body, "raw");
	struct db_param params[3];

	name_fields(json_get_text(body, "of"), fields);
	for (size_t i = 0; i < 2; i++)
		params[i] = (struct db_param){.data = fields[i], .n = strlen(fields[i])};
	params[2] = (struct db_param){.data = raw, .n = strlen(raw)};
	return dbsync_ask(db, QUERY_NAMED_CELLS, params, f);
}

bool
book_load_alias(const struct loading *from, const json_t *body, struct fault *f)
{
	const struct deed deed = {.book = from->book, .body = body};
	struct db_rows *rows = ask_named(from->db, body, f);
	struct fresh_cells fresh = {0};
	struct gathering g = {from->book, &fresh};
	bool done = rows != NULL;
	size_t n = 0;

	for (size_t i = 0; done && i < db_rows_n(rows); i++)
		done = take_raw_cell(from, rows, i, &fresh) || no_memory(f);
	done = done && (alias_targets(&deed, &n, take_target, &g) || no_memory(f)) &&
	       book_load_fresh(from, &fresh, n <= ALIAS_SETTLED_MAX, f);
	dbsync_free(rows);
	fresh_cells_clear(&fresh);
	return done;
}
