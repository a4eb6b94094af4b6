/* door.c — what rules, clock and signer say of a statement, at the door and in the log alike.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "book.h"
#include "encode.h"
#include "invitation.h"
#include "json.h"
#include "key_proof.h"
#include "pow.h"
#include "submission.h"

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

bool
rules_root_key(const struct rules *r, const uint8_t key[KEY_SIZE])
{
	return lists_key(r->body, "root_keys", key);
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

/* Root keys and the server's own are apart from everybody's. */
static bool
check_may_belong(
    const struct rules *r, const uint8_t key[KEY_SIZE], const char *pointer, struct fault *f)
{
	if (!lists_key(r->body, "root_keys", key) && !lists_key(r->body, "statement_keys", key))
		return true;
	return fault_set(f, FAULT_NOT_ENTITLED, pointer,
	    "a key that is neither a root key nor a statement key of the config", "one of those");
}

/* Whether who invited is staff, and whether it was used, is asked where the signer is known. */
static bool
check_invitation(const struct statement *st, const struct rules *r, int64_t now_ms, struct fault *f)
{
	struct invitation i;

	if (!invitation_read(st->body, &i) || !invitation_check(&i, r->origin))
		return fault_set(f, FAULT_INVITATION, "/invitation/sig",
		    "the inviter's signature over this log's origin, nonce and expires_at",
		    "a signature that does not verify");
	return i.expires_at_s * 1000 > now_ms ||
	       fault_set(f, FAULT_INVITATION, "/invitation/expires_at", "a time that is not past",
		   "%s", i.expires_at);
}

static bool
check_enrolment(const struct statement *st, const struct rules *r, int64_t now_ms, struct fault *f)
{
	const char *terms = json_get_text(st->body, "terms"), *pow = json_get_text(st->body, "pow");
	char hex[HEX32_SIZE], expected[64];

	if (!check_may_belong(r, st->key, "/key", f))
		return false;
	hex_print(r->terms, SHA256_SIZE, hex);
	if (strcmp(terms, hex) != 0)
		return fault_set(f, FAULT_TERMS, "/terms", hex, "%s", terms);
	if (pow[0] == 0)
		return check_invitation(st, r, now_ms, f);
	if (pow_check(r->origin, st->key, strtoull(pow, NULL, 16), (int)r->pow_bits))
		return true;
	snprintf(expected, sizeof(expected), "a counter that gives %lld leading zero bits",
	    (long long)r->pow_bits);
	return fault_set(f, FAULT_PROOF_OF_WORK, "/pow", expected, "%s", pow);
}

/* Two that a config and a statement name: of both, all members are these three. Digests differ
 * first. */
static bool
same_suite(const json_t *a, const json_t *b)
{
	return strcmp(json_get_text(a, "digest"), json_get_text(b, "digest")) == 0 &&
	       json_equal(a, b);
}

/* The suite must be one the rules in force name, not merely one this build has. */
static const struct suite *
named_suite(const json_t *body, const struct rules *r, const struct suite_set *set, struct fault *f)
{
	const json_t *list = json_object_get(r->body, "suites"), *named;
	const json_t *said = json_object_get(body, "suite");
	const struct suite *suite = submission_suite(body, set, f);
	size_t i;

	if (suite == NULL)
		return NULL;
	json_array_foreach (list, i, named)
		if (same_suite(named, said))
			return suite;
	fault_set(f, FAULT_UNKNOWN_SUITE, "/suite", "a suite of the config in force", "%s/%lld",
	    suite->name, (long long)suite->version);
	return NULL;
}

static bool
check_submission(
    const struct statement *st, const struct rules *r, const struct suite_set *set, struct fault *f)
{
	const struct suite *suite = named_suite(st->body, r, set, f);

	return suite != NULL && submission_check(st->body, suite, f);
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

/* The proof is checked where the submitter is known: see door_check_signer(). */
static bool
check_key(const struct statement *st, const struct rules *r, struct fault *f)
{
	uint8_t added[KEY_SIZE];

	return !base64_parse_exact(json_get_text(st->body, "add"), added, KEY_SIZE) ||
	       check_may_belong(r, added, "/add", f);
}

/* An intent names its suite as a submission does; its cell is whatever its fields say. */
static bool
check_intent(
    const struct statement *st, const struct rules *r, const struct suite_set *set, struct fault *f)
{
	int64_t expires_at;

	if (!named_suite(st->body, r, set, f))
		return false;
	return !time_parse(json_get_text(st->body, "expires_at"), &expires_at) ||
	       expires_at > st->created_at ||
	       fault_set(f, FAULT_OUT_OF_RANGE, "/expires_at", "a time after created_at", "%s",
		   json_get_text(st->body, "expires_at"));
}

/* What staff do is not kept for later. */
static bool
check_recent(const struct statement *st, int64_t now_ms, const char *expected, struct fault *f)
{
	return st->created_at >= now_ms / 1000 - ACT_AGE_MAX_S ||
	       fault_set(f, FAULT_CREATED_LONG_AGO, "/created_at", expected, "%s",
		   json_get_text(st->body, "created_at"));
}

static bool
check_act(const struct statement *st, const struct rules *r, int64_t now_ms, struct fault *f)
{
	const struct act_info *info = act_named(json_get_text(st->body, "act"));

	if (!check_recent(st, now_ms, "an act made within the last 24 hours", f))
		return false;
	if (info->by_root == lists_key(r->body, "root_keys", st->key))
		return true;
	return fault_set(f, FAULT_NOT_ENTITLED, "/key",
	    info->by_root ? "one of the config's root_keys, which alone give and take roles"
			  : "the key of a submitter who is staff",
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
		return check_enrolment(st, r, now_ms, f);
	case KIND_SUBMISSION:
		return check_submission(st, r, set, f);
	case KIND_KEY:
		return check_key(st, r, f);
	case KIND_INTENT:
		return check_intent(st, r, set, f);
	case KIND_RETRACTION:
	case KIND_PRICE:
	case KIND_DECISION:
		return true;
	case KIND_ACT:
		return check_act(st, r, now_ms, f);
	case KIND_ALIAS:
		return check_recent(st, now_ms, "an alias made within the last 24 hours", f);
	case KIND_WATCH:
		return rules_take_policy(r, set, json_object_get(st->body, "policy"), f);
	case KIND__MAX:
		break;
	}
	return false;
}

bool
config_check(const struct statement *st, const struct rules *r, struct fault *f)
{
	return (!r->present || check_audience(st, r, f)) && check_config(st, r, f);
}

/* ---- the signer ---- */

static bool
check_proof(
    const struct statement *st, const struct rules *r, const struct signer *who, struct fault *f)
{
	uint8_t added[KEY_SIZE], proof[SIGNATURE_SIZE];
	struct key_proof p = {.origin = r->origin,
	    .submitter = who->submitter,
	    .signer = st->key,
	    .added = added,
	    .nonce = json_get_text(st->body, "nonce")};

	if (!base64_parse_exact(json_get_text(st->body, "add"), added, KEY_SIZE))
		return true; /* it revokes */
	return (base64_parse_exact(json_get_text(st->body, "proof"), proof, SIGNATURE_SIZE) &&
		   key_proof_check(&p, proof)) ||
	       fault_set(f, FAULT_KEY_PROOF, "/proof",
		   "the added key's signature over origin, submitter, both keys and nonce",
		   "a signature that does not verify");
}

/* A suspended submitter may still take back what is theirs. */
static bool
may_while_suspended(enum kind kind)
{
	return kind == KIND_RETRACTION || kind == KIND_KEY;
}

static bool
check_current(const struct statement *st, const struct signer *who, struct fault *f)
{
	const char *key = json_get_text(st->body, "key");

	if (who->revoked)
		return fault_set(f, FAULT_KEY_REVOKED, "/key", "a current key", "\"%s\"", key);
	if (!who->enrolled)
		return fault_set(f, FAULT_NOT_ENROLLED, "/key", "the key of an enrolled submitter",
		    "\"%s\"", key);
	return !who->suspended || may_while_suspended(st->kind) ||
	       fault_set(
		   f, FAULT_SUSPENDED, "/key", "a submitter who is not suspended", "\"%s\"", key);
}

static bool
check_invited(const struct statement *st, const struct signer *who, struct fault *f)
{
	if (json_object_get(st->body, "invitation") == NULL)
		return true;
	if (!who->inviter_is_staff)
		return fault_set(f, FAULT_INVITATION, "/invitation/by",
		    "a current key of a submitter who is staff", "another key");
	return !who->invitation_used ||
	       fault_set(f, FAULT_INVITATION, "/invitation/nonce", "an invitation not used yet",
		   "one that an enrolment used");
}

/* Each is judged again whenever its evidence changes. */
static bool
check_watches(const struct rules *r, const struct signer *who, struct fault *f)
{
	double most = rules_threshold(r, "watches_max", WATCHES_MAX);

	return r->version < 3 || (double)who->watches_n < most ||
	       fault_set(f, FAULT_WATCHES_FULL, "", "room for one more watch",
		   "%lld that stand, of at most %.0f", (long long)who->watches_n, most);
}

bool
door_check_signer(
    const struct statement *st, const struct rules *r, const struct signer *who, struct fault *f)
{
	const char *key = json_get_text(st->body, "key");

	if (st->kind == KIND_ENROLMENT)
		return (!who->key_used || fault_set(f, FAULT_KEY_TAKEN, "/key",
					      "a key that was never enrolled", "\"%s\"", key)) &&
		       check_invited(st, who, f);
	if (st->kind == KIND_ACT && rules_root_key(r, st->key))
		return true;
	if (!check_current(st, who, f))
		return false;
	if ((st->kind == KIND_ACT || st->kind == KIND_PRICE || st->kind == KIND_ALIAS) &&
	    !(who->roles & ROLE_STAFF))
		return fault_set(f, FAULT_NOT_ENTITLED, "/key",
		    "the key of a submitter who is staff", "\"%s\"", key);
	if (st->kind == KIND_WATCH && !(who->roles & ROLE_RELEASE_MANAGER))
		return fault_set(f, FAULT_NOT_ENTITLED, "/key",
		    "the key of a submitter who is a release manager", "\"%s\"", key);
	if (st->kind == KIND_WATCH && !check_watches(r, who, f))
		return false;
	return st->kind != KIND_KEY || !who->derived || check_proof(st, r, who, f);
}
