/* sequence.c — give pending statements their place in the log and settle them there.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sequence.h"

#include <stdlib.h>
#include <string.h>

#include "book_cells.h"
#include "book_names.h"
#include "derive.h"
#include "derive_changes.h"
#include "encode.h"
#include "json.h"
#include "leading.h"
#include "log.h"

/* Columns of QUERY_PENDING; the first six make the leaf. */
enum { KIND, ID, PAYLOAD_SHA256, KEY, SIGNATURE, ACCEPTED_AT_MS, PAYLOAD, ARRIVAL };

static struct db_param
text_param(const char *s)
{
	return (struct db_param){.data = s, .n = strlen(s)};
}

static bool
ask(struct dbsync *db, enum query q, const struct db_param *params, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(db, q, params, f);

	dbsync_free(rows);
	return rows != NULL;
}

/* ---- opening: the statements of a batch, and what they name, before any is settled ---- */

/* A stored statement, opened; or why this build cannot open it. */
struct opened {
	struct statement st;
	struct fault why;
};

struct opened_batch {
	struct opened *list;
	size_t n;
	struct wanted_cells cells;
	bool plain; /* none of them changes anything that stands already, but by being there too */
};

static void
open_row(const struct db_rows *pending, size_t row, struct opened *o)
{
	const struct kind_info *info = kind_named(db_text(pending, row, KIND));
	uint8_t id[SHA256_SIZE];
	size_t n = 0;
	uint8_t *payload = db_blob(pending, row, PAYLOAD, &n);

	if (payload == NULL || info == NULL)
		fault_set(&o->why, FAULT_INTERNAL, "", "a payload of a kind this build knows", "%s",
		    db_text(pending, row, KIND));
	else if (statement_from_row(info->type, payload, n, &o->st, &o->why) &&
		 !(db_bytes(pending, row, ID, id, SHA256_SIZE) &&
		     memcmp(id, o->st.id, SHA256_SIZE) == 0))
		fault_set(&o->why, FAULT_INTERNAL, "", "the id that the payload has", "another");
	free(payload);
}

static bool
open_all(const struct db_rows *pending, struct opened_batch *b, struct fault *f)
{
	size_t bytes = 0;

	b->list = calloc(db_rows_n(pending) + 1, sizeof(*b->list));
	if (b->list == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a batch", "none");
	while (b->n < db_rows_n(pending) && bytes < SEQUENCE_BYTES_N) {
		struct opened *o = &b->list[b->n];

		open_row(pending, b->n, o);
		bytes += strlen(db_text(pending, b->n++, PAYLOAD)) / 2;
		if (o->why.code == FAULT_NO_MEMORY)
			return fault_set(f, FAULT_NO_MEMORY, "", "memory for a statement", "none");
		if (o->why.code != FAULT_NONE)
			continue;
		b->plain = b->plain && leading_is_plain(&o->st);
	}
	return true;
}

static void
close_all(struct opened_batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		statement_clear(&b->list[i].st);
	free(b->list);
	wanted_cells_clear(&b->cells);
}

/* ---- settling ---- */

static bool
settle_unreadable(const struct db_rows *pending, size_t row, struct derivation *d,
    const struct fault *why, struct fault *f)
{
	uint8_t id[SHA256_SIZE];

	log_fault(LOG_LEVEL_ERROR, "statement_unreadable", why);
	log_event(LOG_LEVEL_ERROR, "statement_void", "id=%s", db_text(pending, row, ID) + 2);
	return db_bytes(pending, row, ID, id, SHA256_SIZE) &&
	       derivation_add_unreadable(d, id, db_text(pending, row, KIND),
		   db_whole(pending, row, ACCEPTED_AT_MS), why, f);
}

/* The members of the alias that a statement says or confirms; NULL: none. It ends its batch: what
 * comes behind it may stand in other cells than were brought in, and of those it moves not
 * everything may have been. */
static const json_t *
alias_settled_by(const struct derivation *d, const struct opened *o)
{
	const struct settled *target;
	uint8_t id[SHA256_SIZE];

	if (o->why.code != FAULT_NONE || o->st.kind == KIND_ALIAS)
		return o->why.code == FAULT_NONE ? o->st.body : NULL;
	if (o->st.kind != KIND_ACT ||
	    !hex_parse(json_get_text(o->st.body, "target"), id, SHA256_SIZE))
		return NULL;
	target = book_statement(&d->book, id);
	return target != NULL && target->kind == KIND_ALIAS ? target->body : NULL;
}

static bool
load_for(struct dbsync *db, const struct opened *o, struct derivation *d, struct fault *f)
{
	const struct loading from = {.book = &d->book, .db = db, .suites = d->suites};
	const json_t *alias;

	if (!book_load_named(&d->book, db, d->suites, &o->st, f))
		return false;
	alias = alias_settled_by(d, o);
	return alias == NULL || book_load_alias(&from, alias, f);
}

static bool
settle_row(struct dbsync *db, const struct db_rows *pending, size_t row, const struct opened *o,
    struct derivation *d, struct fault *f)
{
	bool done;

	if (o->why.code == FAULT_NONE)
		done = load_for(db, o, d, f) &&
		       derivation_add(d, &o->st, db_whole(pending, row, ACCEPTED_AT_MS), f);
	else
		done = settle_unreadable(pending, row, d, &o->why, f);
	return done || fault_set(f, FAULT_INTERNAL, "", "rows of a statement", "none for %s",
			   db_text(pending, row, ID));
}

/* The statements of a batch that are settled, and where a watch asks for another batch; 0: nowhere.
 */
struct settled_batch {
	size_t n, before;
};

/* Settle opened statements in their order, at most so many. */
static bool
settle_opened(struct dbsync *db, const struct db_rows *pending, const struct opened_batch *batch,
    size_t most, struct derivation *d, struct watches *watches, struct settled_batch *out,
    struct fault *f)
{
	enum watch_asks asks = WATCH_ASKS_NOTHING;
	bool done = true;

	out->n = 0;
	while (done && out->n < most && asks != WATCH_ASKS_END && !d->stopped &&
	       d->rows_n < SEQUENCE_RESULTS_N) {
		const struct opened *o = &batch->list[out->n];

		done = settle_row(db, pending, out->n, o, d, f) &&
		       (o->why.code != FAULT_NONE || watches_note(watches, d, &o->st, &asks, f));
		if (asks == WATCH_ASKS_BEGIN) {
			out->before = out->n;
			return done;
		}
		out->n += done;
		if (done && alias_settled_by(d, o) != NULL)
			break;
	}
	watches->cut = asks == WATCH_ASKS_END;
	return done;
}

/* What statements name that are no plain ones comes first, and whole: a run that they take out of
 * the count makes way for those behind it. All other cells need no more than what makes their
 * votes. */
static bool
load_named(const struct loading *from, const struct opened_batch *batch, struct fault *f)
{
	for (size_t i = 0; i < batch->n; i++)
		if (batch->list[i].why.code == FAULT_NONE &&
		    !leading_is_plain(&batch->list[i].st) &&
		    !book_load_named(from->book, from->db, from->suites, &batch->list[i].st, f))
			return false;
	return true;
}

/* The cells of all submissions, by the names in force. */
static bool
want_all(const struct loading *from, struct opened_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		if (batch->list[i].why.code == FAULT_NONE &&
		    batch->list[i].st.kind == KIND_SUBMISSION &&
		    !wanted_cells_add(
			&batch->cells, from->book, batch->list[i].st.body, from->suites))
			return false;
	return true;
}

static bool
load_all(const struct loading *from, struct opened_batch *batch, const struct db_rows *pending,
    struct fault *f)
{
	return book_load_signers(from->book, from->db, pending, KEY, f) &&
	       book_load_links(from->book, from->db, f) &&
	       names_load(&from->book->names, from->db, f) && load_named(from, batch, f) &&
	       (want_all(from, batch) ||
		   fault_set(f, FAULT_NO_MEMORY, "", "memory for cells", "none")) &&
	       book_load_cells(from, &batch->cells, f);
}

static bool
settle_all(struct dbsync *db, const struct db_rows *pending, struct derivation *d,
    struct leading *l, size_t most, struct settled_batch *out, struct fault *f)
{
	const struct loading from = {.book = &d->book, .db = db, .suites = d->suites};
	struct opened_batch batch = {.plain = true};
	bool done = open_all(pending, &batch, f);

	leading_take_book(l, d, batch.plain);
	watches_begin(&l->watches);
	out->before = 0;
	done = done && load_all(&from, &batch, pending, f) &&
	       settle_opened(
		   db, pending, &batch, batch.n < most ? batch.n : most, d, &l->watches, out, f);
	close_all(&batch);
	return done;
}

/* The leaf's hash goes into its row and into the tree. */
static bool
append_leaf(struct tree *tree, const struct db_rows *pending, size_t row, struct derivation *d,
    json_t *nodes)
{
	uint8_t hash[SHA256_SIZE];
	char hex[HEX32_SIZE];
	struct leaf leaf;

	if (!tree_leaf(pending, row, &leaf) || !leaf_hash(&leaf, hash) ||
	    !tree_append(tree, hash, nodes))
		return false;
	hex_print(hash, SHA256_SIZE, hex);
	return json_object_set_new(json_array_get(d->leaves, row), "hash", json_string(hex)) == 0;
}

static bool
append_leaves(struct tree *tree, const struct db_rows *pending, size_t n, struct derivation *d,
    json_t *nodes, struct fault *f)
{
	bool done = nodes != NULL;

	for (size_t i = 0; done && i < n; i++)
		done = append_leaf(tree, pending, i, d, nodes);
	return done || fault_set(f, FAULT_NO_MEMORY, "", "memory for leaves", "none");
}

static bool
write_rows(struct dbsync *db, enum query q, const json_t *rows, struct fault *f)
{
	struct text text = {0};
	struct db_param param;
	bool done;

	if (json_array_size(rows) == 0)
		return true;
	json_print(rows, &text);
	param = (struct db_param){.data = text.data, .n = text.n};
	done = !text.failed && ask(db, q, &param, f);
	text_clear(&text);
	return done || fault_set(f, FAULT_NO_MEMORY, "", "memory for rows", "none");
}

static bool
drop_pending(struct dbsync *db, const struct db_rows *pending, size_t n, struct fault *f)
{
	struct text list = {0};
	struct db_param param;
	bool done;

	for (size_t i = 0; i < n; i++)
		text_addf(&list, "%s%s", i ? "," : "{", db_text(pending, i, ARRIVAL));
	text_add_str(&list, "}");
	param = (struct db_param){.data = list.data, .n = list.n};
	done = !list.failed && ask(db, QUERY_DROP_PENDING, &param, f);
	text_clear(&list);
	return done;
}

/* Numbers as text parameters. */
struct numbers {
	char text[5][24];
	struct db_param params[6];
};

static void
numbers_fill(struct numbers *n, const int64_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		snprintf(n->text[i], sizeof(n->text[i]), "%lld", (long long)values[i]);
		n->params[i] = text_param(n->text[i]);
	}
}

/* Which cells and models the batch touched, what the index counts, and which timings were there
 * before. Before the changes: those take from a tally what is in it. */
static bool
add_touched(struct dbsync *db, const struct derivation *d, struct fault *f)
{
	const int64_t range[] = {d->first_index, d->next_index};
	struct numbers n;

	numbers_fill(&n, range, 2);
	return ask(db, QUERY_ADD_DIRTY, n.params, f) && ask(db, QUERY_ADD_TALLY, n.params, f) &&
	       ask(db, QUERY_ADD_VOICES, n.params, f) && ask(db, QUERY_ADD_RECORDS, n.params, f) &&
	       ask(db, QUERY_ADD_TIMINGS, n.params, f) && ask(db, QUERY_ADD_TWINS, n.params, f);
}

/* Compare and swap: no row back means that somebody else moved the head. */
static bool
move_head(struct dbsync *db, const struct derivation *d, const struct tree *tree, struct fault *f)
{
	const int64_t values[] = {d->first_index, d->next_index, d->as_of_ms,
	    (int64_t)json_array_size(d->submitters), d->void_n};
	uint8_t root[SHA256_SIZE];
	struct numbers n;
	struct db_rows *rows;
	bool moved;

	numbers_fill(&n, values, 5);
	frontier_root(&tree->frontier, root);
	n.params[5] = (struct db_param){.data = root, .n = sizeof(root), .binary = true};
	rows = dbsync_ask(db, QUERY_MOVE_HEAD, n.params, f);
	moved = rows != NULL && db_rows_n(rows) == 1;
	dbsync_free(rows);
	return moved || fault_set(f, FAULT_DATABASE, "", "the head where this leader left it",
			    "another size than %s", n.text[0]);
}

/* A batch on its way: what is pending, of which the first n are settled. */
struct batch {
	const struct db_rows *pending;
	size_t n;
	struct derivation d;
	json_t *nodes; /* of the tree */
};

static bool
write_batch(struct dbsync *db, const struct batch *b, struct leading *l, struct fault *f)
{
	const struct derivation *d = &b->d;

	return write_rows(db, QUERY_ADD_LEAVES, d->leaves, f) &&
	       write_rows(db, QUERY_ADD_NODES, b->nodes, f) &&
	       write_rows(db, QUERY_ADD_SUBMITTERS, d->submitters, f) &&
	       write_rows(db, QUERY_ADD_SUBMISSIONS, d->submissions, f) &&
	       write_rows(db, QUERY_ADD_RAW_CELLS, d->raw_cells, f) &&
	       write_rows(db, QUERY_ADD_CELLS, d->cells, f) &&
	       write_rows(db, QUERY_ADD_MEASUREMENTS, d->measurements, f) &&
	       write_rows(db, QUERY_ADD_ITEM_SCORES, d->item_scores, f) &&
	       write_rows(db, QUERY_ADD_USES, d->uses, f) &&
	       write_rows(db, QUERY_ADD_ACTS, d->acts, f) &&
	       write_rows(db, QUERY_ADD_ALIASES, d->aliases, f) &&
	       write_rows(db, QUERY_ADD_INTENTS, d->intents, f) &&
	       write_rows(db, QUERY_ADD_PRICES, d->prices, f) &&
	       write_rows(db, QUERY_ADD_DECISIONS, d->decisions, f) && add_touched(db, d, f) &&
	       write_changes(db, &d->book, f) && write_inputs(db, d, f) &&
	       watches_judge(&l->watches, db, d, f) && drop_pending(db, b->pending, b->n, f) &&
	       move_head(db, d, &l->tree, f) && dbsync_run(db, "COMMIT", f);
}

enum { HEAD_SIZE, HEAD_AS_OF_MS, MAY_LOG, SCHEMA }; /* of QUERY_HEAD_LOCKED */

/* What was settled is written by nobody yet: where a watch must be judged before a leaf, it is
 * settled once more up to there. */
static bool
settle(struct dbsync *db, struct batch *b, struct leading *l, const struct rules_snapshot *rules,
    struct fault *f)
{
	const struct suite_set *suites = b->d.suites;
	int64_t size = b->d.first_index, as_of_ms = b->d.as_of_ms;
	struct settled_batch settled;
	bool done = settle_all(db, b->pending, &b->d, l, SIZE_MAX, &settled, f);

	if (done && settled.before > 0) {
		size_t most = settled.before;

		derivation_clear(&b->d);
		done = derivation_begin(&b->d, suites, rules, size, as_of_ms, f) &&
		       settle_all(db, b->pending, &b->d, l, most, &settled, f);
		l->watches.cut = true;
	}
	b->n = settled.n;
	return done;
}

static bool
run_batch(struct server *server, struct dbsync *db, const struct db_rows *pending,
    const struct db_rows *head, struct leading *l, bool *more, struct fault *f)
{
	struct rules_snapshot *in_force = server_rules(server);
	struct batch b = {.pending = pending, .nodes = json_array()};
	struct tree *tree = &l->tree;
	int64_t size = db_whole(head, 0, HEAD_SIZE);
	uint8_t was[SHA256_SIZE];
	bool done;

	memcpy(was, in_force->rules.id, SHA256_SIZE);
	done = ((int64_t)tree->frontier.size == size || tree_load(tree, db, (uint64_t)size, f)) &&
	       derivation_begin(
		   &b.d, server->suites, in_force, size, db_whole(head, 0, HEAD_AS_OF_MS), f) &&
	       watches_load(&l->watches, db, size, f) && settle(db, &b, l, in_force, f) &&
	       append_leaves(tree, pending, b.n, &b.d, b.nodes, f) && write_batch(db, &b, l, f);
	rules_release(in_force);
	*more = b.n < db_rows_n(pending) || (int64_t)b.n == leading_takes(l);
	leading_plan(l, b.n, db_rows_n(pending),
	    memcmp(b.d.rules.id, was, SHA256_SIZE) == 0 && !b.d.stopped);
	if (done) {
		leading_keep_book(l, &b.d);
		log_event(
		    LOG_LEVEL_INFO, "logged", "n=%zu size=%lld", b.n, (long long)b.d.next_index);
	}
	derivation_clear(&b.d);
	json_decref(b.nodes);
	return done;
}

/* What a newer schema has is not known to this build, and would be left out. */
static bool
knows_schema(const struct db_rows *head, struct fault *f)
{
	return db_whole(head, 0, SCHEMA) <= ASSAY_SCHEMA ||
	       fault_set(f, FAULT_DATABASE, "",
		   "a build as new as the database's schema, to lead: upgrade this node",
		   "schema %lld, this build knows %d", (long long)db_whole(head, 0, SCHEMA),
		   ASSAY_SCHEMA);
}

/* While a migration is under way statements are taken, and wait. */
static bool
log_pending(struct server *server, struct dbsync *db, const struct db_rows *pending,
    struct leading *l, bool *more, struct fault *f)
{
	struct db_rows *head = NULL;
	bool done = dbsync_run(db, "BEGIN", f) &&
		    (head = dbsync_ask(db, QUERY_HEAD_LOCKED, NULL, f)) != NULL &&
		    db_rows_n(head) == 1 && knows_schema(head, f);

	if (done)
		done = db_bool(head, 0, MAY_LOG) ? run_batch(server, db, pending, head, l, more, f)
						 : dbsync_run(db, "ROLLBACK", f);
	dbsync_free(head);
	return done;
}

/* The rules were read before the transaction; only a leader moves them, and there is one. The head
 * is locked first, so that a second leader, were there one, would wait and then fail the swap. */
bool
sequence(struct server *server, struct dbsync *db, struct leading *l, bool *more, struct fault *f)
{
	struct numbers limit;
	struct db_rows *pending;
	const int64_t take_n = leading_takes(l);
	bool done;

	l->brief = false;
	numbers_fill(&limit, &take_n, 1);

	pending = dbsync_ask(db, QUERY_PENDING, limit.params, f);
	if (pending == NULL)
		return false;
	*more = false;
	done = db_rows_n(pending) == 0 || log_pending(server, db, pending, l, more, f);
	dbsync_free(pending);
	return done;
}
