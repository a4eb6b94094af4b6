/* submit.c — accept a signed statement: check, store, answer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "submit.h"

#include <stdlib.h>
#include <string.h>

#include "intake.h"
#include "receipt.h"
#include "request.h"

static void
submit_free(void *state)
{
	intake_clear(state);
	free(state);
}

bool
submit_read_query(const struct request *r, bool *dry_run, struct fault *f)
{
	*dry_run = strcmp(r->query, "dry_run=1") == 0;
	return *dry_run || r->query[0] == 0 ||
	       fault_set(f, FAULT_BAD_REQUEST, "", "no query, or dry_run=1", "\"%.80s\"", r->query);
}

static void
answer(struct request *r, const struct intake *in)
{
	struct receipt receipt = receipt_of(in);
	struct answer a = {.status = receipt_status(&receipt), .content_type = "application/json"};
	struct text address = {0};

	receipt_print(&receipt, &a.body);
	receipt_address(&in->statement, &address);
	a.body.failed = a.body.failed || address.failed;
	if (!address.failed && receipt.accepted_at_ms != RECEIPT_DRY_RUN)
		a.fields[0] = (struct answer_field){"Location", address.data};
	request_answer(r, &a);
	text_clear(&address);
}

static void
on_done(struct intake *in, const struct fault *fault)
{
	if (fault != NULL)
		request_fault(in->arg, fault);
	else
		answer(in->arg, in);
}

bool
submit_check(struct request *r, struct fault *f)
{
	struct intake *in = calloc(1, sizeof(*in));

	if (in == NULL)
		return fault_set(f, FAULT_BUSY, "", "memory for a statement", "none");
	r->state = in;
	r->state_free = submit_free;
	in->worker = r->worker;
	in->peer = r->peer;
	in->done = on_done;
	in->arg = r;
	return submit_read_query(r, &in->dry_run, f) && intake_check(in, r->body, r->body_n, f);
}

void
submit_proceed(struct request *r)
{
	intake_proceed(r->state);
}
