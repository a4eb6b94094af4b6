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

static bool
want_cells(const struct db_rows *rows, const struct suite_set *suites, struct wanted_cells *w)
{
	uint8_t cell[SHA256_SIZE];

	for (size_t i = 0; i < db_rows_n(rows); i++) {
		const struct suite *suite =
		    suite_find(suites, db_text(rows, i, SUITE), db_whole(rows, i, SUITE_VERSION));

		if (suite != NULL && (!db_bytes(rows, i, CELL, cell, SHA256_SIZE) ||
					 !wanted_cells_add_cell(w, suite, cell)))
			return false;
	}
	return true;
}

/* Their cells are in the book by now. What is newer there stays where it is. */
static bool
tell_fields(struct book *b, const struct db_rows *rows)
{
	for (size_t i = 0; i < db_rows_n(rows); i++) {
		uint8_t raw[SHA256_SIZE], cell[SHA256_SIZE];
		const char *text = db_text(rows, i, FIELDS);
		struct raw_cell *r = NULL;
		struct meeting *at = NULL;
		json_t *fields;

		if (db_bytes(rows, i, CELL, cell, SHA256_SIZE))
			at = meeting_at(b, cell, NULL, false);
		if (at == NULL)
			continue; /* of a suite that this build does not have */
		fields = json_read_object(text, strlen(text), NULL);
		if (fields != NULL && db_bytes(rows, i, RAW_CELL, raw, SHA256_SIZE))
			r = raw_cell_put(b, raw, at);
		if (r != NULL)
			raw_cell_tell(r, fields);
		json_decref(fields);
		if (r == NULL)
			return false;
	}
	return true;
}

static bool
want_target(void *arg, const struct suite *suite, const uint8_t cell[SHA256_SIZE])
{
	return wanted_cells_add_cell(arg, suite, cell);
}

static bool
load_targets(const struct loading *from, const json_t *body, struct fault *f)
{
	const struct deed deed = {.book = from->book, .body = body};
	struct wanted_cells w = {0};
	bool done = (alias_targets(&deed, want_target, &w) || no_memory(f)) &&
		    book_load_cells_themselves(from, &w, f);

	wanted_cells_clear(&w);
	return done;
}

/* The fields that may have a name of this sort. */
static void
name_fields(const char *of, const char *out[2])
{
	bool in_subject = strcmp(of, "model") == 0 || strcmp(of, "quantization") == 0;

	out[0] = in_subject ? "subject" : of;
	out[1] = in_subject ? "base" : of;
}

bool
book_load_alias(const struct loading *from, const json_t *body, struct fault *f)
{
	const char *fields[2], *raw = json_get_text(body, "raw");
	struct wanted_cells w = {0};
	struct db_param params[3];
	struct db_rows *rows;
	bool done;

	name_fields(json_get_text(body, "of"), fields);
	for (size_t i = 0; i < 2; i++)
		params[i] = (struct db_param){.data = fields[i], .n = strlen(fields[i])};
	params[2] = (struct db_param){.data = raw, .n = strlen(raw)};
	rows = dbsync_ask(from->db, QUERY_NAMED_CELLS, params, f);
	done = rows != NULL && (want_cells(rows, from->suites, &w) || no_memory(f)) &&
	       book_load_cells_themselves(from, &w, f) &&
	       (tell_fields(from->book, rows) || no_memory(f)) && load_targets(from, body, f);
	dbsync_free(rows);
	wanted_cells_clear(&w);
	return done;
}
