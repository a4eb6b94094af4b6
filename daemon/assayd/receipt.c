/* receipt.c — what a submitter is told of a statement that is stored.
 * SPDX-License-Identifier: Apache-2.0 */
#include "receipt.h"

#include "encode.h"
#include "json.h"
#include "submission.h"

static json_t *
verdict(const struct statement *st, const struct suite *suite)
{
	char pointer[64], reason[256];

	if (suite == NULL || submission_plausible(st->body, suite, pointer, reason))
		return json_pack("{s:b}", "plausible", 1);
	return json_pack("{s:b, s:s, s:s}", "plausible", 0, "pointer", pointer, "reason", reason);
}

void
receipt_address(const struct statement *st, struct text *out)
{
	char id[HEX32_SIZE];

	hex_print(st->id, SHA256_SIZE, id);
	text_addf(out, "/v1/statements/%s", id);
}

/* What only a stored statement has. */
static bool
add_place(json_t *body, const struct statement *st, int64_t accepted_at_ms)
{
	struct text address = {0};
	char at[TIME_SIZE];
	bool done;

	if (accepted_at_ms == RECEIPT_DRY_RUN)
		return json_object_set_new(body, "dry_run", json_true()) == 0;
	time_print(accepted_at_ms / 1000, at);
	receipt_address(st, &address);
	done = !address.failed && json_object_set_new(body, "accepted_at", json_string(at)) == 0 &&
	       json_object_set_new(body, "statement", json_string(address.data)) == 0;
	text_clear(&address);
	return done;
}

void
receipt_print(const struct statement *st, const struct suite *suite, int64_t accepted_at_ms,
    bool seen, struct text *out)
{
	char id[HEX32_SIZE];
	json_t *body;

	hex_print(st->id, SHA256_SIZE, id);
	body = json_pack("{s:s, s:s, s:b, s:o}", "id", id, "kind", kind_info(st->kind)->name,
	    "seen", seen, "verdict", verdict(st, suite));
	if (body == NULL || !add_place(body, st, accepted_at_ms))
		out->failed = true;
	else
		json_print(body, out);
	text_add_str(out, "\n");
	json_decref(body);
}
