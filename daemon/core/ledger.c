/* ledger.c — entitlement and state: what the door tells early, and what log order settles.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "json.h"
#include "pow.h"
#include "submission.h"

const char *
state_name(enum state s)
{
	static const char *const names[STATE__MAX] = {
	    [STATE_COUNTED] = "counted",
	    [STATE_HELD] = "held",
	    [STATE_SUPERSEDED] = "superseded",
	    [STATE_RETRACTED] = "retracted",
	    [STATE_QUARANTINED] = "quarantined",
	    [STATE_VOID] = "void",
	};

	return names[s];
}

void
submitter_id(const uint8_t key[KEY_SIZE], uint8_t out[SHA256_SIZE])
{
	sha256_of(key, KEY_SIZE, out);
}

/* Tell whether a list of keys in a config body has this one. */
static bool
lists_key(const json_t *body, const char *list_name, const uint8_t key[KEY_SIZE])
{
	const json_t *list = json_object_get(body, list_name), *element;
	uint8_t one[KEY_SIZE];
	size_t i;

	json_array_foreach (list, i, element)
		if (base64_parse_exact(json_string_value(element), one, KEY_SIZE) &&
		    memcmp(one, key, KEY_SIZE) == 0)
			return true;
	return false;
}

static bool
check_audience(const struct statement *st, const struct rules *r, struct fault *f)
{
	const char *audience = json_get_text(st->body, "audience");

	if (strcmp(audience, r->origin) == 0)
		return true;
	return fault_set(f, FAULT_WRONG_AUDIENCE, "/audience", r->origin, "\"%s\"", audience);
}

static bool
check_created(const struct statement *st, int64_t now_ms, struct fault *f)
{
	char latest[TIME_SIZE], expected[80];

	if (st->created_at <= now_ms / 1000 + CREATED_AHEAD_MAX_S)
		return true;
	time_print(now_ms / 1000 + CREATED_AHEAD_MAX_S, latest);
	snprintf(expected, sizeof(expected), "a time not after %s", latest);
	return fault_set(f, FAULT_CREATED_IN_FUTURE, "/created_at", expected, "%s",
	    json_get_text(st->body, "created_at"));
}

static bool
check_enrolment(const struct statement *st, const struct rules *r, struct fault *f)
{
	const char *terms = json_get_text(st->body, "terms"), *pow = json_get_text(st->body, "pow");
	char hex[HEX32_SIZE], expected[64];

	hex_print(r->terms, SHA256_SIZE, hex);
	if (strcmp(terms, hex) != 0)
		return fault_set(f, FAULT_TERMS, "/terms", hex, "%s", terms);
	if (pow[0] == 0)
		return fault_set(f, FAULT_NOT_ENTITLED, "/invitation",
		    "a proof of work: this server takes no invitations", "an invitation");
	if (pow_check(r->origin, st->key, strtoull(pow, NULL, 16), (int)r->pow_bits))
		return true;
	snprintf(expected, sizeof(expected), "a counter that gives %lld leading zero bits",
	    (long long)r->pow_bits);
	return fault_set(f, FAULT_PROOF_OF_WORK, "/pow", expected, "%s", pow);
}

/* The suite must be one the rules in force name, not merely one this build has. */
static bool
check_submission(
    const struct statement *st, const struct rules *r, const struct suite_set *set, struct fault *f)
{
	const json_t *list = json_object_get(r->body, "suites"), *named;
	const json_t *wanted = json_object_get(st->body, "suite");
	const struct suite *suite = submission_suite(st->body, set, f);
	size_t i;

	if (suite == NULL)
		return false;
	json_array_foreach (list, i, named)
		if (json_equal(named, wanted))
			return submission_check(st->body, suite, f);
	return fault_set(f, FAULT_UNKNOWN_SUITE, "/suite", "a suite of the config in force",
	    "%s/%lld", suite->name, (long long)suite->version);
}

/* Later configs are signed by a key of the config before; one that changes the keys, by a root key.
 */
static bool
check_config(const struct statement *st, const struct rules *r, struct fault *f)
{
	const json_t *keys = r->present ? r->body : st->body;
	bool changes = r->present && (!json_equal(json_object_get(r->body, "root_keys"),
					  json_object_get(st->body, "root_keys")) ||
					 !json_equal(json_object_get(r->body, "statement_keys"),
					     json_object_get(st->body, "statement_keys")));
	const char *list = changes ? "root_keys" : "statement_keys";

	if (lists_key(keys, list, st->key))
		return true;
	return fault_set(f, FAULT_NOT_ENTITLED, "/key",
	    changes ? "one of the root_keys of the config before"
		    : "one of the statement_keys of the config before",
	    "another key");
}

bool
door_check(const struct statement *st, const struct rules *r, const struct suite_set *set,
    int64_t now_ms, struct fault *f)
{
	if (!check_audience(st, r, f) || !check_created(st, now_ms, f))
		return false;
	switch (st->kind) {
	case KIND_CONFIG:
		return fault_set(f, FAULT_NOT_ENTITLED, "/payloadType",
		    "a config logged with `assayd config --apply`", "one sent over HTTP");
	case KIND_ENROLMENT:
		return check_enrolment(st, r, f);
	case KIND_SUBMISSION:
		return check_submission(st, r, set, f);
	case KIND__MAX:
		break;
	}
	return false;
}

bool
door_check_signer(const struct statement *st, const struct signer *who, struct fault *f)
{
	if (st->kind == KIND_ENROLMENT && who->key_used)
		return fault_set(f, FAULT_KEY_TAKEN, "/key", "a key that was never enrolled",
		    "\"%s\"", json_get_text(st->body, "key"));
	if (st->kind == KIND_SUBMISSION && !who->enrolled)
		return fault_set(f, FAULT_NOT_ENROLLED, "/key", "the key of an enrolled submitter",
		    "\"%s\"", json_get_text(st->body, "key"));
	return true;
}

static bool
settle_entitled(const struct statement *st, int64_t accepted_at_ms, const struct rules *r,
    const struct signer *who, const struct suite_set *set, struct fault *f)
{
	if (st->kind == KIND_CONFIG)
		return (!r->present || check_audience(st, r, f)) && check_config(st, r, f);
	if (!r->present)
		return fault_set(f, FAULT_DOOR_CLOSED, "", "a config as leaf 0", "%s",
		    kind_info(st->kind)->name);
	return door_check(st, r, set, accepted_at_ms, f) && door_check_signer(st, who, f);
}

void
ledger_settle(const struct statement *st, int64_t accepted_at_ms, const struct rules *r,
    const struct signer *who, const struct suite_set *set, struct outcome *out)
{
	struct fault f = {0};
	const struct suite *suite;
	char reason[512];

	memset(out, 0, sizeof(*out));
	out->state = STATE_COUNTED;
	if (!settle_entitled(st, accepted_at_ms, r, who, set, &f)) {
		out->state = STATE_VOID;
		snprintf(reason, sizeof(reason), "%s Got %s", fault_info(f.code)->title, f.got);
		utf8_clean(out->reason, sizeof(out->reason), reason, strlen(reason));
		utf8_clean(out->pointer, sizeof(out->pointer), f.path, strlen(f.path));
		return;
	}
	if (st->kind != KIND_SUBMISSION)
		return;
	suite = submission_suite(st->body, set, NULL);
	if (suite != NULL && !submission_plausible(st->body, suite, out->pointer, out->reason))
		out->state = STATE_HELD;
}
