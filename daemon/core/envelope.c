/* envelope.c — DSSE v1.0.2 envelopes: read, print, pre-authentication encoding.
 * SPDX-License-Identifier: Apache-2.0 */
#include "envelope.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "json.h"

static bool
read_string(
    const json_t *object, const char *name, const char *path, const json_t **out, struct fault *f)
{
	*out = json_object_get(object, name);
	if (*out == NULL)
		return fault_set(f, FAULT_ENVELOPE, path, "a string, DSSE \"Envelope\"", "nothing");
	if (!json_is_string(*out))
		return fault_set(
		    f, FAULT_ENVELOPE, path, "a string, DSSE \"Envelope\"", "another JSON type");
	return true;
}

static bool
read_type(const json_t *root, struct envelope *out, struct fault *f)
{
	const json_t *type;

	if (!read_string(root, "payloadType", "/payloadType", &type, f))
		return false;
	if (json_string_length(type) >= sizeof(out->type))
		return fault_set(f, FAULT_UNKNOWN_KIND, "/payloadType",
		    "application/vnd.assay.KIND.v1+json", "%zu bytes", json_string_length(type));
	memcpy(out->type, json_string_value(type), json_string_length(type) + 1);
	return true;
}

/* Decode, new. What cannot be decoded for want of memory is no fault of the envelope. */
static bool
read_base64(const json_t *value, const char *path, const char *expected, uint8_t **out, size_t *n,
    struct fault *f)
{
	if (base64_parse_any(json_string_value(value), json_string_length(value), out, n))
		return true;
	if (*n > 0)
		return fault_set(
		    f, FAULT_NO_MEMORY, "", "memory for an envelope", "none for %zu bytes", *n);
	return fault_set(f, FAULT_BASE64, path, expected, "%zu characters that do not decode",
	    json_string_length(value));
}

static bool
read_payload(const json_t *root, struct envelope *out, struct fault *f)
{
	const json_t *payload;

	if (!read_string(root, "payload", "/payload", &payload, f))
		return false;
	return read_base64(payload, "/payload",
	    "base64 in one alphabet (RFC 4648 §4 or §5), padding optional, no blanks",
	    &out->payload, &out->payload_n, f);
}

/* The hint may be anything; only one that is a key is worth keeping. */
static void
read_keyid(const json_t *signature, struct envelope *out)
{
	const json_t *keyid = json_object_get(signature, "keyid");
	uint8_t *bytes = NULL;
	size_t n = 0;

	if (!json_is_string(keyid))
		return;
	if (base64_parse_any(json_string_value(keyid), json_string_length(keyid), &bytes, &n) &&
	    n == KEY_SIZE) {
		memcpy(out->keyid, bytes, KEY_SIZE);
		out->has_keyid = true;
	}
	free(bytes);
}

static bool
read_signature(const json_t *root, struct envelope *out, struct fault *f)
{
	const json_t *list = json_object_get(root, "signatures"), *signature, *sig;
	uint8_t *bytes = NULL;
	size_t n = 0;

	if (!json_is_array(list) || json_array_size(list) != 1)
		return fault_set(f, FAULT_ENVELOPE, "/signatures",
		    "an array of exactly one signature",
		    json_is_array(list) ? "%zu signatures" : "no array", json_array_size(list));
	signature = json_array_get(list, 0);
	if (!json_is_object(signature))
		return fault_set(f, FAULT_ENVELOPE, "/signatures/0", "an object {keyid, sig}",
		    "another JSON type");
	if (!read_string(signature, "sig", "/signatures/0/sig", &sig, f))
		return false;
	if (!read_base64(sig, "/signatures/0/sig", "base64 of 64 bytes", &bytes, &n, f))
		return false;
	if (n != SIGNATURE_SIZE) {
		free(bytes);
		return fault_set(
		    f, FAULT_BASE64, "/signatures/0/sig", "base64 of 64 bytes", "%zu bytes", n);
	}
	memcpy(out->signature, bytes, SIGNATURE_SIZE);
	free(bytes);
	read_keyid(signature, out);
	return true;
}

/* ---- the form that envelope_print() makes ---- */

struct printed {
	const char *at, *end;
};

static bool
pass(struct printed *p, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(p->end - p->at) < n || memcmp(p->at, word, n) != 0)
		return false;
	p->at += n;
	return true;
}

/* Pass what stands before the next quote, with it. */
static bool
pass_quoted(struct printed *p, const char **s, size_t *n)
{
	const char *quote = memchr(p->at, '"', (size_t)(p->end - p->at));

	if (quote == NULL)
		return false;
	*s = p->at;
	*n = (size_t)(quote - p->at);
	p->at = quote + 1;
	return true;
}

/* Read an envelope as envelope_print() makes it, without a tree of values. False: it is of another
 * form, or not an envelope; the reader of any form says which. Base64 has no escapes, so only the
 * type is looked at for them. */
static bool
read_printed(const char *data, size_t n, struct envelope *out)
{
	struct printed p = {.at = data, .end = data + n};
	const char *type, *payload, *keyid, *sig;
	size_t type_n, payload_n, keyid_n, sig_n, got;

	if (!pass(&p, "{\"payloadType\":\"") || !pass_quoted(&p, &type, &type_n) ||
	    !pass(&p, ",\"payload\":\"") || !pass_quoted(&p, &payload, &payload_n) ||
	    !pass(&p, ",\"signatures\":[{\"keyid\":\"") || !pass_quoted(&p, &keyid, &keyid_n) ||
	    !pass(&p, ",\"sig\":\"") || !pass_quoted(&p, &sig, &sig_n) || !pass(&p, "}]}") ||
	    p.at != p.end || type_n >= sizeof(out->type))
		return false;
	for (size_t i = 0; i < type_n; i++)
		if (type[i] < 0x20 || type[i] > 0x7e || type[i] == '\\')
			return false;
	memcpy(out->type, type, type_n);
	out->has_keyid = true;
	return base64_parse(keyid, keyid_n, out->keyid, KEY_SIZE, &got) && got == KEY_SIZE &&
	       base64_parse(sig, sig_n, out->signature, SIGNATURE_SIZE, &got) &&
	       got == SIGNATURE_SIZE &&
	       base64_parse_any(payload, payload_n, &out->payload, &out->payload_n);
}

/* ---- any form ---- */

bool
envelope_read(const char *data, size_t n, struct envelope *out, struct fault *f)
{
	json_t *root;
	bool done;

	memset(out, 0, sizeof(*out));
	if (n > ENVELOPE_MAX_BYTES)
		return fault_set(f, FAULT_BODY_TOO_LARGE, "", "an envelope of at most 65536 bytes",
		    "%zu bytes", n);
	if (read_printed(data, n, out))
		return true;
	memset(out, 0, sizeof(*out));
	root = json_read_object(data, n, f);
	if (root == NULL)
		return false;
	done =
	    read_type(root, out, f) && read_payload(root, out, f) && read_signature(root, out, f);
	json_decref(root);
	if (!done)
		envelope_clear(out);
	return done;
}

void
envelope_clear(struct envelope *e)
{
	free(e->payload);
	memset(e, 0, sizeof(*e));
}

#define PAE_HEAD "DSSEv1 %zu %s %zu " /* the type's length, the type, the payload's length */

size_t
envelope_pae_head(const char *type, size_t n, char head[PAE_HEAD_MAX])
{
	return (size_t)snprintf(head, PAE_HEAD_MAX, PAE_HEAD, strlen(type), type, n);
}

void
envelope_pae(const char *type, const void *payload, size_t n, struct text *out)
{
	text_addf(out, PAE_HEAD, strlen(type), type, n);
	text_add(out, payload, n);
}

void
envelope_print(const char *type, const void *payload, size_t n, const uint8_t key[KEY_SIZE],
    const uint8_t signature[SIGNATURE_SIZE], struct text *out)
{
	text_add_str(out, "{\"payloadType\":");
	json_print_string(type, strlen(type), out);
	text_add_str(out, ",\"payload\":\"");
	base64_print(payload, n, out);
	text_add_str(out, "\",\"signatures\":[{\"keyid\":\"");
	base64_print(key, KEY_SIZE, out);
	text_add_str(out, "\",\"sig\":\"");
	base64_print(signature, SIGNATURE_SIZE, out);
	text_add_str(out, "\"}]}");
}
