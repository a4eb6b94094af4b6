/* key_proof.c — a new key's word that it wants to belong to a submitter.
 * SPDX-License-Identifier: Apache-2.0 */
#include "key_proof.h"

#include "encode.h"
#include "envelope.h"
#include "text.h"

static void
add_line(struct text *out, const char *line)
{
	text_add_str(out, line);
	text_add_str(out, "\n");
}

static void
add_key_line(struct text *out, const uint8_t key[KEY_SIZE])
{
	base64_print(key, KEY_SIZE, out);
	text_add_str(out, "\n");
}

static void
signed_bytes(const struct key_proof *p, struct text *pae)
{
	struct text lines = {0};
	char hex[HEX32_SIZE];

	hex_print(p->submitter, SHA256_SIZE, hex);
	add_line(&lines, p->origin);
	add_line(&lines, hex);
	add_key_line(&lines, p->signer);
	add_key_line(&lines, p->added);
	add_line(&lines, p->nonce);
	if (lines.failed)
		pae->failed = true;
	else
		envelope_pae("application/vnd.assay.key-proof.v1", lines.data, lines.n, pae);
	text_clear(&lines);
}

bool
key_proof_make(const struct key_proof *p, const struct keypair *added, uint8_t sig[SIGNATURE_SIZE])
{
	struct text pae = {0};
	bool done;

	signed_bytes(p, &pae);
	done = !pae.failed;
	if (done)
		keypair_sign(added, (const uint8_t *)pae.data, pae.n, sig);
	text_clear(&pae);
	return done;
}

bool
key_proof_check(const struct key_proof *p, const uint8_t sig[SIGNATURE_SIZE])
{
	struct text pae = {0};
	bool good;

	signed_bytes(p, &pae);
	good = !pae.failed && crypto_verify(p->added, (const uint8_t *)pae.data, pae.n, sig);
	text_clear(&pae);
	return good;
}
