/* book_load.c — bring what a leaf names from the rows into the book.
 * SPDX-License-Identifier: Apache-2.0 */
#include "book_load.h"

#include <string.h>

#include "book_cells.h"
#include "encode.h"
#include "invitation.h"
#include "json.h"
#include "links.h"
#include "submission.h"

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for what a leaf names", "none");
}

static struct db_param
bytes_param(const uint8_t *bytes)
{
	return (struct db_param){.data = bytes, .n = SHA256_SIZE, .binary = true};
}

struct person *
book_take_person(struct book *b, const struct db_rows *rows, size_t row, int first)
{
	uint8_t id[SHA256_SIZE];
	struct person *p;

	if (!db_bytes(rows, row, first, id, SHA256_SIZE))
		return NULL;
	p = book_person(b, id);
	if (p != NULL || (p = book_add_person(b, id)) == NULL)
		return p;
	p->roles = (unsigned int)db_whole(rows, row, first + 1);
	p->trusted = db_bool(rows, row, first + 2);
	p->suspended = db_bool(rows, row, first + 3);
	p->keys_n = db_whole(rows, row, first + 4);
	p->established = db_bool(rows, row, first + 5);
	p->agreeing_n = db_whole(rows, row, first + 6);
	return p;
}

/* Columns of QUERY_SIGNERS: key, revoked, then the person. */
static bool
take_keys(struct book *b, const struct db_rows *rows, struct fault *f)
{
	uint8_t key[KEY_SIZE];

	for (size_t i = 0; i < db_rows_n(rows); i++) {
		struct person *p = book_take_person(b, rows, i, 2);
		struct person_key *k;

		if (p == NULL || !db_bytes(rows, i, 0, key, KEY_SIZE))
			return no_memory(f);
		if (book_key(b, key) != NULL)
			continue;
		k = book_add_key(b, key, p);
		if (k == NULL)
			return no_memory(f);
		k->revoked = db_bool(rows, i, 1);
	}
	return true;
}

static bool
ask_keys(struct book *b, struct dbsync *db, const struct text *list, struct fault *f)
{
	struct db_param param = {.data = list->data, .n = list->n};
	struct db_rows *rows;
	bool done;

	if (list->failed)
		return no_memory(f);
	rows = dbsync_ask(db, QUERY_SIGNERS, &param, f);
	done = rows != NULL && take_keys(b, rows, f);
	dbsync_free(rows);
	return done;
}

bool
book_load_signers(
    struct book *b, struct dbsync *db, const struct db_rows *rows, int column, struct fault *f)
{
	struct text list = {0};
	bool done;

	db_bytea_array(rows, 0, db_rows_n(rows), column, &list);
	done = ask_keys(b, db, &list, f);
	text_clear(&list);
	return done;
}

static bool
load_key(struct book *b, struct dbsync *db, const char *base64, struct fault *f)
{
	uint8_t key[KEY_SIZE];
	char hex[HEX32_SIZE];
	struct text list = {0};
	bool done;

	if (!base64_parse_exact(base64, key, KEY_SIZE) || book_key(b, key) != NULL)
		return true;
	hex_print(key, KEY_SIZE, hex);
	text_addf(&list, "{\"\\\\x%s\"}", hex);
	done = ask_keys(b, db, &list, f);
	text_clear(&list);
	return done;
}

static bool
load_person(struct book *b, struct dbsync *db, const uint8_t id[SHA256_SIZE], struct fault *f)
{
	struct db_param param = bytes_param(id);
	struct db_rows *rows;
	bool done;

	if (book_person(b, id) != NULL)
		return true;
	rows = dbsync_ask(db, QUERY_PERSON, &param, f);
	done = rows != NULL &&
	       (db_rows_n(rows) == 0 || book_take_person(b, rows, 0, 0) != NULL || no_memory(f));
	dbsync_free(rows);
	return done;
}

bool
book_load_links(struct book *b, struct dbsync *db, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(db, QUERY_LINKS, NULL, f);
	uint8_t x[SHA256_SIZE], y[SHA256_SIZE];
	bool done = rows != NULL;

	for (size_t i = 0; done && i < db_rows_n(rows); i++) {
		struct link *l = NULL;

		if (db_bytes(rows, i, 0, x, SHA256_SIZE) && db_bytes(rows, i, 1, y, SHA256_SIZE) &&
		    load_person(b, db, x, f) && load_person(b, db, y, f))
			l = book_link(b, book_person(b, x), book_person(b, y), true);
		if (l != NULL)
			l->cut = false;
		done = l != NULL || no_memory(f);
	}
	dbsync_free(rows);
	return done;
}

/* ---- statements ---- */

enum {
	KIND,
	INDEX,
	ACCEPTED_AT_MS,
	SUBMITTER,
	STATE,
	WITHHELD,
	SUITE,
	SUITE_VERSION,
	SUBJECT,
	ACT,
	TARGET,
	OTHER,
	ROLE,
	WAITS,
	REASON,
	ALIAS_OF,
	ALIAS_RAW,
	ALIAS_CANONICAL
}; /* of QUERY_LOGGED */

static json_t *
hex_or_nothing(const struct db_rows *rows, int column)
{
	return db_null(rows, 0, column) ? NULL : json_string(db_text(rows, 0, column) + 2);
}

static json_t *
act_body(const struct db_rows *rows)
{
	return json_pack("{s:s, s:o, s:o*, s:s*, s:s*}", "act", db_text(rows, 0, ACT), "target",
	    hex_or_nothing(rows, TARGET), "other", hex_or_nothing(rows, OTHER), "role",
	    db_null(rows, 0, ROLE) ? NULL : db_text(rows, 0, ROLE), "reason",
	    db_text(rows, 0, REASON));
}

static json_t *
alias_body(const struct db_rows *rows)
{
	return json_pack("{s:s, s:s, s:s?}", "of", db_text(rows, 0, ALIAS_OF), "raw",
	    db_text(rows, 0, ALIAS_RAW), "canonical",
	    db_null(rows, 0, ALIAS_CANONICAL) ? NULL : db_text(rows, 0, ALIAS_CANONICAL));
}

static bool
fill(struct book *b, struct dbsync *db, const struct db_rows *rows, struct settled *s,
    struct fault *f)
{
	uint8_t by[SHA256_SIZE];

	s->index = db_whole(rows, 0, INDEX);
	s->accepted_at_ms = db_whole(rows, 0, ACCEPTED_AT_MS);
	s->withheld = db_bool(rows, 0, WITHHELD);
	s->waits = db_bool(rows, 0, WAITS);
	if (!state_named(db_text(rows, 0, STATE), &s->state))
		return fault_set(
		    f, FAULT_INTERNAL, "", "a state of a leaf", "\"%s\"", db_text(rows, 0, STATE));
	if (!db_null(rows, 0, SUBJECT))
		subject_digest(db_text(rows, 0, SUITE), db_whole(rows, 0, SUITE_VERSION),
		    db_text(rows, 0, SUBJECT), s->subject);
	if (!db_null(rows, 0, ACT) && (s->body = act_body(rows)) == NULL)
		return no_memory(f);
	if (!db_null(rows, 0, ALIAS_OF) && (s->body = alias_body(rows)) == NULL)
		return no_memory(f);
	if (!db_bytes(rows, 0, SUBMITTER, by, SHA256_SIZE))
		return true; /* signed by no submitter */
	if (!load_person(b, db, by, f))
		return false;
	s->by = book_person(b, by);
	return true;
}

bool
book_load_statement(
    const struct loading *from, const char *hex, struct settled **out, bool *fresh, struct fault *f)
{
	uint8_t id[SHA256_SIZE];
	struct db_param param = bytes_param(id);
	const struct kind_info *kind;
	struct db_rows *rows;
	bool done = true;

	if (!hex_parse(hex, id, SHA256_SIZE))
		return true;
	*out = book_statement(from->book, id);
	if (*out != NULL)
		return true;
	rows = dbsync_ask(from->db, QUERY_LOGGED, &param, f);
	if (rows == NULL)
		return false;
	kind = db_rows_n(rows) == 1 ? kind_named(db_text(rows, 0, KIND)) : NULL;
	if (kind != NULL) {
		*out = book_add_statement(from->book, id, kind_number(kind));
		*fresh = true;
		done = *out != NULL ? fill(from->book, from->db, rows, *out, f) : no_memory(f);
	}
	dbsync_free(rows);
	return done;
}

/* With a submission come the cells of its results; one that waited somewhere has them already. */
static bool
load_statement(const struct loading *from, const char *hex, struct fault *f)
{
	struct settled *s = NULL;
	bool fresh = false;

	if (!book_load_statement(from, hex, &s, &fresh, f))
		return false;
	return s == NULL || s->kind != KIND_SUBMISSION || s->state == STATE_VOID ||
	       book_load_results(from, s, fresh, f);
}

static bool
load_person_named(struct book *b, struct dbsync *db, const char *hex, struct fault *f)
{
	uint8_t id[SHA256_SIZE];

	return !hex_parse(hex, id, SHA256_SIZE) || load_person(b, db, id, f);
}

/* An act's target is a statement or a submitter; ids of neither are found in neither. A
 * confirmation leads to another act, and so to that one's target, or to an alias: what that moves
 * is book_load_alias()'s. */
static bool
load_for_act(const struct loading *from, const json_t *body, int depth, struct fault *f)
{
	struct book *b = from->book;
	const char *target = json_get_text(body, "target");
	const struct settled *s;
	uint8_t id[SHA256_SIZE];

	if (!load_statement(from, target, f) || !load_person_named(b, from->db, target, f) ||
	    !load_person_named(b, from->db, json_get_text(body, "other"), f))
		return false;
	s = hex_parse(target, id, SHA256_SIZE) ? book_statement(b, id) : NULL;
	return s == NULL || s->kind == KIND_ALIAS || s->body == NULL || depth > 0 ||
	       load_for_act(from, s->body, depth + 1, f);
}

static bool
load_invitation(const struct loading *from, const json_t *body, struct fault *f)
{
	struct invitation i;
	struct db_param param;
	struct db_rows *rows;
	bool done;

	if (!invitation_read(body, &i))
		return true;
	if (!load_key(
		from->book, from->db, json_get_text(json_object_get(body, "invitation"), "by"), f))
		return false;
	if (map_find(&from->book->invitations, i.id) != NULL)
		return true;
	param = bytes_param(i.id);
	rows = dbsync_ask(from->db, QUERY_INVITATION, &param, f);
	done =
	    rows != NULL && (db_rows_n(rows) == 0 ||
				book_add_invitation(from->book, i.id, -1) != NULL || no_memory(f));
	dbsync_free(rows);
	return done;
}

static bool
load_watches(struct dbsync *db, struct person *p, struct fault *f)
{
	struct db_param param;
	struct db_rows *rows;

	if (p == NULL || p->watches_known)
		return true;
	param = bytes_param(p->id);
	rows = dbsync_ask(db, QUERY_WATCHES_OF, &param, f);
	if (rows == NULL)
		return false;
	p->watches_n = db_whole(rows, 0, 0);
	p->watches_known = true;
	dbsync_free(rows);
	return true;
}

/* Of a watch that is taken back: how many there were before. */
static bool
load_retracted(const struct loading *from, const char *hex, struct fault *f)
{
	const struct settled *s;
	uint8_t id[SHA256_SIZE];

	if (!load_statement(from, hex, f))
		return false;
	s = hex_parse(hex, id, SHA256_SIZE) ? book_statement(from->book, id) : NULL;
	return s == NULL || s->kind != KIND_WATCH || load_watches(from->db, s->by, f);
}

bool
book_load_named(struct book *b, struct dbsync *db, const struct suite_set *suites,
    const struct statement *st, struct fault *f)
{
	const struct loading from = {.book = b, .db = db, .suites = suites};
	const json_t *body = st->body;
	const struct person_key *k;

	switch (st->kind) {
	case KIND_SUBMISSION:
		return load_statement(&from, json_get_text(body, "replaces"), f);
	case KIND_RETRACTION:
		return load_retracted(&from, json_get_text(body, "target"), f);
	case KIND_WATCH:
		k = book_key(b, st->key);
		return k == NULL || load_watches(db, k->owner, f);
	case KIND_KEY:
		return load_key(b, db, json_get_text(body, "add"), f) &&
		       load_key(b, db, json_get_text(body, "revoke"), f);
	case KIND_ACT:
		return load_for_act(&from, body, 0, f);
	case KIND_ENROLMENT:
		return load_invitation(&from, body, f);
	case KIND_CONFIG:
	case KIND_INTENT:
	case KIND_PRICE:
	case KIND_DECISION:
	case KIND_ALIAS:
	case KIND__MAX:
		break;
	}
	return true;
}
