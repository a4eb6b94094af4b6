/* ledger_world.c — a small log for tests.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ledger_world.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "json.h"
#include "key_proof.h"
#include "unit.h"

#define ORIGIN "test.example/log"
#define BEGIN_MS 1767323045000 /* 2026-01-02T03:04:05Z */

struct world world;

struct keypair root, server, ada, ben, eve, sam, tom;

static void
b64_of(const uint8_t *bytes, size_t n, char out[96])
{
	struct text text = {0};

	base64_print(bytes, n, &text);
	strcpy(out, text.data);
	text_clear(&text);
}

/* Sign body (taken) now, and settle it as the next leaf. */
struct told
say(enum kind kind, json_t *body, const struct keypair *signer)
{
	struct text envelope = {0};
	struct statement st;
	struct fault f = {0};
	struct told told;
	struct leaf_in in = {.st = &st,
	    .index = world.size,
	    .accepted_at_ms = world.now_ms,
	    .rules = &world.rules,
	    .suites = world.set,
	    .book = &world.book};

	json_object_set_new(body, "audience", json_string(ORIGIN));
	if (!statement_sign(kind, body, signer, world.now_ms / 1000, &envelope, NULL, &f))
		fail_msg("%s %s: %s", fault_info(f.code)->name, f.path, f.got);
	assert_true(statement_open(envelope.data, envelope.n, &st, &f));
	assert_true(ledger_settle(&in, &told.o));
	hex_print(st.id, SHA256_SIZE, told.id);
	if (kind == KIND_CONFIG && told.o.state == STATE_COUNTED) {
		rules_clear(&world.rules);
		assert_true(rules_read(&st, &world.rules, &f));
	}
	statement_clear(&st);
	text_clear(&envelope);
	json_decref(body);
	world.size++;
	world.now_ms += 1000;
	return told;
}

enum state
state_of(const char *hex)
{
	uint8_t id[SHA256_SIZE];
	const struct settled *s;

	assert_true(hex_parse(hex, id, SHA256_SIZE));
	s = book_statement(&world.book, id);
	assert_non_null(s);
	return s->state;
}

json_t *
config_body(const struct keypair *statement_key)
{
	char own[96], roots[96], hex[HEX32_SIZE];

	b64_of(statement_key->public, KEY_SIZE, own);
	b64_of(root.public, KEY_SIZE, roots);
	hex_print(world.set->suites[0]->digest, SHA256_SIZE, hex);
	return json_pack("{s:i, s:i, s:{}, s:s, s:[{s:s, s:i, s:s}], s:i, s:[s], s:[s], s:s}",
	    "rules", 1, "estimator", 1, "thresholds", "catalogue", hex, "suites", "name", "toy",
	    "version", 1, "digest", hex, "pow_bits", 0, "root_keys", roots, "statement_keys", own,
	    "terms", "abababababababababababababababababababababababababababababababab");
}

struct told
enrol(const struct keypair *who, const char *name)
{
	return say(KIND_ENROLMENT,
	    json_pack("{s:s, s:[], s:s, s:s}", "name", name, "links", "terms",
		"abababababababababababababababababababababababababababababababab", "pow",
		"0000000000000000"),
	    who);
}

json_t *
submission_body(double value)
{
	struct fault f = {0};
	char *data, hex[HEX32_SIZE];
	size_t n;
	json_t *body;

	assert_true(file_read(
	    ASSAY_CASES "/payloads/valid/submission-plain/payload.json", 65536, &data, &n, &f));
	body = json_loadb(data, n, 0, NULL);
	free(data);
	assert_non_null(body);
	hex_print(world.set->suites[0]->digest, SHA256_SIZE, hex);
	json_object_set_new(json_object_get(body, "suite"), "digest", json_string(hex));
	json_object_del(body, "nonce");
	json_object_del(body, "created_at");
	json_object_set_new(
	    json_array_get(json_object_get(body, "results"), 0), "value", json_real(value));
	return body;
}

struct told
submit(const struct keypair *who)
{
	return say(KIND_SUBMISSION, submission_body(12.5), who);
}

struct told
submit_instead(const struct keypair *who, const char *replaced)
{
	json_t *body = submission_body(13);

	json_object_set_new(body, "replaces", json_string(replaced));
	return say(KIND_SUBMISSION, body, who);
}

struct told
retract(const struct keypair *who, const char *target)
{
	return say(
	    KIND_RETRACTION, json_pack("{s:s, s:s}", "target", target, "reason", "a mistake"), who);
}

json_t *
act_body(const char *act, const char *target)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "act", act, "target", target, "reason_code",
	    "test", "reason", "because");
}

struct told
act(const struct keypair *who, const char *name, const char *target)
{
	return say(KIND_ACT, act_body(name, target), who);
}

struct told
act_on_two(const struct keypair *who, const char *name, const char *target, const char *other)
{
	json_t *body = act_body(name, target);

	json_object_set_new(body, "other", json_string(other));
	return say(KIND_ACT, body, who);
}

const char *
id_of(const struct keypair *who)
{
	static char hex[8][HEX32_SIZE];
	static int next;
	uint8_t id[SHA256_SIZE];

	submitter_id(who->public, id);
	next = (next + 1) % 8;
	hex_print(id, SHA256_SIZE, hex[next]);
	return hex[next];
}

struct told
grant(const struct keypair *signer, const char *name, const struct keypair *who, const char *role)
{
	json_t *body = act_body(name, id_of(who));

	json_object_set_new(body, "role", json_string(role));
	return say(KIND_ACT, body, signer);
}

struct told
add_key(const struct keypair *signer, const struct keypair *of, const struct keypair *added,
    const struct keypair *prover)
{
	uint8_t submitter[SHA256_SIZE], sig[SIGNATURE_SIZE];
	char b64[96], proof[96];
	const char *nonce = "AAAAAAAAAAAAAAAAAAAAAA==";
	const struct key_proof p = {.origin = ORIGIN,
	    .submitter = submitter,
	    .signer = signer->public,
	    .added = added->public,
	    .nonce = nonce};

	submitter_id(of->public, submitter);
	assert_true(key_proof_make(&p, prover, sig));
	b64_of(added->public, KEY_SIZE, b64);
	b64_of(sig, SIGNATURE_SIZE, proof);
	return say(KIND_KEY,
	    json_pack("{s:s, s:s, s:s}", "nonce", nonce, "add", b64, "proof", proof), signer);
}

struct told
revoke_key(const struct keypair *signer, const struct keypair *key)
{
	char b64[96];

	b64_of(key->public, KEY_SIZE, b64);
	return say(KIND_KEY, json_pack("{s:s}", "revoke", b64), signer);
}

void
counted(struct told t)
{
	if (t.o.state != STATE_COUNTED)
		fail_msg("%s: %s at %s", state_name(t.o.state), t.o.reason, t.o.pointer);
}

void
void_at(struct told t, const char *where)
{
	assert_int_equal(t.o.state, STATE_VOID);
	assert_string_equal(t.o.pointer, where);
	assert_true(t.o.reason[0] != 0);
}

/* A log with its config, four submitters, two of them staff. */
int
world_setup(void **state)
{
	struct keypair *const all[] = {&root, &server, &ada, &ben, &eve, &sam, &tom};
	struct fault f = {0};

	(void)state;
	if (!crypto_start())
		return -1;
	memset(&world, 0, sizeof(world));
	world.now_ms = BEGIN_MS;
	world.set = suite_set_load(ASSAY_CASES "/suites/set", &f);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		keypair_make(all[i]);
	counted(say(KIND_CONFIG, config_body(&server), &server));
	counted(enrol(&ada, "Ada"));
	counted(enrol(&eve, "Eve"));
	counted(enrol(&sam, "Sam"));
	counted(enrol(&tom, "Tom"));
	counted(grant(&root, "grant", &sam, "staff"));
	counted(grant(&root, "grant", &tom, "staff"));
	return 0;
}

int
world_teardown(void **state)
{
	(void)state;
	rules_clear(&world.rules);
	book_clear(&world.book);
	suite_set_free(world.set);
	return 0;
}
