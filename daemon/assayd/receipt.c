/* receipt.c — what a submitter is told of a statement that is stored.
 * SPDX-License-Identifier: Apache-2.0 */
#include "receipt.h"

#include "encode.h"
#include "intake.h"
#include "json.h"
#include "plausible.h"
#include "server.h"
#include "worker.h"

static json_t *
verdict(const struct receipt *r)
{
	struct rules_snapshot *in_force = server_rules(r->server);
	struct plausibility p = {0};

	if (r->suite != NULL)
		plausible_alone(r->statement->body, r->suite,
		    in_force->rules.version >= 2 ? in_force->catalogue : NULL, &p);
	rules_release(in_force);
	return plausibility_json(&p);
}

void
receipt_address(const struct statement *st, struct text *out)
{
	char id[HEX32_SIZE];

	hex_print(st->id, SHA256_SIZE, id);
	text_addf(out, "/v1/statements/%s", id);
}

struct receipt
receipt_of(const struct intake *in)
{
	return (struct receipt){.statement = &in->statement,
	    .server = in->worker->server,
	    .suite = in->suite,
	    .accepted_at_ms = in->accepted_at_ms,
	    .seen = in->seen};
}

int
receipt_status(const struct receipt *r)
{
	return r->seen || r->accepted_at_ms == RECEIPT_DRY_RUN ? 200 : 201;
}

/* What only a line of a batch has: alone, the status is the answer's. */
static bool
add_line(json_t *body, const struct receipt *r)
{
	return r->line == 0 ||
	       (json_object_set_new(body, "status", json_integer(receipt_status(r))) == 0 &&
		   json_object_set_new(body, "line", json_integer((json_int_t)r->line)) == 0);
}

/* What every receipt has. */
static bool
add_statement(json_t *body, const struct receipt *r)
{
	const struct statement *st = r->statement;
	char id[HEX32_SIZE];

	hex_print(st->id, SHA256_SIZE, id);
	return json_object_set_new(body, "id", json_string(id)) == 0 &&
	       json_object_set_new(body, "kind", json_string(kind_info(st->kind)->name)) == 0 &&
	       json_object_set_new(body, "seen", json_boolean(r->seen)) == 0 &&
	       json_object_set_new(body, "verdict", verdict(r)) == 0;
}

/* What only a stored statement has. */
static bool
add_place(json_t *body, const struct receipt *r)
{
	struct text address = {0};
	char at[TIME_SIZE];
	bool done;

	if (r->accepted_at_ms == RECEIPT_DRY_RUN)
		return json_object_set_new(body, "dry_run", json_true()) == 0;
	time_print(r->accepted_at_ms / 1000, at);
	receipt_address(r->statement, &address);
	done = !address.failed && json_object_set_new(body, "accepted_at", json_string(at)) == 0 &&
	       json_object_set_new(body, "statement", json_string(address.data)) == 0;
	text_clear(&address);
	return done;
}

void
receipt_print(const struct receipt *r, struct text *out)
{
	json_t *body = json_object();

	if (body == NULL || !add_line(body, r) || !add_statement(body, r) || !add_place(body, r))
		out->failed = true;
	else
		json_print(body, out);
	text_add_str(out, "\n");
	json_decref(body);
}
