/* batch.c — accept many statements in one request: each by itself, all in one answer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "batch.h"

#include <stdlib.h>
#include <string.h>

#include "batch_lines.h"
#include "intake.h"
#include "metrics.h"
#include "receipt.h"
#include "request.h"
#include "slices.h"
#include "submit.h"
#include "worker.h"

/* Lines checked in one turn of the loop: less than a millisecond of signatures. */
#define LINES_A_TURN_N 8

enum entry_state {
	ENTRY_WAITING, /* for its turn */
	ENTRY_BEHIND,  /* checked, waits for an earlier line of the same id to end */
	ENTRY_ASKING,  /* the intake has it */
	ENTRY_ENDED,   /* `result` is what its line of the answer says */
};

/* One line of the body. */
struct entry {
	enum entry_state state;
	struct batch *batch;
	struct intake intake;
	const struct entry *first; /* in ENTRY_BEHIND: whom it waits for */
	struct text result;
};

/* The request's state; freed with it, so that no entry is gone before it ended. */
struct batch {
	struct request *request;
	struct slice slice;
	struct batch_lines lines;
	size_t next; /* the first in ENTRY_WAITING */
	size_t ended_n;
	uint8_t proven[KEY_SIZE]; /* the key that signed the last good line: one client, one key */
	bool has_proven;
	struct entry entries[];
};

static void
batch_free(void *state)
{
	struct batch *b = state;

	for (size_t i = 0; i < b->lines.n; i++) {
		intake_clear(&b->entries[i].intake);
		text_clear(&b->entries[i].result);
	}
	free(b);
}

/* ---- the end ---- */

static void
answer(struct batch *b)
{
	struct answer a = {.status = 200, .content_type = "application/x-ndjson"};

	for (size_t i = 0; i < b->lines.n; i++) {
		const struct text *result = &b->entries[i].result;

		text_add(&a.body, result->data, result->n);
		a.body.failed = a.body.failed || result->failed;
	}
	request_answer(b->request, &a);
}

static void
print_result(struct entry *e, const struct fault *fault)
{
	const struct request *r = e->batch->request;
	struct receipt receipt = receipt_of(&e->intake);

	receipt.line = e->batch->lines.list[e - e->batch->entries].number;
	if (fault == NULL) {
		receipt_print(&receipt, &e->result);
		return;
	}
	problem_print(fault, r->id, receipt.line, &e->result);
	metric_add(r->worker->metrics, METRIC_REFUSALS, (size_t)fault->code, 1);
}

/* Those that waited for e go their own way: what it stored they find. Behind it, since each may end
 * at once, and whoever is last answers. */
static void
end_entry(struct entry *e, const struct fault *fault)
{
	struct batch *b = e->batch;

	print_result(e, fault);
	intake_clear(&e->intake);
	e->state = ENTRY_ENDED;
	for (struct entry *other = e + 1; other < b->entries + b->next; other++)
		if (other->state == ENTRY_BEHIND && other->first == e) {
			other->state = ENTRY_ASKING;
			intake_proceed(&other->intake);
		}
	if (++b->ended_n == b->lines.n)
		answer(b);
}

static void
on_done(struct intake *in, const struct fault *fault)
{
	end_entry(in->arg, fault);
}

/* ---- the turns ---- */

/* Return the nearest line before e that has its id and has not ended; NULL if there is none. */
static const struct entry *
same_before(const struct entry *e)
{
	const struct entry *entries = e->batch->entries;

	for (size_t i = (size_t)(e - entries); i > 0; i--)
		if (entries[i - 1].state != ENTRY_ENDED &&
		    memcmp(entries[i - 1].intake.statement.id, e->intake.statement.id,
			SHA256_SIZE) == 0)
			return &entries[i - 1];
	return NULL;
}

static void
take_line(struct batch *b)
{
	struct line line = b->lines.list[b->next].text;
	struct entry *e = &b->entries[b->next++];
	struct fault f = {0};

	e->intake.proven = b->has_proven ? b->proven : NULL;
	if (!intake_check(&e->intake, line.s, line.n, &f)) {
		end_entry(e, &f);
		return;
	}
	memcpy(b->proven, e->intake.statement.key, KEY_SIZE);
	b->has_proven = true;
	e->first = same_before(e);
	e->state = e->first != NULL ? ENTRY_BEHIND : ENTRY_ASKING;
	if (e->state == ENTRY_ASKING)
		intake_proceed(&e->intake);
}

static bool
on_turn(void *arg)
{
	struct batch *b = arg;

	for (int i = 0; i < LINES_A_TURN_N && b->next < b->lines.n; i++)
		take_line(b);
	return b->next < b->lines.n;
}

/* ---- from outside ---- */

bool
batch_check(struct request *r, struct fault *f)
{
	struct batch_lines lines;
	struct batch *b;
	bool dry_run;

	if (!submit_read_query(r, &dry_run, f) ||
	    !batch_lines_read((const char *)r->body, r->body_n, &lines, f))
		return false;
	b = calloc(1, sizeof(*b) + lines.n * sizeof(b->entries[0]));
	if (b == NULL)
		return fault_set(f, FAULT_BUSY, "", "memory for a batch", "none");
	b->request = r;
	b->lines = lines;
	b->slice = (struct slice){.piece = on_turn, .arg = b};
	for (size_t i = 0; i < lines.n; i++) {
		struct entry *e = &b->entries[i];

		e->batch = b;
		e->intake = (struct intake){.worker = r->worker,
		    .peer = r->peer,
		    .dry_run = dry_run,
		    .done = on_done,
		    .arg = e};
	}
	r->state = b;
	r->state_free = batch_free;
	return true;
}

void
batch_proceed(struct request *r)
{
	struct batch *b = r->state;

	slices_add(r->worker->slices, &b->slice);
}
