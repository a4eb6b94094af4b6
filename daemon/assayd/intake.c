/* intake.c — one statement on its way in: checked, its signer asked for, stored; it ends once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "intake.h"

#include "admit.h"
#include "db.h"
#include "entry.h"
#include "invitation.h"
#include "ledger.h"
#include "receipt.h"
#include "store.h"
#include "worker.h"

bool
intake_check(struct intake *in, const void *envelope, size_t n, struct fault *f)
{
	const struct candidate c = {
	    .worker = in->worker, .peer = in->peer, .proven = in->proven, .data = envelope, .n = n};

	return entry_check(&c, &in->statement, &in->suite, f);
}

void
intake_clear(struct intake *in)
{
	statement_clear(&in->statement);
}

static void
end(struct intake *in, int64_t accepted_at_ms, bool seen)
{
	in->accepted_at_ms = accepted_at_ms;
	in->seen = seen;
	in->done(in, NULL);
}

static struct db_param
bytes_param(const void *data, size_t n)
{
	return (struct db_param){.data = data, .n = n, .binary = true};
}

static void on_door(void *arg, const struct db_rows *rows, const struct fault *fault);

static void
ask_door(struct intake *in)
{
	const struct statement *st = &in->statement;
	struct invitation i;
	bool invited = st->kind == KIND_ENROLMENT && invitation_read(st->body, &i);
	struct db_param params[] = {bytes_param(st->id, SHA256_SIZE),
	    bytes_param(st->key, KEY_SIZE), bytes_param(invited ? i.by : NULL, KEY_SIZE * invited),
	    bytes_param(invited ? i.id : NULL, SHA256_SIZE * invited)};
	struct fault f = {0};

	if (!db_ask(in->worker->db, QUERY_DOOR, params, on_door, in, &f))
		in->done(in, &f);
}

/* Not fresh: the same id was stored before, perhaps by this very statement, its answer lost. The
 * door tells when. */
static void
on_stored(void *arg, bool fresh, int64_t accepted_at_ms, const struct fault *fault)
{
	struct intake *in = arg;

	if (fault != NULL || !fresh)
		admit_statement_not(in->worker->server, in->statement.key);
	if (fault != NULL)
		in->done(in, fault);
	else if (fresh)
		end(in, accepted_at_ms, false);
	else
		ask_door(in);
}

static void
store(struct intake *in)
{
	struct fault f = {0};

	if (store_put(in->worker->store, &in->statement, on_stored, in, &f))
		return;
	admit_statement_not(in->worker->server, in->statement.key);
	in->done(in, &f);
}

enum {
	ACCEPTED_AT_MS,
	SUBMITTER,
	REVOKED,
	ROLES,
	SUSPENDED,
	ENROLMENT_WAITS,
	INVITER_IS_STAFF,
	INVITATION_USED,
	WATCHES_N
}; /* of QUERY_DOOR */

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
	who.inviter_is_staff = db_bool(rows, 0, INVITER_IS_STAFF);
	who.invitation_used = db_bool(rows, 0, INVITATION_USED);
	who.watches_n = db_whole(rows, 0, WATCHES_N);
	return who;
}

static void
on_door(void *arg, const struct db_rows *rows, const struct fault *fault)
{
	struct intake *in = arg;
	struct signer who;
	struct fault f = {0};

	if (fault != NULL) {
		in->done(in, fault);
		return;
	}
	if (!db_null(rows, 0, ACCEPTED_AT_MS)) {
		store_count_seen(in->worker->store);
		end(in, db_whole(rows, 0, ACCEPTED_AT_MS), true);
		return;
	}
	who = signer_from_row(rows);
	if (!entry_check_signer(in->worker, &in->statement, &who, &f))
		in->done(in, &f);
	else if (in->dry_run)
		end(in, RECEIPT_DRY_RUN, false);
	else if (admit_statement(in->worker->server, in->statement.key, &f))
		store(in);
	else
		in->done(in, &f);
}

/* A key that belonged to a submitter needs no asking: the door only spares people a detour, the
 * log's order settles who is entitled. Who has sent too much is asked about all the same: what was
 * stored before is free. */
void
intake_proceed(struct intake *in)
{
	if (!in->dry_run && in->statement.kind == KIND_SUBMISSION &&
	    entry_knows(in->worker, in->statement.key) &&
	    admit_statement(in->worker->server, in->statement.key, NULL))
		store(in);
	else
		ask_door(in);
}
