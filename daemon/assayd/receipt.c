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

void
receipt_print(const struct statement *st, const struct suite *suite, int64_t accepted_at_ms,
    bool seen, struct text *out)
{
	char id[HEX32_SIZE], at[TIME_SIZE];
	struct text address = {0};
	json_t *body;

	hex_print(st->id, SHA256_SIZE, id);
	time_print(accepted_at_ms / 1000, at);
	receipt_address(st, &address);
	body = json_pack("{s:s, s:s, s:b, s:s, s:o, s:s}", "id", id, "kind",
	    kind_info(st->kind)->name, "seen", seen, "accepted_at", at, "verdict",
	    verdict(st, suite), "statement", address.data ? address.data : "");
	if (body == NULL)
		out->failed = true;
	else
		json_print(body, out);
	text_add_str(out, "\n");
	text_clear(&address);
	json_decref(body);
}
