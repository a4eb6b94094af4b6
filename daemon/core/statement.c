/* statement.c — open a signed statement from outside, make one of our own.
 * SPDX-License-Identifier: Apache-2.0 */
#include "statement.h"

#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "json.h"
#include "kinds.h"

#define NEAR_BYTES 8192

static const struct kind_info *const kinds[KIND__MAX] = {
    [KIND_CONFIG] = &kind_config,
    [KIND_ENROLMENT] = &kind_enrolment,
    [KIND_SUBMISSION] = &kind_submission,
    [KIND_KEY] = &kind_key,
    [KIND_INTENT] = &kind_intent,
    [KIND_RETRACTION] = &kind_retraction,
    [KIND_ACT] = &kind_act,
    [KIND_PRICE] = &kind_price,
    [KIND_DECISION] = &kind_decision,
    [KIND_WATCH] = &kind_watch,
    [KIND_ALIAS] = &kind_alias,
};

const struct kind_info *
kind_info(enum kind kind)
{
	return kinds[kind];
}

bool
kind_of_type(const char *payload_type, enum kind *out)
{
	for (int k = 0; k < KIND__MAX; k++)
		if (strcmp(kinds[k]->type, payload_type) == 0) {
			*out = (enum kind)k;
			return true;
		}
	return false;
}

enum kind
kind_number(const struct kind_info *info)
{
	int k = 0;

	while (k < KIND__MAX && kinds[k] != info)
		k++;
	return (enum kind)k;
}

const struct kind_info *
kind_named(const char *name)
{
	for (int k = 0; k < KIND__MAX; k++)
		if (strcmp(kinds[k]->name, name) == 0)
			return kinds[k];
	return NULL;
}

static bool
take_kind(const char *payload_type, struct statement *out, struct fault *f)
{
	if (kind_of_type(payload_type, &out->kind))
		return true;
	return fault_set(f, FAULT_UNKNOWN_KIND, "/payloadType",
	    "application/vnd.assay.KIND.v1+json", "\"%s\"", payload_type);
}

/* The key has to be known before the signature can be checked, so it is looked at first. */
static bool
take_key(struct statement *out, struct fault *f)
{
	const json_t *key = json_object_get(out->body, "key");

	if (key == NULL)
		return fault_set(
		    f, FAULT_MISSING_MEMBER, "/key", "the signer's public key", "nothing");
	if (!json_is_string(key))
		return fault_set(
		    f, FAULT_WRONG_TYPE, "/key", "padded base64 of 32 bytes", "another JSON type");
	if (!base64_parse_exact(json_string_value(key), out->key, KEY_SIZE))
		return fault_set(f, FAULT_WRONG_FORM, "/key", "padded base64 of 32 bytes",
		    "\"%.80s\"", json_string_value(key));
	return true;
}

static bool
take_body(struct statement *out, struct fault *f)
{
	out->body = json_read_object((const char *)out->payload, out->payload_n, f);
	return out->body != NULL && take_key(out, f);
}

bool
statement_check(struct statement *st, struct fault *f)
{
	const struct kind_info *info = kinds[st->kind];

	if (!shape_check(info->shape, st->body, "", f))
		return false;
	if (!time_parse(json_get_text(st->body, "created_at"), &st->created_at))
		return false;
	return info->check == NULL || info->check(st->body, f);
}

/* Where the signature stands or not, over the bytes of the PAE. */
static bool
verify_pae(const struct envelope *e, const struct statement *st, const uint8_t *pae, size_t n,
    struct fault *f)
{
	if (crypto_verify(st->key, pae, n, e->signature))
		return true;
	if (e->has_keyid && memcmp(e->keyid, st->key, KEY_SIZE) != 0 &&
	    crypto_verify(e->keyid, pae, n, e->signature))
		return fault_set(f, FAULT_KEY_MISMATCH, "/key",
		    "the key that made the signature, named by keyid", "\"%s\"",
		    json_get_text(st->body, "key"));
	return fault_set(f, FAULT_SIGNATURE, "/signatures/0/sig",
	    "an Ed25519 signature over PAE(payloadType, payload) by the payload's key",
	    "a signature that does not verify");
}

/* Digests of the PAE and the payload, and the signature over the former. The keyid is a hint: it
 * only tells two mistakes apart, never lets a statement in. Most PAEs are small enough to stand on
 * the stack. */
bool
statement_verify(const struct envelope *e, struct statement *st, struct fault *f)
{
	uint8_t near[NEAR_BYTES], *pae = near;
	size_t head, n;
	bool good;

	if (st->payload_n + PAE_HEAD_MAX > sizeof(near))
		pae = malloc(st->payload_n + PAE_HEAD_MAX);
	if (pae == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for the signed bytes", "none");
	head = envelope_pae_head(e->type, st->payload_n, (char *)pae);
	n = head + st->payload_n;
	memcpy(pae + head, st->payload, st->payload_n);
	sha256_of(pae, n, st->id);
	sha256_of(st->payload, st->payload_n, st->payload_sha256);
	good = verify_pae(e, st, pae, n, f);
	if (pae != near)
		free(pae);
	memcpy(st->signature, e->signature, good ? SIGNATURE_SIZE : 0);
	return good;
}

bool
statement_read(
    const char *data, size_t n, struct envelope *e, struct statement *out, struct fault *f)
{
	memset(out, 0, sizeof(*out));
	memset(e, 0, sizeof(*e));
	if (!envelope_read(data, n, e, f))
		return false;
	out->payload = e->payload;
	out->payload_n = e->payload_n;
	e->payload = NULL;
	return take_kind(e->type, out, f) && take_body(out, f);
}

bool
statement_open(const char *data, size_t n, struct statement *out, struct fault *f)
{
	struct envelope e;
	bool done = statement_read(data, n, &e, out, f) && statement_verify(&e, out, f) &&
		    statement_check(out, f);

	envelope_clear(&e);
	return done;
}

bool
statement_from_row(
    const char *payload_type, const void *payload, size_t n, struct statement *out, struct fault *f)
{
	struct text pae = {0};

	memset(out, 0, sizeof(*out));
	out->payload = malloc(n + 1);
	if (out->payload == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a payload", "none");
	memcpy(out->payload, payload, n);
	out->payload[n] = 0;
	out->payload_n = n;
	if (!take_kind(payload_type, out, f) || !take_body(out, f) || !statement_check(out, f))
		return false;
	envelope_pae(payload_type, payload, n, &pae);
	sha256_of(pae.data, pae.n, out->id);
	sha256_of(payload, n, out->payload_sha256);
	text_clear(&pae);
	return true;
}

static bool
complete_body(json_t *body, const struct keypair *key, int64_t now)
{
	struct text b64 = {0};
	uint8_t nonce[NONCE_SIZE];
	char at[TIME_SIZE];
	bool done;

	base64_print(key->public, KEY_SIZE, &b64);
	done = !b64.failed && json_object_set_new(body, "key", json_string(b64.data)) == 0;
	if (json_object_get(body, "nonce") == NULL) {
		text_reset(&b64);
		crypto_random(nonce, sizeof(nonce));
		base64_print(nonce, sizeof(nonce), &b64);
		done = done && json_object_set_new(body, "nonce", json_string(b64.data)) == 0;
	}
	if (json_object_get(body, "created_at") == NULL) {
		time_print(now, at);
		done = done && json_object_set_new(body, "created_at", json_string(at)) == 0;
	}
	text_clear(&b64);
	return done;
}

static void
sign_payload(const char *type, const struct text *payload, const struct keypair *key,
    struct text *out, uint8_t *id)
{
	uint8_t signature[SIGNATURE_SIZE];
	struct text pae = {0};

	envelope_pae(type, payload->data, payload->n, &pae);
	if (pae.failed) {
		out->failed = true;
		return;
	}
	keypair_sign(key, (const uint8_t *)pae.data, pae.n, signature);
	if (id != NULL)
		sha256_of(pae.data, pae.n, id);
	text_clear(&pae);
	envelope_print(type, payload->data, payload->n, key->public, signature, out);
}

bool
statement_sign(enum kind kind, json_t *body, const struct keypair *key, int64_t now,
    struct text *out, uint8_t id[SHA256_SIZE], struct fault *f)
{
	const struct kind_info *info = kinds[kind];
	struct text payload = {0};
	size_t before = out->n;

	if (!complete_body(body, key, now))
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a payload", "none");
	if (!shape_check(info->shape, body, "", f) || (info->check && !info->check(body, f)))
		return false;
	json_print(body, &payload);
	if (!payload.failed)
		sign_payload(info->type, &payload, key, out, id);
	if (payload.failed || out->failed) {
		text_clear(&payload);
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for an envelope", "none");
	}
	text_clear(&payload);
	if (out->n - before > ENVELOPE_MAX_BYTES)
		return fault_set(f, FAULT_BODY_TOO_LARGE, "", "an envelope of at most 65536 bytes",
		    "%zu bytes", out->n - before);
	return true;
}

void
statement_clear(struct statement *st)
{
	free(st->payload);
	json_decref(st->body);
	memset(st, 0, sizeof(*st));
}
