/* document_runs.c — a page of a model's runs. There may be very many: they are printed from the
 * rows. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "column.h"
#include "document.h"
#include "documents.h"
#include "encode.h"
#include "json.h"
#include "number.h"
#include "place.h"

enum {
	INDEX,
	ID,
	SUBMITTER,
	NAME,
	ACCEPTED_AT,
	STATE,
	REASON,
	POINTER,
	SUITE,
	SUITE_VERSION,
	ENGINE,
	ENGINE_VERSION,
	QUANTIZATION,
	EVIDENCE,
	VERDICT,
	METRIC, /* null: no results */
	OF_CELL,
	CONDITIONS,
	VALUE,
	N,
	SD,
	SE,
	RAW_NAME /* null: that of the page */
};               /* of QUERY_MODEL_PAGE: a row for each result */

static void
add_text(struct text *out, const char *before, const char *s)
{
	text_add_str(out, before);
	json_print_string(s, strlen(s), out);
}

static void
add_text_if(struct text *out, const char *before, const struct db_rows *rows, size_t i, int column)
{
	if (!db_null(rows, i, column))
		add_text(out, before, db_text(rows, i, column));
}

static void
add_real_if(struct text *out, const char *before, const struct db_rows *rows, size_t i, int column)
{
	char real[REAL_SIZE];

	if (db_null(rows, i, column))
		return;
	real_print(db_real(rows, i, column), real);
	text_add_str(out, before);
	text_add_str(out, real);
}

/* JSON that was signed, as documents print it. */
static void
add_json(struct text *out, const char *before, const struct db_rows *rows, size_t i, int column)
{
	json_t *value = column_json(rows, i, column);

	text_add_str(out, before);
	out->failed = out->failed || value == NULL;
	if (value != NULL)
		json_print(value, out);
	json_decref(value);
}

static void
add_result(const struct db_rows *rows, size_t i, struct text *out)
{
	add_text(out, "{\"metric\":", db_text(rows, i, METRIC));
	text_addf(out, ",\"cell\":\"%s\"", column_hex(rows, i, OF_CELL));
	add_json(out, ",\"conditions\":", rows, i, CONDITIONS);
	add_real_if(out, ",\"value\":", rows, i, VALUE);
	text_addf(out, ",\"n\":%s", db_text(rows, i, N));
	add_real_if(out, ",\"sd\":", rows, i, SD);
	add_real_if(out, ",\"se\":", rows, i, SE);
	text_add_str(out, "}");
}

static void
add_head(const struct db_rows *rows, size_t i, struct text *out)
{
	char at[TIME_SIZE];

	time_print(db_whole(rows, i, ACCEPTED_AT) / 1000, at);
	text_addf(out, "{\"index\":%s,\"id\":\"%s\",\"submitter\":{\"id\":\"%s\"",
	    db_text(rows, i, INDEX), column_hex(rows, i, ID), column_hex(rows, i, SUBMITTER));
	add_text(out, ",\"name\":", db_text(rows, i, NAME));
	text_addf(out, "},\"accepted_at\":\"%s\"", at);
	add_text(out, ",\"state\":", db_text(rows, i, STATE));
	add_text_if(out, ",\"reason\":", rows, i, REASON);
	add_text_if(out, ",\"pointer\":", rows, i, POINTER);
	add_text(out, ",\"suite\":{\"name\":", db_text(rows, i, SUITE));
	text_addf(out, ",\"version\":%s}", db_text(rows, i, SUITE_VERSION));
	add_text(out, ",\"engine\":{\"name\":", db_text(rows, i, ENGINE));
	add_text(out, ",\"version\":", db_text(rows, i, ENGINE_VERSION));
	text_add_str(out, "}");
	add_text_if(out, ",\"quantization\":", rows, i, QUANTIZATION);
}

/* The run whose rows begin at i; returns the row behind them. */
static size_t
add_run(const struct db_rows *rows, size_t i, struct text *out)
{
	const char *index = db_text(rows, i, INDEX), *separator = "";
	size_t first = i;

	add_head(rows, i, out);
	text_add_str(out, ",\"results\":[");
	for (; i < db_rows_n(rows) && strcmp(db_text(rows, i, INDEX), index) == 0; i++) {
		if (db_null(rows, i, METRIC))
			continue;
		text_add_str(out, separator);
		add_result(rows, i, out);
		separator = ",";
	}
	text_add_str(out, "],\"evidence\":");
	if (db_null(rows, first, EVIDENCE))
		text_add_str(out, "[]");
	else
		add_json(out, "", rows, first, EVIDENCE);
	if (!db_null(rows, first, VERDICT))
		add_json(out, ",\"verdict\":", rows, first, VERDICT);
	add_text_if(out, ",\"raw_name\":", rows, first, RAW_NAME);
	text_add_str(out, "}");
	return i;
}

static void
add_runs(const struct db_rows *rows, struct text *out)
{
	struct text run = {0};

	document_begin_list(out, "runs");
	for (size_t i = 0; i < db_rows_n(rows);) {
		text_reset(&run);
		i = add_run(rows, i, &run);
		out->failed = out->failed || run.failed;
		if (!run.failed)
			document_list_add(out, run.data, run.n);
	}
	document_end_list(out);
	text_clear(&run);
}

bool
make_runs(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	const char *name = strchr(w->name, ' ') + 1;
	char page[24];
	struct db_param params[] = {{.data = name, .n = strlen(name)}, {.data = page}};
	struct db_rows *rows;

	params[1].n = (size_t)snprintf(page, sizeof(page), "%lld", atoll(w->name));
	rows = dbsync_ask(v->db, QUERY_MODEL_PAGE, params, f);
	model_runs_path(name, page, &out->path);
	if (rows != NULL && db_rows_n(rows) > 0) {
		document_begin(&out->text, "assay-model-runs-v1", w->log_size);
		document_add(&out->text, "name", json_string(name));
		document_add(&out->text, "page", json_integer(atoll(page)));
		add_runs(rows, &out->text);
		document_end(&out->text);
	}
	dbsync_free(rows);
	return rows != NULL && document_made(out, f);
}
