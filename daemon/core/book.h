/* book.h — what the log has said so far of keys, submitters and statements: the state in which the
 * next leaf is settled. Pure: who fills it (from rows, or leaf by leaf) is not its affair.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_BOOK_H
#define ASSAY_BOOK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "crypto.h"
#include "interval.h"
#include "ledger.h"
#include "map.h"
#include "names.h"
#include "statement.h"

enum role { ROLE_STAFF = 1, ROLE_RELEASE_MANAGER = 2 };
struct link; /* see links.h */

/* A submitter. */
struct person {
	uint8_t id[SHA256_SIZE];
	unsigned int roles;                             /* of enum role */
	bool trusted, suspended, watches_known, linked; /* linked: was ever, with another */
	int64_t keys_n, watches_n; /* current keys; watches not taken back, once known */
	int64_t agreeing_n;        /* cells in which it is in accord, see meeting.h */
	bool established;          /* by such votes; trust establishes too */
	int64_t compared_n, agreed_n, waited_n, accord_nth; /* scratch, see meetings_settle() */
	bool changed;                                       /* since the book was begun */
};

/* A key that belongs, or once belonged, to a submitter. */
struct person_key {
	uint8_t key[KEY_SIZE];
	struct person *owner;
	bool revoked;
	int64_t changed_at; /* leaf that added or revoked it; 0: none since the book began */
};

/* Does a result wait for others who measure the same? See neighbours.h. */
enum wait { WAIT_NONE, WAIT_WAITS, WAIT_CLEARED };

/* One result of a submission. */
struct result {
	struct raw_cell *raw; /* of its names; raw->at is the cell it stands in */
	size_t metric;        /* of the suite */
	size_t position;      /* in the payload */
	double value;
	enum wait waits;
	struct within_run within; /* as far as whoever fills the book tells */
};

/* A statement that stands in the log. */
struct settled {
	uint8_t id[SHA256_SIZE];
	enum kind kind;
	int64_t index, accepted_at_ms;
	struct person *by; /* NULL: signed by no submitter */
	enum state state;
	json_t *why; /* who changed the state said why: text, owned; NULL: nobody changed it */
	bool withheld;
	bool waits; /* an act or alias that needs a confirmation and has none yet */
	uint8_t subject[SHA256_SIZE]; /* of a submission: see submission_subject_digest() */
	struct result *results;       /* of a submission, owned */
	size_t results_n;
	json_t *items; /* of a submission: its `items`, owned; NULL: none, or not told */
	double anchor; /* of a submission: its anchor answers' mean; NaN: none */
	struct plausibility *verdict; /* of a submission that is not plausible, owned; as the leaf
					 settled it, whatever became of it since */
	bool waits_changed;           /* a result of it waits no more since the book was begun */
	json_t *body;                 /* of an act or alias: its members, owned */
	int64_t changed_at;           /* last leaf that changed it; -1: none since the book began */
};

/* An invitation that was used. */
struct used_invitation {
	uint8_t id[SHA256_SIZE];
	int64_t index; /* of the enrolment that used it; -1: before the book began */
};

/* Zero-initialise; book_clear() frees. */
struct book {
	struct map keys, persons, statements, invitations;
	struct map meetings, raw_cells; /* see meeting.h, raw_cell.h */
	struct names names;
	struct link *links;
	struct meeting **touched;     /* by the leaf that was settled last */
	struct cell_move *cell_moves; /* see raw_cell.h */
	size_t links_n, links_room, touched_n, touched_room, cell_moves_n, cell_moves_room;
	bool touched_settled;           /* the next leaf begins anew */
	struct transition *transitions; /* since the book was begun, as the next */
	struct stir *stirs;             /* see move.h, as the next */
	struct move *moves;
	size_t transitions_n, transitions_room, stirs_n, stirs_room, moves_n, moves_room;
	bool failed; /* for want of memory: it is worth nothing any more */
};

void book_clear(struct book *b);

struct person_key *book_key(const struct book *b, const uint8_t key[KEY_SIZE]);
struct person *book_person(const struct book *b, const uint8_t id[SHA256_SIZE]);
struct settled *book_statement(const struct book *b, const uint8_t id[SHA256_SIZE]);

/* Add what is not there yet. Return it, to be filled in; NULL without memory. */
struct person_key *book_add_key(struct book *b, const uint8_t key[KEY_SIZE], struct person *owner);
struct person *book_add_person(struct book *b, const uint8_t id[SHA256_SIZE]);
struct used_invitation *book_add_invitation(
    struct book *b, const uint8_t id[SHA256_SIZE], int64_t index);
struct settled *book_add_statement(struct book *b, const uint8_t id[SHA256_SIZE], enum kind kind);

/* Change the state of a statement by the leaf at index; its results enter or leave their cells.
 * why: text, or NULL; a reference is taken. */
void book_move(struct book *b, struct settled *s, enum state to, int64_t index, json_t *why);

/* Note that the leaf at index stirred a submitter: its own record, and with `cells` what is shown
 * of all its cells. Sets b->failed without memory. */
void book_stir(struct book *b, const struct person *p, int64_t index, bool cells);

#endif
