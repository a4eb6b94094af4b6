/* ledger.h — entitlement and state, settled leaf by leaf in log order. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_LEDGER_H
#define ASSAY_LEDGER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "crypto.h"
#include "fault.h"
#include "plausible.h"
#include "rules.h"
#include "statement.h"
#include "suite.h"

#define CREATED_AHEAD_MAX_S 600
#define KEYS_MAX 16 /* current keys of a submitter */

enum state {
	STATE_COUNTED,
	STATE_HELD,
	STATE_SUPERSEDED,
	STATE_RETRACTED,
	STATE_QUARANTINED,
	STATE_VOID,
	STATE__MAX
};

struct book;
struct catalogue;
struct person;

/* What is known of a statement's signer. */
struct signer {
	bool enrolled;                  /* the key belongs to a submitter now */
	bool derived;                   /* submitter is known, not merely that there will be one */
	bool key_used;                  /* the key ever belonged to one */
	bool revoked;                   /* and does no more */
	bool suspended;                 /* the submitter is */
	unsigned int roles;             /* see book.h */
	int64_t watches_n;              /* its watches that were not taken back */
	uint8_t submitter[SHA256_SIZE]; /* if derived */
	bool inviter_is_staff; /* of an enrolment: who invited is staff, by a current key */
	bool invitation_used;  /* by an enrolment before */
};

/* What settling asks of a leaf without the book: it may be looked at before its turn, by any
 * thread, and holds as long as rules, suites and catalogue are the same. Zero-initialise;
 * leaf_view_clear() frees. */
struct leaf_view {
	bool made;
	const struct suite *suite;     /* of a submission that door_check() lets in */
	struct fault fault;            /* of door_check(); FAULT_NONE: none */
	struct plausibility verdict;   /* of a submission that it lets in */
	uint8_t (*cells)[SHA256_SIZE]; /* the raw cell of each of its results; owned */
};

/* A leaf to be settled, and the state just before it. All borrowed. */
struct leaf_in {
	const struct statement *st;
	int64_t index, accepted_at_ms;
	const struct rules *rules; /* in force there; not present for leaf 0 */
	const struct suite_set *suites;
	const struct catalogue *catalogue; /* that rules name */
	struct book *book; /* holds what the statement names: whoever settles sees to it */
	const struct leaf_view *view; /* made before; NULL, or not made: settling looks itself */
};

struct outcome {
	enum state state;
	char reason[256];        /* why it is not counted; empty if it is */
	char pointer[64];        /* the member that is the reason, where one is */
	const struct person *by; /* the submitter who signed it; NULL: none. Lives in the book */
	struct plausibility verdict; /* of a submission */
};

const char *state_name(enum state s);
bool state_named(const char *name, enum state *out);

/* Check at the door what the rules and the clock say of a statement (audience, created_at, terms,
 * proof of work, suite, entitlement). now_ms: the server's clock, Unix ms. */
bool door_check(const struct statement *st, const struct rules *r, const struct suite_set *set,
    int64_t now_ms, struct fault *f) __attribute__((warn_unused_result));

/* Check what is known of the signer: entitled to this kind, and for a key the new key's proof. */
bool door_check_signer(const struct statement *st, const struct rules *r, const struct signer *who,
    struct fault *f) __attribute__((warn_unused_result));

/* Check who signed a config: of leaf 0 one of its own statement_keys, later one of those before. */
bool config_check(const struct statement *st, const struct rules *r, struct fault *f)
    __attribute__((warn_unused_result));

/* Look at a leaf; in->book is not touched. out is not made where memory or rules are missing. */
void ledger_look(const struct leaf_in *in, struct leaf_view *out);
void leaf_view_clear(struct leaf_view *v);

/* Settle one leaf from the state just before it, and enter into the book what follows from it. Only
 * this decides; the door merely tells early. False without memory: then the book is worth
 * nothing. */
bool ledger_settle(const struct leaf_in *in, struct outcome *out)
    __attribute__((warn_unused_result));

/* Submitter id: SHA-256 of the raw first enrolled key. */
void submitter_id(const uint8_t key[KEY_SIZE], uint8_t out[SHA256_SIZE]);

#endif
