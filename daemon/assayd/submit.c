/* submit.c — accept a signed statement: check, store, answer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "submit.h"

#include <stdlib.h>
#include <string.h>

#include "admit.h"
#include "db.h"
#include "entry.h"
#include "ledger.h"
#include "receipt.h"
#include "request.h"
#include "store.h"
#include "worker.h"

struct submit {
	struct statement statement;
	const struct suite *suite; /* of a submission */
	bool dry_run;              /* say what would happen, store nothing */
};

static void
submit_free(void *state)
{
	struct submit *s = state;

	statement_clear(&s->statement);
	free(s);
}

/* The only parameter there is; a misspelt one must not store what was meant for a try. */
static bool
read_query(struct request *r, struct submit *s, struct fault *f)
{
	s->dry_run = strcmp(r->query, "dry_run=1") == 0;
	return s->dry_run || r->query[0] == 0 ||
	       fault_set(f, FAULT_BAD_REQUEST, "", "no query, or dry_run=1", "\"%.80s\"", r->query);
}

bool
submit_check(struct request *r, struct fault *f)
{
	struct submit *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return fault_set(f, FAULT_BUSY, "", "memory for a statement", "none");
	r->state = s;
	r->state_free = submit_free;
	return read_query(r, s, f) && entry_check(r, &s->statement, &s->suite, f);
}

static void
answer_dry_run(struct request *r)
{
	const struct submit *s = r->state;
	struct answer a = {.status = 200, .content_type = "application/json"};

	receipt_print(&s->statement, s->suite, RECEIPT_DRY_RUN, false, &a.body);
	request_answer(r, &a);
}

static void
answer(struct request *r, int64_t accepted_at_ms, bool seen)
{
	const struct submit *s = r->state;
	struct answer a = {.status = seen ? 200 : 201, .content_type = "application/json"};
	struct text address = {0};

	receipt_print(&s->statement, s->suite, accepted_at_ms, seen, &a.body);
	receipt_address(&s->statement, &address);
	a.fields[0].name = "Location";
	a.fields[0].value = address.data;
	request_answer(r, &a);
	text_clear(&address);
}

static struct db_param
bytes_param(const void *data, size_t n)
{
	return (struct db_param){.data = data, .n = n, .binary = true};
}

static void on_door(void *arg, const struct db_rows *rows, const struct fault *fault);

static void
ask_door(struct request *r)
{
	const struct statement *st = &((struct submit *)r->state)->statement;
	struct db_param params[] = {
	    bytes_param(st->id, SHA256_SIZE), bytes_param(st->key, KEY_SIZE)};
	struct fault f = {0};

	if (!db_ask(r->worker->db, QUERY_DOOR, params, on_door, r, &f))
		request_fault(r, &f);
}

/* Not fresh: the same id was stored before, perhaps by this very statement, its answer lost. The
 * door tells when. */
static void
on_stored(void *arg, bool fresh, int64_t accepted_at_ms, const struct fault *fault)
{
	struct request *r = arg;
	const struct submit *s = r->state;

	if (fault != NULL || !fresh)
		admit_statement_not(r->worker->server, s->statement.key);
	if (fault != NULL)
		request_fault(r, fault);
	else if (fresh)
		answer(r, accepted_at_ms, false);
	else
		ask_door(r);
}

static void
store(struct request *r)
{
	const struct submit *s = r->state;
	struct fault f = {0};

	if (store_put(r->worker->store, &s->statement, on_stored, r, &f))
		return;
	admit_statement_not(r->worker->server, s->statement.key);
	request_fault(r, &f);
}

enum { ACCEPTED_AT_MS, SUBMITTER, REVOKED, ROLES, SUSPENDED, ENROLMENT_WAITS }; /* of QUERY_DOOR */

/* An enrolment that waits to be derived will make its key a submitter's before what follows it. */
static struct signer
signer_from_row(const struct db_rows *rows)
{
	struct signer who = {0};
	bool derived = db_bytes(rows, 0, SUBMITTER, who.submitter, SHA256_SIZE);

	who.derived = derived;
	who.key_used = derived || db_bool(rows, 0, ENROLMENT_WAITS);
	who.revoked = derived && db_bool(rows, 0, REVOKED);
	who.enrolled = who.key_used && !who.revoked;
	who.roles = derived ? (unsigned int)db_whole(rows, 0, ROLES) : 0;
	who.suspended = derived && db_bool(rows, 0, SUSPENDED);
	return who;
}

static void
on_door(void *arg, const struct db_rows *rows, const struct fault *fault)
{
	struct request *r = arg;
	struct submit *s = r->state;
	struct signer who;
	struct fault f = {0};

	if (fault != NULL) {
		request_fault(r, fault);
		return;
	}
	if (!db_null(rows, 0, ACCEPTED_AT_MS)) {
		store_count_seen(r->worker->store);
		answer(r, db_whole(rows, 0, ACCEPTED_AT_MS), true);
		return;
	}
	who = signer_from_row(rows);
	if (!entry_check_signer(r->worker, &s->statement, &who, &f))
		request_fault(r, &f);
	else if (s->dry_run)
		answer_dry_run(r);
	else if (admit_statement(r->worker->server, s->statement.key, &f))
		store(r);
	else
		request_fault(r, &f);
}

/* A key that belonged to a submitter needs no asking: the door only spares people a detour, the
 * log's order settles who is entitled. Who has sent too much is asked about all the same: what was
 * stored before is free. */
void
submit_proceed(struct request *r)
{
	const struct submit *s = r->state;

	if (!s->dry_run && s->statement.kind == KIND_SUBMISSION &&
	    entry_knows(r->worker, s->statement.key) &&
	    admit_statement(r->worker->server, s->statement.key, NULL))
		store(r);
	else
		ask_door(r);
}
