/* document_submitters.c — a page of the list of all submitters, in the order of their enrolment.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "column.h"
#include "document.h"
#include "documents.h"
#include "place.h"

enum {
	ID,
	NAME,
	ENROLLED_INDEX,
	ROLES,
	TRUSTED,
	ESTABLISHED,
	SUSPENDED,
	BY_STATE,
	WITHOUT_INTENT,
	LONGER_THAN_INTENT,
	UNFINISHED,
	UNFINISHED_UNTIL,
	LAST_INDEX,
	LAST_AT
}; /* of QUERY_SUBMITTER_PAGE */

/* Nothing here depends on a clock: until when intents may be finished stands beside them. */
static json_t *
submitter_json(const struct db_rows *rows, size_t i)
{
	return json_pack("{s:s, s:s, s:I, s:o, s:b, s:b, s:b, s:o, s:I, s:I, s:I, s:s*, s:I, s:o}",
	    "id", column_hex(rows, i, ID), "name", db_text(rows, i, NAME), "enrolled_index",
	    (json_int_t)db_whole(rows, i, ENROLLED_INDEX), "roles",
	    roles_json((unsigned int)db_whole(rows, i, ROLES)), "trusted",
	    db_bool(rows, i, TRUSTED), "established", db_bool(rows, i, ESTABLISHED), "suspended",
	    db_bool(rows, i, SUSPENDED), "submissions", column_json(rows, i, BY_STATE),
	    "without_intent", (json_int_t)db_whole(rows, i, WITHOUT_INTENT), "longer_than_intent",
	    (json_int_t)db_whole(rows, i, LONGER_THAN_INTENT), "unfinished_intents",
	    (json_int_t)db_whole(rows, i, UNFINISHED), "unfinished_until",
	    column_text(rows, i, UNFINISHED_UNTIL), "last_index",
	    (json_int_t)db_whole(rows, i, LAST_INDEX), "last_accepted_at",
	    column_time(rows, i, LAST_AT));
}

bool
make_submitters(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	const struct db_param param = {.data = w->name, .n = strlen(w->name)};
	struct db_rows *rows = dbsync_ask(v->db, QUERY_SUBMITTER_PAGE, &param, f);

	submitters_path(w->name, &out->path);
	if (rows != NULL && db_rows_n(rows) > 0) {
		document_begin(&out->text, "assay-submitters-v1", w->log_size);
		document_add(&out->text, "page", json_integer(atoll(w->name)));
		document_add_list(&out->text, "submitters", column_list(rows, submitter_json));
		document_end(&out->text);
	}
	dbsync_free(rows);
	return rows != NULL && document_made(out, f);
}
