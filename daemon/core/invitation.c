/* invitation.c — a staff member's word that spares an enrolment its proof of work.
 * SPDX-License-Identifier: Apache-2.0 */
#include "invitation.h"

#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "envelope.h"
#include "file.h"
#include "json.h"
#include "text.h"

#define NONCE_SIZE 16
#define FILE_MAX_BYTES 4096

static void
signed_bytes(const char *origin, const char *nonce, const char *expires_at, struct text *pae)
{
	struct text lines = {0};

	text_addf(&lines, "%s\n%s\n%s\n", origin, nonce, expires_at);
	if (lines.failed)
		pae->failed = true;
	else
		envelope_pae("application/vnd.assay.invitation.v1", lines.data, lines.n, pae);
	text_clear(&lines);
}

bool
invitation_read(const json_t *body, struct invitation *out)
{
	const json_t *object = json_object_get(body, "invitation");
	uint8_t what[KEY_SIZE + NONCE_SIZE];

	memset(out, 0, sizeof(*out));
	out->nonce = json_get_text(object, "nonce");
	out->expires_at = json_get_text(object, "expires_at");
	if (!base64_parse_exact(json_get_text(object, "by"), out->by, KEY_SIZE) ||
	    !base64_parse_exact(json_get_text(object, "sig"), out->sig, SIGNATURE_SIZE) ||
	    !base64_parse_exact(out->nonce, what + KEY_SIZE, NONCE_SIZE) ||
	    !time_parse(out->expires_at, &out->expires_at_s))
		return false;
	memcpy(what, out->by, KEY_SIZE);
	sha256_of(what, sizeof(what), out->id);
	return true;
}

bool
invitation_check(const struct invitation *i, const char *origin)
{
	struct text pae = {0};
	bool good;

	signed_bytes(origin, i->nonce, i->expires_at, &pae);
	good = !pae.failed && crypto_verify(i->by, (const uint8_t *)pae.data, pae.n, i->sig);
	text_clear(&pae);
	return good;
}

bool
invitation_load(const char *path, const char *origin, json_t **out, struct fault *f)
{
	struct invitation i;
	char *text = NULL;
	json_t *body;
	size_t n;
	bool good;

	if (!file_read(path, FILE_MAX_BYTES, &text, &n, f))
		return false;
	*out = json_loadb(text, n, 0, NULL);
	free(text);
	body = json_pack("{s:O*}", "invitation", *out);
	good = invitation_read(body, &i) && invitation_check(&i, origin);
	json_decref(body);
	return good ||
	       fault_set(f, FAULT_FILE_FORMAT, path,
		   "an invitation to this log, as `assay invite` printed it", "something else");
}

static void
add_base64(const uint8_t *bytes, size_t n, json_t *object, const char *name)
{
	struct text text = {0};

	base64_print(bytes, n, &text);
	json_object_set_new(object, name, text.data != NULL ? json_string(text.data) : NULL);
	text_clear(&text);
}

json_t *
invitation_make(const char *origin, int64_t expires_at_s, const struct keypair *by)
{
	uint8_t nonce[NONCE_SIZE], sig[SIGNATURE_SIZE];
	json_t *object = json_object();
	struct text pae = {0};
	char at[TIME_SIZE];

	crypto_random(nonce, sizeof(nonce));
	time_print(expires_at_s, at);
	add_base64(by->public, KEY_SIZE, object, "by");
	add_base64(nonce, sizeof(nonce), object, "nonce");
	json_object_set_new(object, "expires_at", json_string(at));
	signed_bytes(origin, json_get_text(object, "nonce"), at, &pae);
	if (!pae.failed) {
		keypair_sign(by, (const uint8_t *)pae.data, pae.n, sig);
		add_base64(sig, SIGNATURE_SIZE, object, "sig");
	}
	text_clear(&pae);
	if (json_object_size(object) == 4)
		return object;
	json_decref(object);
	return NULL;
}
