/* document_people.c — the documents about people: a submitter's record, and what staff did and have
 * still to look at.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "column.h"
#include "document.h"
#include "documents.h"
#include "encode.h"
#include "json.h"

static json_t *
json_of(const char *text)
{
	return json_read_printed(text);
}

/* ---- a submitter ---- */

enum {
	ID,
	NAME,
	LINKS,
	ENROLLED_INDEX,
	ROLES,
	TRUSTED,
	ESTABLISHED,
	SUSPENDED,
	AGREEING_N,
	VOTER,
	BY_STATE,
	WITHOUT_INTENT,
	LONGER_THAN_INTENT
}; /* of QUERY_SUBMITTER */
enum { RUN_INDEX, RUN_ID, STATE, REASON, RUN_AT, SUITE, SUITE_VERSION, MODEL }; /* of its runs */
enum {
	INTENT_INDEX,
	INTENT_SUITE,
	INTENT_VERSION,
	INTENT_MODEL,
	COUNT,
	EXPIRES_AT,
	INTENT_STATE,
	DONE_N
}; /* of its intents */

static json_t *
run_json(const struct db_rows *rows, size_t i)
{
	return json_pack("{s:I, s:s, s:s, s:s*, s:o, s:o*, s:o*}", "index",
	    (json_int_t)db_whole(rows, i, RUN_INDEX), "id", column_hex(rows, i, RUN_ID), "state",
	    db_text(rows, i, STATE), "reason", column_text(rows, i, REASON), "accepted_at",
	    column_time(rows, i, RUN_AT), "suite", column_suite(rows, i, SUITE), "model",
	    model_json(column_text(rows, i, MODEL)));
}

static json_t *
intent_json(const struct db_rows *rows, size_t i)
{
	return json_pack("{s:I, s:o, s:o, s:I, s:I, s:s, s:s}", "index",
	    (json_int_t)db_whole(rows, i, INTENT_INDEX), "suite",
	    column_suite(rows, i, INTENT_SUITE), "model",
	    model_json(db_text(rows, i, INTENT_MODEL)), "count",
	    (json_int_t)db_whole(rows, i, COUNT), "done", (json_int_t)db_whole(rows, i, DONE_N),
	    "expires_at", db_text(rows, i, EXPIRES_AT), "state", db_text(rows, i, INTENT_STATE));
}

static void
add_submitter(const struct db_rows *who, int64_t log_size, struct text *out)
{
	const char *id = column_hex(who, 0, ID), *voter = column_hex(who, 0, VOTER);

	document_begin(out, "assay-submitter-v1", log_size);
	document_add(out, "id", json_string(id));
	document_add(out, "name", json_string(db_text(who, 0, NAME)));
	document_add(out, "links", json_of(db_text(who, 0, LINKS)));
	document_add(out, "enrolled_index", json_integer(db_whole(who, 0, ENROLLED_INDEX)));
	document_add(out, "roles", roles_json((unsigned int)db_whole(who, 0, ROLES)));
	document_add(out, "trusted", json_boolean(db_bool(who, 0, TRUSTED)));
	document_add(out, "established", json_boolean(db_bool(who, 0, ESTABLISHED)));
	document_add(out, "suspended", json_boolean(db_bool(who, 0, SUSPENDED)));
	document_add(out, "agreeing_cells", json_integer(db_whole(who, 0, AGREEING_N)));
	document_add(out, "votes_with", strcmp(id, voter) == 0 ? json_null() : json_string(voter));
	document_add(out, "submissions", json_of(db_text(who, 0, BY_STATE)));
	document_add(out, "without_intent", json_integer(db_whole(who, 0, WITHOUT_INTENT)));
	document_add(out, "longer_than_intent", json_integer(db_whole(who, 0, LONGER_THAN_INTENT)));
}

bool
make_submitter(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	uint8_t id[SHA256_SIZE];
	const struct db_param param = {.data = id, .n = sizeof(id), .binary = true};
	struct db_rows *who = NULL, *runs = NULL, *intents = NULL;

	if (hex_parse(w->name, id, SHA256_SIZE))
		who = dbsync_ask(v->db, QUERY_SUBMITTER, &param, f);
	if (who != NULL)
		runs = dbsync_ask(v->db, QUERY_SUBMITTER_RUNS, &param, f);
	if (runs != NULL)
		intents = dbsync_ask(v->db, QUERY_SUBMITTER_INTENTS, &param, f);
	text_addf(&out->path, "submitters/%s.json", w->name);
	if (intents != NULL && db_rows_n(who) == 1) {
		add_submitter(who, w->log_size, &out->text);
		document_add_list(&out->text, "intents", column_list(intents, intent_json));
		document_add_list(&out->text, "runs", column_list(runs, run_json));
		document_end(&out->text);
	}
	dbsync_free(who);
	dbsync_free(runs);
	dbsync_free(intents);
	if (intents == NULL)
		return false;
	return document_made(out, f);
}

/* ---- acts ---- */

enum {
	HELD_INDEX,
	HELD_ID,
	HELD_REASON,
	POINTER,
	HELD_AT,
	HELD_SUITE,
	HELD_VERSION,
	HELD_MODEL,
	HELD_BY,
	HELD_NAME,
	HELD_VERDICT
}; /* of QUERY_HELD */
enum {
	ACT_INDEX,
	ACT_ID,
	ACT,
	TARGET,
	OTHER,
	ROLE,
	BY,
	BY_NAME,
	CODE,
	WHY,
	ACT_AT,
	WAITS,
	TARGET_INDEX,
	TARGET_KIND,
	TARGET_NAME
}; /* of QUERY_ACTS */

/* What staff may give to their runner, a reason put in: `assay act` + words + id. */
static json_t *
commands(const char *id, const char *const *words, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(
		    list, json_sprintf("assay act %s %s --reason '…'", words[i], id));
	return list;
}

static json_t *
held_json(const struct db_rows *rows, size_t i)
{
	static const char *const words[] = {"release", "quarantine"};

	return json_pack("{s:I, s:s, s:s, s:s*, s:o, s:o, s:o, s:o, s:o, s:o*}", "index",
	    (json_int_t)db_whole(rows, i, HELD_INDEX), "id", column_hex(rows, i, HELD_ID), "reason",
	    db_text(rows, i, HELD_REASON), "pointer", column_text(rows, i, POINTER), "accepted_at",
	    column_time(rows, i, HELD_AT), "suite", column_suite(rows, i, HELD_SUITE), "model",
	    model_json(db_text(rows, i, HELD_MODEL)), "submitter",
	    person_json(column_hex(rows, i, HELD_BY), column_text(rows, i, HELD_NAME)), "commands",
	    commands(column_hex(rows, i, HELD_ID), words, 2), "verdict",
	    column_json(rows, i, HELD_VERDICT));
}

/* What an act was done to: a statement by its place in the log, or a submitter. */
static json_t *
target_json(const struct db_rows *rows, size_t i)
{
	json_t *target = json_pack("{s:s, s:s*, s:s*}", "id", column_hex(rows, i, TARGET), "kind",
	    column_text(rows, i, TARGET_KIND), "name", column_text(rows, i, TARGET_NAME));

	if (!db_null(rows, i, TARGET_INDEX))
		json_object_set_new(target, "index", json_integer(db_whole(rows, i, TARGET_INDEX)));
	return target;
}

/* Who signed with a root key is no submitter: by is null. */
static json_t *
act_json(const struct db_rows *rows, size_t i)
{
	static const char *const words[] = {"confirm"};
	json_t *by = person_json(column_hex(rows, i, BY), column_text(rows, i, BY_NAME));
	json_t *next =
	    db_bool(rows, i, WAITS) ? commands(column_hex(rows, i, ACT_ID), words, 1) : NULL;

	return json_pack("{s:I, s:s, s:s, s:o, s:s*, s:s*, s:o, s:s, s:s, s:o, s:b, s:o*}", "index",
	    (json_int_t)db_whole(rows, i, ACT_INDEX), "id", column_hex(rows, i, ACT_ID), "act",
	    db_text(rows, i, ACT), "target", target_json(rows, i), "other",
	    column_hex(rows, i, OTHER), "role", column_text(rows, i, ROLE), "by",
	    by != NULL ? by : json_null(), "reason_code", db_text(rows, i, CODE), "reason",
	    db_text(rows, i, WHY), "accepted_at", column_time(rows, i, ACT_AT), "waits",
	    db_bool(rows, i, WAITS), "commands", next);
}

/* ---- names ---- */

enum {
	ALIAS_INDEX,
	ALIAS_ID,
	OF,
	RAW,
	CANONICAL,
	ALIAS_BY,
	ALIAS_BY_NAME,
	ALIAS_WHY,
	ALIAS_AT,
	ALIAS_WAITS
}; /* of QUERY_ALIASES */

static json_t *
alias_json(const struct db_rows *rows, size_t i)
{
	static const char *const words[] = {"confirm"};
	bool waits = db_bool(rows, i, ALIAS_WAITS);

	return json_pack("{s:I, s:s, s:s, s:s, s:s?, s:o, s:s, s:o, s:b, s:o*}", "index",
	    (json_int_t)db_whole(rows, i, ALIAS_INDEX), "id", column_hex(rows, i, ALIAS_ID), "of",
	    db_text(rows, i, OF), "raw", db_text(rows, i, RAW), "canonical",
	    column_text(rows, i, CANONICAL), "by",
	    person_json(column_hex(rows, i, ALIAS_BY), column_text(rows, i, ALIAS_BY_NAME)),
	    "reason", db_text(rows, i, ALIAS_WHY), "accepted_at", column_time(rows, i, ALIAS_AT),
	    "waits", waits, "commands",
	    waits ? commands(column_hex(rows, i, ALIAS_ID), words, 1) : NULL);
}

/* An alias in force: columns of QUERY_NAMES_SHOWN. */
static json_t *
name_json(const struct db_rows *rows, size_t i)
{
	return json_pack("{s:s, s:s, s:s, s:I}", "of", db_text(rows, i, 0), "raw",
	    db_text(rows, i, 1), "canonical", db_text(rows, i, 2), "index",
	    (json_int_t)db_whole(rows, i, 3));
}

/* ---- the same timings from two submitters ---- */

enum {
	TWIN_INDEX,
	TWIN_ID,
	TWIN_STATE,
	TWIN_SUITE,
	TWIN_VERSION,
	TWIN_MODEL,
	TWIN_BY,
	TWIN_NAME,
	FIRST_INDEX,
	FIRST_ID,
	FIRST_STATE,
	FIRST_MODEL,
	FIRST_BY,
	FIRST_NAME
}; /* of QUERY_TWINS */

static json_t *
twin_commands(const struct db_rows *rows, size_t i)
{
	static const char *const words[] = {"hold"};
	json_t *list = commands(column_hex(rows, i, TWIN_ID), words, 1);

	json_array_append_new(
	    list, json_sprintf("assay act link %s %s --reason '…'", column_hex(rows, i, FIRST_BY),
		      column_hex(rows, i, TWIN_BY)));
	return list;
}

/* first: the earlier one, at the beginning of its columns. */
static json_t *
twin_side(const struct db_rows *rows, size_t i, bool first)
{
	int index = first ? FIRST_INDEX : TWIN_INDEX, id = first ? FIRST_ID : TWIN_ID,
	    state = first ? FIRST_STATE : TWIN_STATE, model = first ? FIRST_MODEL : TWIN_MODEL,
	    by = first ? FIRST_BY : TWIN_BY, name = first ? FIRST_NAME : TWIN_NAME;

	return json_pack("{s:I, s:s, s:s, s:o, s:o}", "index", (json_int_t)db_whole(rows, i, index),
	    "id", column_hex(rows, i, id), "state", db_text(rows, i, state), "model",
	    model_json(db_text(rows, i, model)), "submitter",
	    person_json(column_hex(rows, i, by), column_text(rows, i, name)));
}

static json_t *
twin_json(const struct db_rows *rows, size_t i)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "suite", column_suite(rows, i, TWIN_SUITE),
	    "first", twin_side(rows, i, true), "again", twin_side(rows, i, false), "commands",
	    twin_commands(rows, i));
}

/* Cells where established submitters do not agree, or votes lie far off. */
static json_t *
doubtful_cells(const struct view *v, int64_t *log_size)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->cells_n && json_array_size(list) < 500; i++) {
		const struct shown *s = v->cells[i];
		char hex[HEX32_SIZE];

		if (!s->contested && s->outliers_n == 0)
			continue;
		hex_print(s->cell, SHA256_SIZE, hex);
		json_array_append_new(
		    list, json_pack("{s:s, s:{s:s, s:I}, s:o, s:b, s:I}", "cell", hex, "suite",
			      "name", s->suite->name, "version", (json_int_t)s->suite->version,
			      "model", model_json(s->model), "contested", s->contested, "outliers",
			      (json_int_t)s->outliers_n));
		if (s->log_size > *log_size)
			*log_size = s->log_size;
	}
	return list;
}

/* What the queue is made of. */
struct queue {
	struct db_rows *held, *acts, *twins, *aliases, *in_force;
	json_t *doubtful, *names;
	int64_t log_size; /* behind the last leaf it depends on */
};

static void
depend_on(struct queue *q, const struct db_rows *rows, int column)
{
	if (db_rows_n(rows) > 0 && db_whole(rows, 0, column) >= q->log_size)
		q->log_size = db_whole(rows, 0, column) + 1;
}

static bool
ask_queue(const struct view *v, struct queue *q, struct fault *f)
{
	if ((q->held = dbsync_ask(v->db, QUERY_HELD, NULL, f)) == NULL ||
	    (q->acts = dbsync_ask(v->db, QUERY_ACTS, NULL, f)) == NULL ||
	    (q->twins = dbsync_ask(v->db, QUERY_TWINS, NULL, f)) == NULL ||
	    (q->aliases = dbsync_ask(v->db, QUERY_ALIASES, NULL, f)) == NULL ||
	    (q->in_force = dbsync_ask(v->db, QUERY_NAMES_SHOWN, NULL, f)) == NULL)
		return false;
	q->doubtful = doubtful_cells(v, &q->log_size);
	q->names = unknown_names(v, &q->log_size);
	depend_on(q, q->held, HELD_INDEX);
	depend_on(q, q->acts, ACT_INDEX);
	depend_on(q, q->twins, TWIN_INDEX);
	depend_on(q, q->aliases, ALIAS_INDEX);
	return (q->doubtful != NULL && q->names != NULL) ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for a queue", "none");
}

bool
make_acts(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	struct queue q = {0};
	bool done = ask_queue(v, &q, f);

	(void)w;
	text_add_str(&out->path, "acts.json");
	if (done) {
		document_begin(&out->text, "assay-acts-v1", q.log_size);
		document_add_list(&out->text, "held", column_list(q.held, held_json));
		document_add_list(&out->text, "doubtful", json_incref(q.doubtful));
		document_add_list(&out->text, "twins", column_list(q.twins, twin_json));
		document_add_list(&out->text, "unknown_names", json_incref(q.names));
		document_add_list(&out->text, "names", column_list(q.in_force, name_json));
		document_add_list(&out->text, "aliases", column_list(q.aliases, alias_json));
		document_add_list(&out->text, "acts", column_list(q.acts, act_json));
		document_end(&out->text);
	}
	json_decref(q.doubtful);
	json_decref(q.names);
	dbsync_free(q.held);
	dbsync_free(q.acts);
	dbsync_free(q.twins);
	dbsync_free(q.aliases);
	dbsync_free(q.in_force);
	return done && document_made(out, f);
}
