/* deliver_batch.c — bring many statements of the spool to the server in one request.
 * SPDX-License-Identifier: Apache-2.0 */
#include "deliver_parts.h"

#include <string.h>

#include "deliver.h"
#include "remote.h"
#include "spool.h"
#include "text.h"

bool
deliver_batch_takes(const struct round *r, const struct spool_entry *e)
{
	const json_t *body = e->statement.body;

	return !r->one_by_one && r->policy->batch_n > 1 && e->n < r->policy->batch_bytes &&
	       e->statement.kind == KIND_SUBMISSION && json_object_get(body, "replaces") == NULL &&
	       policy_takes_suite(r->policy, json_object_get(body, "suite"), NULL);
}

bool
deliver_batch_add(const struct round *r, struct deliver_batch *b, const struct spool_entry *e)
{
	if (b->n == DELIVER_BATCH_MAX_N || b->n == r->policy->batch_n ||
	    b->bytes + e->n + 1 > r->policy->batch_bytes)
		return false;
	b->entries[b->n++] = e;
	b->bytes += e->n + 1;
	return true;
}

static bool
post(struct round *r, const struct deliver_batch *b, json_t **lines, struct problem *p)
{
	struct text body = {0};
	bool done;

	for (size_t i = 0; i < b->n; i++) {
		text_add(&body, b->entries[i]->envelope, b->entries[i]->n);
		text_add_str(&body, "\n");
	}
	done = body.failed ? fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for a batch", "none")
			   : remote_send_batch(r->net, body.data, body.n, b->n, lines, p);
	text_clear(&body);
	return done;
}

/* Settle what the lines settle; what the server was too busy for stays in the batch, and busy says
 * how busy. */
static bool
settle_lines(struct round *r, struct deliver_batch *b, const json_t *lines, struct problem *busy,
    json_t *out, struct problem *p)
{
	size_t n = b->n;
	bool done = true;

	b->n = 0;
	for (size_t i = 0; done && i < n; i++) {
		const struct spool_entry *e = b->entries[i];
		const json_t *line = json_array_get(lines, i);
		struct problem refusal = {0};
		bool taken = remote_line(r->net, line, e->id, &refusal);

		if (taken || problem_exit(&refusal) == EXIT_CODE_REFUSED) {
			done = settle(r, e, taken ? line : NULL, &refusal, out, p);
			continue;
		}
		b->entries[b->n++] = e;
		if (refusal.retry_after_s >= busy->retry_after_s)
			*busy = refusal;
	}
	return done;
}

/* Only a server that is busy takes the same batch later. Whatever else kept it out, a link too slow
 * for so much at once, a proxy that knows no such bodies, need not keep out single statements. */
static bool
is_busy(const struct problem *p)
{
	return p->status == 429 || p->status == 503;
}

bool
deliver_batch_send(struct round *r, struct deliver_batch *b, json_t *out, struct problem *p)
{
	bool done = true;

	for (long tries = 0; done && b->n > 1; tries++) {
		struct problem busy = {0};
		json_t *lines = NULL;

		if (post(r, b, &lines, &busy))
			done = settle_lines(r, b, lines, &busy, out, p);
		else if (!is_busy(&busy))
			r->one_by_one = true;
		json_decref(lines);
		if (r->one_by_one)
			break;
		if (done && b->n > 0 && !wait_for_server(r, &busy, tries)) {
			*p = busy;
			done = false;
		}
	}
	for (size_t i = 0; done && i < b->n; i++)
		done = deliver_one(r, b->entries[i], out, p);
	*b = (struct deliver_batch){.n = 0};
	return done;
}
