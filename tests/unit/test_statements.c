/* test_statements.c — envelopes and payloads from the case folders, as the door meets them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "encode.h"
#include "file.h"
#include "json.h"
#include "ledger.h"
#include "statement.h"
#include "submission.h"
#include "unit.h"

#define ACCEPTED_AT_MS 1767323045000 /* 2026-01-02T03:04:05Z */

static struct suite_set *set;
static struct keypair key, servers;
static struct rules rules;

static void
sign_raw(const char *type, const void *payload, size_t n, struct text *out)
{
	uint8_t signature[SIGNATURE_SIZE];
	struct text pae = {0};

	envelope_pae(type, payload, n, &pae);
	keypair_sign(&key, (uint8_t *)pae.data, pae.n, signature);
	envelope_print(type, payload, n, key.public, signature, out);
	text_clear(&pae);
}

static json_t *
config_body(void)
{
	struct text b64 = {0};
	char hex[HEX32_SIZE];
	json_t *body;

	base64_print(servers.public, KEY_SIZE, &b64);
	hex_print(set->suites[0]->digest, SHA256_SIZE, hex);
	body = json_pack("{s:s, s:i, s:i, s:{}, s:s, s:[{s:s, s:i, s:s}], s:i, s:[s], s:[s], s:s}",
	    "audience", "test.example/log", "rules", 1, "estimator", 1, "thresholds", "catalogue",
	    hex, "suites", "name", "toy", "version", 1, "digest", hex, "pow_bits", 0, "root_keys",
	    b64.data, "statement_keys", b64.data, "terms",
	    "abababababababababababababababababababababababababababababababab");
	text_clear(&b64);
	return body;
}

static int
setup(void **state)
{
	uint8_t seed[SEED_SIZE] = {1, 2, 3};
	struct text envelope = {0};
	struct statement st;
	struct fault f = {0};
	json_t *body;

	(void)state;
	if (!crypto_start())
		return -1;
	keypair_from_seed(seed, &key);
	keypair_make(&servers);
	set = suite_set_load(ASSAY_CASES "/suites/set", &f);
	if (set == NULL)
		return -1;
	body = config_body();
	if (!statement_sign(KIND_CONFIG, body, &servers, 1767323000, &envelope, NULL, &f) ||
	    !statement_open(envelope.data, envelope.n, &st, &f) || !rules_read(&st, &rules, &f))
		return -1;
	statement_clear(&st);
	text_clear(&envelope);
	json_decref(body);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	rules_clear(&rules);
	suite_set_free(set);
	return 0;
}

/* Put the test's own key where the case says @KEY@. */
static char *
with_key(const char *data, size_t n, size_t *out_n)
{
	struct text out = {0}, b64 = {0};
	const char *end = data + n;

	base64_print(key.public, KEY_SIZE, &b64);
	for (const char *at = data; at < end; at++) {
		if (end - at >= 5 && memcmp(at, "@KEY@", 5) == 0) {
			text_add(&out, b64.data, b64.n);
			at += 4;
		} else {
			text_add(&out, at, 1);
		}
	}
	text_clear(&b64);
	*out_n = out.n;
	text_add_str(&out, "");
	return text_take(&out);
}

static enum kind
kind_of_case(const char *name)
{
	for (int k = 0; k < KIND__MAX; k++)
		if (strncmp(name, kind_info((enum kind)k)->name,
			strlen(kind_info((enum kind)k)->name)) == 0)
			return (enum kind)k;
	fail_msg("%s: a case is named after its kind", name);
	return KIND_CONFIG;
}

static bool
open_case(const char *name, const char *data, size_t n, struct statement *st, struct fault *f)
{
	struct text envelope = {0};
	size_t payload_n;
	char *payload = with_key(data, n, &payload_n);
	bool done;

	sign_raw(kind_info(kind_of_case(name))->type, payload, payload_n, &envelope);
	done = statement_open(envelope.data, envelope.n, st, f) &&
	       door_check(st, &rules, set, ACCEPTED_AT_MS, f);
	text_clear(&envelope);
	free(payload);
	return done;
}

static void
payload_valid(const char *name, const char *data, size_t n, const char *expected)
{
	struct statement st, again;
	struct fault f = {0};

	assert_null(expected);
	if (!open_case(name, data, n, &st, &f))
		fail_msg("%s: refused: %s %s expected %s got %s", name, fault_info(f.code)->name,
		    f.path, f.expected, f.got);
	assert_true(
	    statement_from_row(kind_info(st.kind)->type, st.payload, st.payload_n, &again, &f));
	assert_memory_equal(st.id, again.id, SHA256_SIZE);
	assert_memory_equal(st.payload_sha256, again.payload_sha256, SHA256_SIZE);
	statement_clear(&st);
	statement_clear(&again);
}

static void
payload_invalid(const char *name, const char *data, size_t n, const char *expected)
{
	struct statement st;
	struct fault f = {0};

	if (open_case(name, data, n, &st, &f))
		fail_msg("%s: accepted", name);
	case_expect(name, expected, &f);
	statement_clear(&st);
}

static void
payloads(void **state)
{
	(void)state;
	assert_true(cases_walk("payloads/valid", "payload.json", payload_valid) >= 20);
	assert_true(cases_walk("payloads/invalid", "payload.json", payload_invalid) >= 100);
}

static void
envelope_valid(const char *name, const char *data, size_t n, const char *expected)
{
	struct envelope e;
	struct fault f = {0};

	assert_null(expected);
	if (!envelope_read(data, n, &e, &f))
		fail_msg("%s: refused: %s %s", name, fault_info(f.code)->name, f.path);
	for (int i = 0; i < SIGNATURE_SIZE; i++)
		assert_int_equal(e.signature[i], i);
	envelope_clear(&e);
}

static void
envelope_invalid(const char *name, const char *data, size_t n, const char *expected)
{
	struct envelope e;
	struct fault f = {0};

	if (envelope_read(data, n, &e, &f))
		fail_msg("%s: accepted", name);
	case_expect(name, expected, &f);
	assert_null(e.payload);
}

static void
envelopes(void **state)
{
	(void)state;
	assert_true(cases_walk("envelopes/valid", "envelope.json", envelope_valid) >= 8);
	assert_true(cases_walk("envelopes/invalid", "envelope.json", envelope_invalid) >= 25);
}

/* The example of the DSSE protocol document. */
static void
pae_example(void **state)
{
	static const char wanted[] = "DSSEv1 29 http://example.com/HelloWorld 11 hello world";
	struct text pae = {0};

	(void)state;
	envelope_pae("http://example.com/HelloWorld", "hello world", 11, &pae);
	assert_string_equal(pae.data, wanted);
	text_clear(&pae);
}

static json_t *
submission_body(void)
{
	struct fault f = {0};
	char *data, *filled;
	size_t n;
	json_t *body;

	assert_true(file_read(
	    ASSAY_CASES "/payloads/valid/submission-plain/payload.json", 65536, &data, &n, &f));
	filled = with_key(data, n, &n);
	body = json_read_object(filled, n, &f);
	assert_non_null(body);
	free(data);
	free(filled);
	return body;
}

/* Open an envelope that says signed_by made `signature`, and expect this fault. */
static void
expect_forged(const char *type, const struct text *payload, const uint8_t *keyid,
    const uint8_t *signature, enum fault_code code)
{
	struct text forged = {0};
	struct statement st;
	struct fault f = {0};

	envelope_print(type, payload->data, payload->n, keyid, signature, &forged);
	assert_int_equal(statement_open(forged.data, forged.n, &st, &f), code == FAULT_NONE);
	assert_int_equal(f.code, code);
	if (code == FAULT_NONE)
		assert_memory_equal(st.key, key.public, KEY_SIZE);
	statement_clear(&st);
	text_clear(&forged);
}

static void
signature_and_key(void **state)
{
	const char *type = kind_info(KIND_SUBMISSION)->type;
	uint8_t others[SIGNATURE_SIZE], own[SIGNATURE_SIZE];
	struct text payload = {0}, pae = {0};
	json_t *body = submission_body();
	struct keypair other;

	(void)state;
	keypair_make(&other);
	json_print(body, &payload);
	envelope_pae(type, payload.data, payload.n, &pae);
	keypair_sign(&other, (uint8_t *)pae.data, pae.n, others);
	keypair_sign(&key, (uint8_t *)pae.data, pae.n, own);
	/* another key signs, and says so: the payload names the wrong key */
	expect_forged(type, &payload, other.public, others, FAULT_KEY_MISMATCH);
	/* another key signs under the victim's keyid */
	expect_forged(type, &payload, key.public, others, FAULT_SIGNATURE);
	/* the keyid is a hint: a wrong one hurts nobody */
	expect_forged(type, &payload, other.public, own, FAULT_NONE);
	/* the same payload and signature as another kind */
	expect_forged(kind_info(KIND_ENROLMENT)->type, &payload, key.public, own, FAULT_SIGNATURE);
	own[0] ^= 1;
	expect_forged(type, &payload, key.public, own, FAULT_SIGNATURE);
	text_clear(&payload);
	text_clear(&pae);
	json_decref(body);
}

static void
unknown_kind(void **state)
{
	struct text envelope = {0};
	struct statement st;
	struct fault f = {0};

	(void)state;
	sign_raw("application/vnd.assay.wish.v1+json", "{}", 2, &envelope);
	assert_false(statement_open(envelope.data, envelope.n, &st, &f));
	assert_int_equal(f.code, FAULT_UNKNOWN_KIND);
	assert_string_equal(f.path, "/payloadType");
	statement_clear(&st);
	text_clear(&envelope);
}

/* Read the n bytes behind a blank as they are and with it: what is printed as ours and what is not
 * must be read as the same. */
static void
assert_read_alike(const char *blank_and_data, size_t n)
{
	struct envelope ours, any;
	struct fault f = {0}, g = {0};
	bool done = envelope_read(blank_and_data + 1, n, &ours, &f);

	assert_int_equal(done, envelope_read(blank_and_data, n + 1, &any, &g));
	assert_int_equal(f.code, g.code);
	assert_string_equal(f.path, g.path);
	if (done) {
		assert_string_equal(ours.type, any.type);
		assert_int_equal(ours.payload_n, any.payload_n);
		assert_memory_equal(ours.payload, any.payload, any.payload_n + 1);
		assert_memory_equal(ours.signature, any.signature, SIGNATURE_SIZE);
		assert_int_equal(ours.has_keyid, any.has_keyid);
		if (any.has_keyid)
			assert_memory_equal(ours.keyid, any.keyid, KEY_SIZE);
	}
	envelope_clear(&ours);
	envelope_clear(&any);
}

static void
printed_and_any_form(void **state)
{
	static const char others[] = {'"', '\\', 'A', '-', '+', '=', ' ', '}', 'u', 1, (char)0xc3};
	struct text t = {0};

	(void)state;
	text_add_str(&t, " ");
	sign_raw("application/vnd.assay.intent.v1+json", "{\"a\":1}", 7, &t);
	assert_read_alike(t.data, t.n - 1);
	for (size_t i = 1; i < t.n; i++) {
		char was = t.data[i];

		for (size_t k = 0; k < sizeof(others); k++) {
			t.data[i] = others[k];
			assert_read_alike(t.data, t.n - 1);
		}
		t.data[i] = was;
		assert_read_alike(t.data, i - 1);
	}
	text_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pae_example),
	    cmocka_unit_test(envelopes),
	    cmocka_unit_test(printed_and_any_form),
	    cmocka_unit_test(payloads),
	    cmocka_unit_test(signature_and_key),
	    cmocka_unit_test(unknown_kind),
	};

	return cmocka_run_group_tests_name("statements", tests, setup, teardown);
}
