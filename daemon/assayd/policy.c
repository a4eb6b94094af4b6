/* policy.c — tell a runner origin, keys, limits, suites and terms.
 * SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"

#include "batch_lines.h"
#include "encode.h"
#include "envelope.h"
#include "json.h"
#include "ledger.h"
#include "request.h"
#include "server.h"
#include "worker.h"

static json_t *
hex_or_null(const uint8_t digest[SHA256_SIZE], bool present)
{
	char hex[HEX32_SIZE];

	hex_print(digest, SHA256_SIZE, hex);
	return present ? json_string(hex) : json_null();
}

/* Only suites of the config in force count; those are what a submission may name. */
static json_t *
suites(const struct rules *r)
{
	json_t *list = json_array(), *named, *entry;
	struct text path = {0};
	size_t i;

	json_array_foreach (json_object_get(r->body, "suites"), i, named) {
		text_reset(&path);
		text_addf(&path, "/suites/%s/%lld/suite.json", json_get_text(named, "name"),
		    (long long)json_get_whole(named, "version"));
		entry = json_copy(named);
		json_object_set_new(entry, "document", json_string(path.data));
		json_array_append_new(list, entry);
	}
	text_clear(&path);
	return list;
}

/* What the door takes. */
static json_t *
kinds(void)
{
	json_t *list = json_array();

	for (int k = 0; k < KIND__MAX; k++)
		if (k != KIND_CONFIG)
			json_array_append_new(list, json_string(kind_info((enum kind)k)->name));
	return list;
}

static json_t *
policy(const struct server *server, const struct rules_snapshot *in_force, const char *client)
{
	const struct rules *r = &in_force->rules;

	return json_pack("{s:s, s:s, s:o, s:o, s:I, s:I, s:{s:o, s:s}, s:{s:i, s:i, s:i, s:i}, "
			 "s:o, s:o, s:s}",
	    "origin", server->options->origin, "vkey", server->vkey, "config",
	    hex_or_null(r->id, r->present), "first_config", hex_or_null(r->first_id, r->present),
	    "log_size", (json_int_t)in_force->log_size, "pow_bits", (json_int_t)r->pow_bits,
	    "terms", "sha256", hex_or_null(r->terms, r->present), "document", "/terms.txt",
	    "limits", "envelope_bytes", ENVELOPE_MAX_BYTES, "batch_statements", BATCH_MAX_N,
	    "batch_bytes", BATCH_MAX_BYTES, "created_ahead_s", CREATED_AHEAD_MAX_S, "suites",
	    suites(r), "kinds", kinds(), "client", client);
}

void
policy_proceed(struct request *r)
{
	struct rules_snapshot *in_force = server_rules(r->worker->server);
	json_t *body = policy(r->worker->server, in_force, r->peer);
	struct answer a = {.status = 200, .content_type = "application/json"};

	json_print_pretty(body, &a.body);
	text_add_str(&a.body, "\n");
	json_decref(body);
	rules_release(in_force);
	request_answer(r, &a);
}
