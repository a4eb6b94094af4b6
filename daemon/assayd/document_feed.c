/* document_feed.c — the feed: the newest changes of what cells stand for, and of what watched
 * policies say.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "column.h"
#include "documents.h"
#include "encode.h"
#include "feed.h"
#include "json.h"
#include "options.h"
#include "place.h"

#define ENTRIES_N 200 /* as QUERY_FEED asks for */

enum {
	INDEX,
	AT,
	CELL,
	METRIC,
	FROM,
	TO,
	WATCH, /* the statement of a watch, whose id stands for the metric; null: a cell's */
	TURNED
}; /* of QUERY_FEED; the last row is the log's first leaf */

static const struct shown *
cell_in(const struct view *v, const char *hex)
{
	uint8_t cell[SHA256_SIZE];

	return hex != NULL && hex_parse(hex, cell, SHA256_SIZE) ? shown_find(v->set, cell) : NULL;
}

/* "field value" of all that is not empty and not said by the model's name. */
static void
add_fields(const json_t *row, struct text *out)
{
	const char *name;
	json_t *value;

	json_object_foreach (json_object_get(row, "fields"), name, value)
		if (json_string_length(value) > 0 && strcmp(name, "subject") != 0)
			text_addf(out, ", %s %s",
			    strncmp(name, "conditions.", 11) == 0 ? name + 11 : name,
			    json_string_value(value));
}

struct said {
	struct text title, summary, href, what;
};

/* Add the entry of row i and free what is said. */
static void
put_entry(
    const struct view *v, const struct db_rows *rows, size_t i, struct said *t, struct text *out)
{
	if (!t->title.failed && !t->summary.failed && !t->href.failed && !t->what.failed)
		feed_add(out, v->server->options->origin,
		    &(struct feed_entry){.index = db_whole(rows, i, INDEX),
			.at_ms = db_whole(rows, i, AT),
			.what = t->what.data,
			.title = t->title.data,
			.summary = t->summary.data,
			.href = t->href.data});
	else
		out->failed = true;
	text_clear(&t->title);
	text_clear(&t->summary);
	text_clear(&t->href);
	text_clear(&t->what);
}

static void
add_transition(const struct view *v, const struct db_rows *rows, size_t i, struct text *out)
{
	const struct shown *s = cell_in(v, column_hex(rows, i, CELL));
	const char *metric = db_text(rows, i, METRIC), *to = db_text(rows, i, TO);
	struct said t = {0};
	json_t *row;

	if (s == NULL || (row = json_loadb(s->row, s->row_n, 0, NULL)) == NULL)
		return; /* nothing of it may be shown any more */
	text_addf(&t.title, "%s %s: %s is %s", s->model,
	    json_get_text(json_object_get(row, "model"), "quantization"), metric, to);
	text_addf(&t.summary, "%s: from %s to %s by statement %lld. Engine %s", s->suite->title,
	    db_text(rows, i, FROM), to, (long long)db_whole(rows, i, INDEX),
	    json_get_text(json_object_get(row, "engine"), "name"));
	add_fields(row, &t.summary);
	text_add_str(&t.href, "../../?model=");
	model_path(s->model, &t.href);
	text_addf(&t.what, "%s %s", column_hex(rows, i, CELL), metric);
	put_entry(v, rows, i, &t, out);
	json_decref(row);
}

/* What a policy under watch told. */
static void
add_turn(const struct view *v, const struct db_rows *rows, size_t i, struct text *out)
{
	const char *id = db_text(rows, i, METRIC), *payload = db_text(rows, i, WATCH);
	json_t *body = json_read_object(payload, strlen(payload), NULL), *policy;
	const char *text = json_get_text(body, "policy");
	struct said t = {0};

	policy = json_read_object(text, strlen(text), NULL);
	text_addf(&t.title, "%s by %s: %s", json_get_text(policy, "candidate"),
	    json_get_text(policy, "name"), db_text(rows, i, TO));
	text_addf(&t.summary,
	    "A policy under watch: from %s to %s. Statement %lld turned it, and it held for %lld "
	    "hours.",
	    db_text(rows, i, FROM), db_text(rows, i, TO), (long long)db_whole(rows, i, TURNED),
	    (long long)json_get_whole(policy, "settle_hours"));
	text_addf(&t.href, "../../?watch=%s", id);
	text_addf(&t.what, "watch %s", id);
	put_entry(v, rows, i, &t, out);
	json_decref(policy);
	json_decref(body);
}

bool
make_feed(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(v->db, QUERY_FEED, NULL, f);
	size_t n = rows != NULL ? db_rows_n(rows) : 0;

	(void)w;
	text_add_str(&out->path, "feed.atom");
	if (rows != NULL)
		feed_begin(&out->text, v->server->options->origin,
		    n > 0 ? db_whole(rows, 0, AT) : 0, ENTRIES_N);
	for (size_t i = 0; i < n; i++)
		if (!db_null(rows, i, CELL))
			add_transition(v, rows, i, &out->text);
		else if (!db_null(rows, i, WATCH))
			add_turn(v, rows, i, &out->text);
	if (rows != NULL)
		feed_end(&out->text);
	dbsync_free(rows);
	return rows != NULL && document_made(out, f);
}
