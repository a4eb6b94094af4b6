/* watches.c — the policies under watch, as the leader keeps them while the log grows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "watches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book_names.h"
#include "catalogue.h"
#include "encode.h"
#include "gate_rows.h"
#include "json.h"
#include "list.h"
#include "log.h"

#define LATER_MS (60LL * 60 * 1000) /* less than the shortest time that anything takes */
#define LATER_ITEMS_MAX 3           /* see QUERY_GATE_ITEMS */

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for watches", "none");
}

void
watches_begin(struct watches *w)
{
	for (size_t i = 0; i < w->leaves_n; i++)
		watch_leaf_clear(&w->leaves[i]);
	w->leaves_n = 0;
	w->cut = false;
	for (size_t i = 0; i < w->n; i++)
		w->list[i].due = w->list[i].ended = w->list[i].judged = false;
}

void
watches_clear(struct watches *w)
{
	watches_begin(w);
	free(w->leaves);
	for (size_t i = 0; i < w->n; i++)
		watch_clear(&w->list[i].watch);
	free(w->list);
	memset(w, 0, sizeof(*w));
}

static struct watch *
add_watch(struct watches *w)
{
	struct kept_watch *list = list_room(w->list, w->n, &w->room, sizeof(*list));

	if (list == NULL)
		return NULL;
	w->list = list;
	memset(&list[w->n], 0, sizeof(*list));
	return &list[w->n++].watch;
}

/* ---- cells ---- */

static bool
named_cells(struct dbsync *db, const struct watch *w, struct text *cells, struct fault *f)
{
	return gate_rows_named(db, w->policy.candidate, w->policy.baseline, cells, f);
}

/* Where a leaf stands: nobody else made a new cell of these models since the last time. */
static bool
leaf_cells(struct dbsync *db, const struct watch_leaf *l, struct text *cells, struct fault *f)
{
	char index[24];
	struct db_param param = {.data = index};

	for (size_t i = 0; i < l->touched_n; i++)
		gate_rows_add_cell(l->touched[i], cells);
	if (l->adds) /* all of them are touched */
		return true;
	param.n = (size_t)snprintf(index, sizeof(index), "%lld", (long long)l->index);
	return gate_rows_ask_cells(db, QUERY_GATE_LEAF_CELLS, &param, cells, f);
}

/* ---- from the rows ---- */

enum {
	INDEX,
	ID,
	BY,
	PAYLOAD,
	TOLD,
	TOLD_INDEX,
	NOW,
	TURNED_INDEX,
	TURNED_AT_MS,
	STALE_AT_MS,
	JUDGED_INDEX,
	TOLD_RULES,
	TURNED_RULES,
	RULES
}; /* of QUERY_WATCHES_STANDING */

static json_t *
json_column(const struct db_rows *rows, size_t row, int column)
{
	return db_null(rows, row, column) ? NULL : json_read_printed(db_text(rows, row, column));
}

static bool
take_watch(const struct db_rows *rows, size_t i, struct watch *w, struct fault *f)
{
	const char *payload = db_text(rows, i, PAYLOAD);
	json_t *body = json_read_object(payload, strlen(payload), f);
	uint8_t id[SHA256_SIZE], by[SHA256_SIZE];
	bool done =
	    body != NULL && db_bytes(rows, i, ID, id, SHA256_SIZE) &&
	    db_bytes(rows, i, BY, by, SHA256_SIZE) &&
	    watch_begin(w, id, db_whole(rows, i, INDEX), by, json_object_get(body, "policy"), f) &&
	    verdict_named(db_text(rows, i, TOLD), &w->told) &&
	    verdict_named(db_text(rows, i, NOW), &w->now);

	json_decref(body);
	w->judged = true;
	w->told_index = db_whole(rows, i, TOLD_INDEX);
	w->turned_index = db_whole(rows, i, TURNED_INDEX);
	w->turned_at_ms = db_whole(rows, i, TURNED_AT_MS);
	w->stale_at_ms = db_whole(rows, i, STALE_AT_MS);
	w->judged_index = db_whole(rows, i, JUDGED_INDEX);
	w->told_rules = json_column(rows, i, TOLD_RULES);
	w->turned_rules = json_column(rows, i, TURNED_RULES);
	w->rules = json_column(rows, i, RULES);
	return done;
}

/* Their cells are those of the models: more than were looked at by name, at most. */
static bool
load_cells(struct dbsync *db, const struct names *names, struct watch *w, struct fault *f)
{
	struct text cells = {0};
	struct db_param param;
	struct db_rows *rows = NULL;
	bool done = named_cells(db, w, &cells, f);

	text_add_str(&cells, cells.n ? "}" : "{}");
	param = (struct db_param){.data = cells.data, .n = cells.n};
	if (done && !cells.failed)
		rows = dbsync_ask(db, QUERY_GATE_CELLS, &param, f);
	text_clear(&cells);
	if (rows != NULL && (w->cells = calloc(db_rows_n(rows) + 1, SHA256_SIZE)) != NULL)
		for (size_t i = 0; i < db_rows_n(rows); i++) {
			const char *text = db_text(rows, i, 4);
			json_t *model = json_read_object(text, strlen(text), NULL);

			/* rows come by cell, so the list is sorted */
			if (watch_names(w, names, model) &&
			    db_bytes(rows, i, 0, w->cells[w->cells_n], SHA256_SIZE))
				w->cells_n++;
			json_decref(model);
		}
	dbsync_free(rows);
	return w->cells != NULL || no_memory(f);
}

bool
watches_load(struct watches *w, struct dbsync *db, int64_t size, struct fault *f)
{
	struct names names = {0};
	struct db_rows *rows;
	bool done;

	if (w->loaded && w->size == size)
		return true;
	watches_clear(w);
	rows = dbsync_ask(db, QUERY_WATCHES_STANDING, NULL, f);
	done = rows != NULL && names_load(&names, db, f);
	for (size_t i = 0; done && i < db_rows_n(rows); i++) {
		struct watch *watch = add_watch(w);

		done = watch != NULL && take_watch(rows, i, watch, f) &&
		       load_cells(db, &names, watch, f);
	}
	dbsync_free(rows);
	names_clear(&names);
	w->loaded = done;
	w->size = size;
	return done || no_memory(f);
}

/* ---- which are due ---- */

/* Who would have to be judged behind it, as far as one can tell before the leaves that wait are. */
static bool
mark(struct watches *w, const struct derivation *d, const struct watch_leaf *l, bool *ends)
{
	bool meets = false, any = false;

	for (size_t i = 0; i < w->leaves_n && !meets; i++)
		meets = watch_leaves_meet(&w->leaves[i], l);
	for (size_t i = 0; i < w->n; i++) {
		struct kept_watch *k = &w->list[i];
		bool concerned = meets || watch_concerned(&k->watch, l);

		k->ended = watch_ended(&k->watch, &d->book);
		*ends = *ends || k->ended;
		k->due = k->due || concerned;
		any = any || k->ended || concerned;
	}
	return any;
}

/* What a later state of the rows still shows: a run more, of one hour's; of suites with items the
 * rows have no more runs of a submitter than those. */
static bool
can_wait(const struct watches *w, const struct watch_leaf *l)
{
	size_t items_n = l->items;

	for (size_t i = 0; i < w->leaves_n; i++)
		items_n += w->leaves[i].items;
	return l->adds && items_n <= LATER_ITEMS_MAX &&
	       (w->leaves_n == 0 || l->as_of_ms - w->leaves[0].as_of_ms < LATER_MS);
}

static bool
push(struct watches *w, const struct watch_leaf *l)
{
	struct watch_leaf *list = list_room(w->leaves, w->leaves_n, &w->leaves_room, sizeof(*list));

	if (list == NULL)
		return false;
	w->leaves = list;
	list[w->leaves_n++] = *l;
	return true;
}

bool
watches_note(struct watches *w, const struct derivation *d, const struct statement *st,
    enum watch_asks *asks, struct fault *f)
{
	const struct leaf_in in = {
	    .st = st, .index = d->next_index - 1, .book = (struct book *)&d->book};
	bool ends = json_array_size(d->watches) > 0; /* one that begins */
	struct watch_leaf l = {0};

	*asks = WATCH_ASKS_NOTHING;
	if (w->n == 0 && !ends)
		return true;
	if (!watch_leaf_note(&l, &in, d->as_of_ms))
		return no_memory(f);
	if (!mark(w, d, &l, &ends) && !ends) {
		watch_leaf_clear(&l);
		return true;
	}
	if (!ends && can_wait(w, &l))
		*asks = WATCH_ASKS_LATER;
	else
		*asks = w->leaves_n > 0 ? WATCH_ASKS_BEGIN : WATCH_ASKS_END;
	if (*asks == WATCH_ASKS_BEGIN) {
		watch_leaf_clear(&l);
		return true;
	}
	if (push(w, &l))
		return true;
	watch_leaf_clear(&l);
	return no_memory(f);
}

/* ---- what comes out ---- */

static json_t *
hex_json(const uint8_t id[SHA256_SIZE])
{
	char hex[HEX32_SIZE];

	hex_print(id, SHA256_SIZE, hex);
	return json_string(hex);
}

static json_t *
watch_row(const struct watch *w)
{
	return json_pack("{s:I, s:o, s:o, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:O, s:O*, s:O}",
	    "index", (json_int_t)w->index, "id", hex_json(w->id), "submitter", hex_json(w->by),
	    "told", verdict_name(w->told), "told_index", (json_int_t)w->told_index, "now",
	    verdict_name(w->now), "turned_index", (json_int_t)w->turned_index, "turned_at_ms",
	    (json_int_t)w->turned_at_ms, "stale_at_ms", (json_int_t)w->stale_at_ms, "judged_index",
	    (json_int_t)w->judged_index, "told_rules", w->told_rules, "turned_rules",
	    w->turned_rules, "rules", w->rules);
}

static bool
write_rows(struct dbsync *db, enum query q, const json_t *list, struct fault *f)
{
	struct text text = {0};
	struct db_param param;
	struct db_rows *rows = NULL;
	bool none = json_array_size(list) == 0;

	if (!none) {
		json_print(list, &text);
		param = (struct db_param){.data = text.data, .n = text.n};
		rows = text.failed ? NULL : dbsync_ask(db, q, &param, f);
	}
	text_clear(&text);
	dbsync_free(rows);
	return none || rows != NULL || no_memory(f);
}

/* ---- judging ---- */

/* Rows to be written. */
struct results {
	json_t *watches, *turns, *ended;
};

static void
add_turns(const struct watch *w, const json_t *turns, json_t *list)
{
	json_t *turn;
	size_t i;

	json_array_foreach (turns, i, turn) {
		json_array_append_new(
		    list, json_pack("{s:I, s:O}", "watch", (json_int_t)w->index, "turn", turn));
		log_event(LOG_LEVEL_INFO, "watch_turned", "watch=%lld from=%s to=%s",
		    (long long)w->index, json_get_text(turn, "from"), json_get_text(turn, "to"));
	}
}

/* All that are due are judged from one reading of the rows: cells of others change nothing. */
static bool
list_cells(const struct watches *w, struct dbsync *db, const struct names *names,
    struct text *cells, struct fault *f)
{
	bool renamed = names->last_index == w->leaves[w->leaves_n - 1].index, done = true;

	for (size_t i = 0; done && i < w->leaves_n; i++)
		done = leaf_cells(db, &w->leaves[i], cells, f);
	for (size_t i = 0; done && i < w->n; i++) {
		const struct watch *one = &w->list[i].watch;

		if (!w->list[i].due || w->list[i].ended)
			continue;
		for (size_t k = 0; k < one->cells_n; k++)
			gate_rows_add_cell(one->cells[k], cells);
		done = (one->judged && !renamed) || named_cells(db, one, cells, f);
	}
	text_add_str(cells, cells->n ? "}" : "{}");
	return done && (!cells->failed || no_memory(f));
}

static bool
load_rows(const struct watches *w, struct dbsync *db, const struct derivation *d,
    struct gate_rows *g, struct fault *f)
{
	struct text cells = {0};
	bool done = list_cells(w, db, &d->book.names, &cells, f) &&
		    gate_rows_load(g, db, d->suites, &cells, d->next_index, f);

	for (size_t i = 0; done && i < w->n; i++)
		if (w->list[i].due && !w->list[i].ended && g->evidence.prices.n == 0)
			done = gate_rows_prices(g, db, &w->list[i].watch.policy, d->catalogue, f);
	text_clear(&cells);
	return done;
}

static bool
judge_one(const struct watch_moment *at, struct watch *w, struct results *out, struct fault *f)
{
	json_t *turns = json_array();
	bool done = watch_judge(w, at, turns);

	if (done)
		add_turns(w, turns, out->turns);
	json_decref(turns);
	return done || no_memory(f);
}

/* Behind one leaf, all before it judged. */
static bool
judge_behind(struct watches *w, const struct watch_leaf *l, struct watch_moment *at,
    struct results *out, struct fault *f)
{
	bool done = true;

	at->index = l->index;
	at->as_of_ms = l->as_of_ms;
	for (size_t i = 0; done && i < w->n; i++) {
		struct kept_watch *k = &w->list[i];

		if (!k->due || k->ended || !watch_concerned(&k->watch, l))
			continue;
		done = judge_one(at, &k->watch, out, f);
		k->judged = true;
	}
	return done;
}

/* Those that begin with this batch: one at most, which ends it. */
static bool
take_new(struct watches *w, const struct derivation *d, struct fault *f)
{
	const json_t *row;
	size_t i;

	json_array_foreach (d->watches, i, row) {
		uint8_t id[SHA256_SIZE], by[SHA256_SIZE];
		struct watch *watch = add_watch(w);

		if (watch == NULL)
			return no_memory(f);
		if (!hex_parse(json_get_text(row, "id"), id, SHA256_SIZE) ||
		    !hex_parse(json_get_text(row, "submitter"), by, SHA256_SIZE) ||
		    !watch_begin(watch, id, json_get_whole(row, "index"), by,
			json_object_get(row, "policy"), f))
			return false;
		w->list[w->n - 1].due = true;
	}
	return true;
}

static void
drop_ended(struct watches *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->n; i++)
		if (w->list[i].ended)
			watch_clear(&w->list[i].watch);
		else
			w->list[kept++] = w->list[i];
	w->n = kept;
}

static bool
judge_due(struct watches *w, struct dbsync *db, const struct derivation *d, struct results *out,
    struct fault *f)
{
	struct gate_rows g = {0};
	struct suite_set suites;
	struct watch_moment at = {.evidence = &g.evidence,
	    .suites = &suites,
	    .catalogue_changes = d->catalogue == NULL || memcmp(d->catalogue->digest,
							     d->rules.catalogue, SHA256_SIZE) != 0};
	bool done;

	if (!rules_suites(&d->rules, d->suites, &suites))
		return no_memory(f);
	done = load_rows(w, db, d, &g, f);
	for (size_t i = 0; done && i < w->leaves_n; i++) {
		gate_evidence_as_of(&g.evidence, w->leaves[i].index + 1);
		done = judge_behind(w, &w->leaves[i], &at, out, f);
	}
	gate_rows_clear(&g);
	free(suites.suites);
	return done;
}

static bool
judge_all(struct watches *w, struct dbsync *db, const struct derivation *d, struct results *out,
    struct fault *f)
{
	bool done = w->leaves_n == 0 || judge_due(w, db, d, out, f);

	for (size_t i = 0; done && i < w->n; i++) {
		struct kept_watch *k = &w->list[i];

		if (k->ended)
			json_array_append_new(
			    out->ended, json_pack("{s:I, s:I}", "index", (json_int_t)k->watch.index,
					    "ended", (json_int_t)(d->next_index - 1)));
		else if (k->judged)
			done = json_array_append_new(out->watches, watch_row(&k->watch)) == 0 ||
			       no_memory(f);
	}
	return done;
}

bool
watches_judge(struct watches *w, struct dbsync *db, const struct derivation *d, struct fault *f)
{
	struct results out = {json_array(), json_array(), json_array()};
	bool done = take_new(w, d, f) && judge_all(w, db, d, &out, f) &&
		    write_rows(db, QUERY_PUT_WATCHES, out.watches, f) &&
		    write_rows(db, QUERY_ADD_WATCH_TURNS, out.turns, f) &&
		    write_rows(db, QUERY_END_WATCHES, out.ended, f);

	drop_ended(w);
	w->size = d->next_index;
	json_decref(out.watches);
	json_decref(out.turns);
	json_decref(out.ended);
	return done;
}
