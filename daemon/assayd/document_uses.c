/* document_uses.c — the document of use cases: what people say they use which models for.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "column.h"
#include "document.h"
#include "documents.h"

enum { NAME, SUBMISSIONS, MODELS_N, MODEL, SUBMITTERS, OF_MODEL }; /* of QUERY_USE_CASES */

static json_t *
use_json(const struct db_rows *rows, size_t i)
{
	return json_pack("{s:s, s:I, s:I, s:[]}", "name", db_text(rows, i, NAME), "submissions",
	    (json_int_t)db_whole(rows, i, SUBMISSIONS), "models_n",
	    (json_int_t)db_whole(rows, i, MODELS_N), "models");
}

static json_t *
used_json(const struct db_rows *rows, size_t i)
{
	return json_pack("{s:o, s:I, s:I}", "model", model_json(db_text(rows, i, MODEL)),
	    "submitters", (json_int_t)db_whole(rows, i, SUBMITTERS), "submissions",
	    (json_int_t)db_whole(rows, i, OF_MODEL));
}

/* Rows of one use case stand together. */
static json_t *
uses_json(const struct db_rows *rows)
{
	json_t *list = json_array(), *use = NULL;

	for (size_t i = 0; i < db_rows_n(rows); i++) {
		if (i == 0 || strcmp(db_text(rows, i, NAME), db_text(rows, i - 1, NAME)) != 0) {
			use = use_json(rows, i);
			json_array_append_new(list, use);
		}
		json_array_append_new(json_object_get(use, "models"), used_json(rows, i));
	}
	return list;
}

bool
make_use_cases(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(v->db, QUERY_USE_CASES, NULL, f);

	text_add_str(&out->path, "use-cases.json");
	if (rows != NULL) {
		document_begin(&out->text, "assay-use-cases-v1", w->log_size);
		document_add_list(&out->text, "use_cases", uses_json(rows));
		document_end(&out->text);
	}
	dbsync_free(rows);
	return rows != NULL && document_made(out, f);
}
