/* derive_changes.c — write what a batch changed of what stood before it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "derive_changes.h"

#include <stdio.h>
#include <string.h>

#include "encode.h"
#include "json.h"
#include "links.h"
#include "meeting.h"
#include "move.h"
#include "raw_cell.h"

static json_t *
hex_json(const uint8_t id[SHA256_SIZE])
{
	char hex[HEX32_SIZE];

	hex_print(id, SHA256_SIZE, hex);
	return json_string(hex);
}

/* One statement with a list of rows; nothing if the list is empty. Takes rows. */
static bool
write_list(struct dbsync *db, enum query q, json_t *rows, struct fault *f)
{
	struct text text = {0};
	struct db_param param;
	struct db_rows *answer = NULL;
	bool none = rows != NULL && json_array_size(rows) == 0;

	if (rows != NULL && !none) {
		json_print(rows, &text);
		param = (struct db_param){.data = text.data, .n = text.n};
		answer = text.failed ? NULL : dbsync_ask(db, q, &param, f);
	}
	text_clear(&text);
	json_decref(rows);
	dbsync_free(answer);
	return none || answer != NULL ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for changed rows", "none");
}

static json_t *
changed_persons(const struct book *b)
{
	json_t *list = json_array();
	struct person *p;
	size_t at = 0;

	while ((p = map_next(&b->persons, &at)) != NULL)
		if (p->changed)
			json_array_append_new(list,
			    json_pack("{s:o, s:I, s:b, s:b, s:I, s:b, s:I}", "id", hex_json(p->id),
				"roles", (json_int_t)p->roles, "trusted", p->trusted, "suspended",
				p->suspended, "keys_n", (json_int_t)p->keys_n, "established",
				p->established, "agreeing_n", (json_int_t)p->agreeing_n));
	return list;
}

static json_t *
changed_keys(const struct book *b)
{
	json_t *list = json_array();
	struct person_key *k;
	size_t at = 0;

	while ((k = map_next(&b->keys, &at)) != NULL)
		if (k->changed_at > 0)
			json_array_append_new(
			    list, json_pack("{s:o, s:o, s:I, s:b}", "key", hex_json(k->key),
				      "submitter", hex_json(k->owner->id), "index",
				      (json_int_t)k->changed_at, "revoked", k->revoked));
	return list;
}

static json_t *
changed_links(const struct book *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->links_n; i++) {
		const struct link *l = &b->links[i];
		bool a_first = memcmp(l->a->id, l->b->id, SHA256_SIZE) < 0;

		if (l->changed)
			json_array_append_new(list,
			    json_pack("{s:o, s:o, s:b}", "a", hex_json((a_first ? l->a : l->b)->id),
				"b", hex_json((a_first ? l->b : l->a)->id), "cut", l->cut));
	}
	return list;
}

/* Who stands for whom, for everybody in a link: the database tells what is new of it. */
static json_t *
voters(const struct book *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->links_n; i++) {
		const struct person *ends[] = {b->links[i].a, b->links[i].b};

		for (size_t k = 0; k < 2; k++)
			json_array_append_new(
			    list, json_pack("{s:o, s:o}", "id", hex_json(ends[k]->id), "voter",
				      hex_json(book_voter(b, ends[k])->id)));
	}
	return list;
}

static bool
write_links(struct dbsync *db, const struct book *b, struct fault *f)
{
	json_t *links = changed_links(b);

	if (links != NULL && json_array_size(links) == 0) {
		json_decref(links);
		return true;
	}
	return write_list(db, QUERY_CHANGE_LINKS, links, f) &&
	       write_list(db, QUERY_CHANGE_VOTERS, voters(b), f);
}

static json_t *
changed_states(const struct book *b)
{
	json_t *list = json_array();
	struct settled *s;
	size_t at = 0;

	while ((s = map_next(&b->statements, &at)) != NULL)
		if (s->changed_at >= 0 && s->kind != KIND_ACT && s->kind != KIND_ALIAS)
			json_array_append_new(list,
			    json_pack("{s:I, s:s, s:O?, s:b, s:I}", "index", (json_int_t)s->index,
				"state", state_name(s->state), "reason", s->why, "withheld",
				s->withheld, "by", (json_int_t)s->changed_at));
	return list;
}

static void
add_cleared(const struct settled *s, json_t *list)
{
	for (size_t i = 0; i < s->results_n; i++)
		if (s->results[i].waits == WAIT_CLEARED)
			json_array_append_new(
			    list, json_pack("{s:I, s:I}", "index", (json_int_t)s->index, "position",
				      (json_int_t)s->results[i].position));
}

/* A change of state clears all there are. */
static json_t *
cleared_results(const struct book *b)
{
	json_t *list = json_array();
	struct settled *s;
	size_t at = 0;

	while ((s = map_next(&b->statements, &at)) != NULL)
		if (s->waits_changed && s->state == STATE_HELD)
			add_cleared(s, list);
	return list;
}

static void
add_accords(const struct meeting *m, json_t *list)
{
	for (size_t i = 0; i < m->accords_n; i++) {
		const struct accord *a = &m->accords[i];

		if (a->agrees != a->stored)
			json_array_append_new(
			    list, json_pack("{s:o, s:o, s:b}", "cell", hex_json(m->id), "submitter",
				      hex_json(a->by->id), "agrees", a->agrees));
	}
}

static json_t *
changed_accords(const struct book *b)
{
	json_t *list = json_array();
	const struct meeting *m;
	size_t at = 0;

	while ((m = map_next(&b->meetings, &at)) != NULL)
		add_accords(m, list);
	return list;
}

static json_t *
used_invitations(const struct book *b)
{
	json_t *list = json_array();
	const struct used_invitation *used;
	size_t at = 0;

	while ((used = map_next(&b->invitations, &at)) != NULL)
		if (used->index >= 0)
			json_array_append_new(
			    list, json_pack("{s:o, s:I}", "id", hex_json(used->id), "index",
				      (json_int_t)used->index));
	return list;
}

static json_t *
stirs(const struct book *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->stirs_n; i++)
		json_array_append_new(
		    list, json_pack("{s:o, s:I, s:b}", "submitter", hex_json(b->stirs[i].of->id),
			      "index", (json_int_t)b->stirs[i].index, "cells", b->stirs[i].cells));
	return list;
}

static json_t *
transitions(const struct book *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->transitions_n; i++) {
		const struct transition *t = &b->transitions[i];

		json_array_append_new(list,
		    json_pack("{s:I, s:o, s:s, s:s, s:s}", "index", (json_int_t)t->index, "cell",
			hex_json(t->at->id), "metric", t->at->suite->metrics[t->metric].name, "was",
			standing_name(t->from), "now", standing_name(t->to)));
	}
	return list;
}

static json_t *
moves(const struct book *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->moves_n; i++) {
		const struct move *m = &b->moves[i];

		json_array_append_new(
		    list, json_pack("{s:I, s:I, s:s, s:s, s:b}", "by", (json_int_t)m->by, "index",
			      (json_int_t)m->of->index, "was", state_name(m->from), "now",
			      state_name(m->to), "withheld", m->withheld));
	}
	return list;
}

static json_t *
changed_names(const struct book *b)
{
	json_t *list = json_array();
	const struct alias *a;
	size_t at = 0;

	while ((a = map_next(&b->names.aliases, &at)) != NULL)
		if (a->changed)
			json_array_append_new(list,
			    json_pack("{s:s, s:s, s:s?, s:I}", "of", name_of_text(a->of), "raw",
				a->raw, "canonical", a->canonical, "index", (json_int_t)a->index));
	return list;
}

/* The cells that anything was moved to, by canonical names. */
static json_t *
new_cells(const struct book *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->cell_moves_n; i++) {
		const struct cell_move *m = &b->cell_moves[i];

		json_array_append_new(list,
		    json_pack("{s:o, s:s, s:I, s:o}", "cell", hex_json(m->to->id), "suite",
			m->to->suite->name, "suite_version", (json_int_t)m->to->suite->version,
			"fields", names_fields(&b->names, m->raw->fields)));
	}
	return list;
}

static json_t *
cell_moves(const struct book *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->cell_moves_n; i++) {
		const struct cell_move *m = &b->cell_moves[i];

		json_array_append_new(
		    list, json_pack("{s:o, s:o, s:o, s:I}", "raw_cell", hex_json(m->raw->id), "was",
			      hex_json(m->from->id), "now", hex_json(m->to->id), "index",
			      (json_int_t)m->index));
	}
	return list;
}

/* Cells before names: what is shown by a name is looked up where it stands now. */
static bool
write_names(struct dbsync *db, const struct book *b, struct fault *f)
{
	return write_list(db, QUERY_ADD_CELLS, new_cells(b), f) &&
	       write_list(db, QUERY_MOVE_CELLS, cell_moves(b), f) &&
	       write_list(db, QUERY_CHANGE_NAMES, changed_names(b), f);
}

/* A PostgreSQL array of what `pick` takes from the statements that changed. */
static bool
write_array(struct dbsync *db, enum query q, const struct book *b,
    bool (*pick)(const struct settled *s, struct text *out), struct fault *f)
{
	struct text list = {0}, one = {0};
	struct db_param param;
	struct db_rows *answer = NULL;
	struct settled *s;
	size_t at = 0;

	while ((s = map_next(&b->statements, &at)) != NULL) {
		text_reset(&one);
		if (s->changed_at >= 0 && pick(s, &one))
			text_addf(&list, "%s%s", list.n ? "," : "{", one.data);
	}
	if (list.n == 0 && !list.failed && !one.failed) {
		text_clear(&one);
		return true;
	}
	text_add_str(&list, "}");
	param = (struct db_param){.data = list.data, .n = list.n};
	if (!list.failed && !one.failed)
		answer = dbsync_ask(db, q, &param, f);
	text_clear(&list);
	text_clear(&one);
	dbsync_free(answer);
	return answer != NULL ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for changed rows", "none");
}

static bool
pick_confirmed(const struct settled *s, struct text *out)
{
	if ((s->kind != KIND_ACT && s->kind != KIND_ALIAS) || s->waits)
		return false;
	text_addf(out, "%lld", (long long)s->index);
	return true;
}

static bool
pick_withheld(const struct settled *s, struct text *out)
{
	char hex[HEX32_SIZE];

	if (!s->withheld)
		return false;
	hex_print(s->id, SHA256_SIZE, hex);
	text_addf(out, "\"\\\\x%s\"", hex);
	return true;
}

bool
write_changes(struct dbsync *db, const struct book *b, struct fault *f)
{
	/* states before bytes: only what is withheld may lose them; then evidence */
	return write_list(db, QUERY_CHANGE_SUBMITTERS, changed_persons(b), f) &&
	       write_list(db, QUERY_CHANGE_KEYS, changed_keys(b), f) && write_links(db, b, f) &&
	       write_list(db, QUERY_CHANGE_STATES, changed_states(b), f) &&
	       write_list(db, QUERY_CHANGE_VOICES, changed_states(b), f) &&
	       write_list(db, QUERY_CHANGE_WAITS, cleared_results(b), f) &&
	       write_list(db, QUERY_ADD_MOVES, moves(b), f) &&
	       write_list(db, QUERY_CHANGE_AGREEMENTS, changed_accords(b), f) &&
	       write_list(db, QUERY_ADD_INVITATIONS, used_invitations(b), f) &&
	       write_list(db, QUERY_STIR, stirs(b), f) &&
	       write_list(db, QUERY_ADD_TRANSITIONS, transitions(b), f) && write_names(db, b, f) &&
	       write_array(db, QUERY_CHANGE_ACTS, b, pick_confirmed, f) &&
	       write_array(db, QUERY_CHANGE_REACH, b, pick_withheld, f) &&
	       write_array(db, QUERY_WITHHOLD, b, pick_withheld, f) &&
	       write_array(db, QUERY_EVIDENCE_DROP, b, pick_withheld, f);
}
