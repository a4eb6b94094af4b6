/* envelope.h — DSSE v1.0.2 envelopes: read, print, pre-authentication encoding, id.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ENVELOPE_H
#define ASSAY_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"
#include "fault.h"
#include "text.h"

#define ENVELOPE_MAX_BYTES (64 * 1024)
#define PAYLOAD_TYPE_MAX 128
#define PAE_HEAD_MAX (PAYLOAD_TYPE_MAX + 64)

/* What an envelope carries, decoded. Zero-initialise; envelope_clear() frees. */
struct envelope {
	char type[PAYLOAD_TYPE_MAX];
	uint8_t *payload; /* NUL-terminated behind payload_n bytes */
	size_t payload_n;
	uint8_t signature[SIGNATURE_SIZE];
	uint8_t keyid[KEY_SIZE]; /* a hint only */
	bool has_keyid;          /* keyid was the base64 of 32 bytes */
};

/* Read one envelope of at most ENVELOPE_MAX_BYTES. Unknown members are ignored (DSSE protocol,
 * "Envelope"). The signature is not checked.
 * Fails with FAULT_BODY_TOO_LARGE, FAULT_NOT_JSON, FAULT_DUPLICATE_MEMBER, FAULT_ENVELOPE,
 * FAULT_BASE64. */
bool envelope_read(const char *data, size_t n, struct envelope *out, struct fault *f)
    __attribute__((warn_unused_result));

void envelope_clear(struct envelope *e);

/* Append PAE(type, payload): "DSSEv1" SP len(type) SP type SP len(payload) SP payload, lengths in
 * decimal bytes (DSSE protocol, "Signature Definition"). */
void envelope_pae(const char *type, const void *payload, size_t n, struct text *out);

/* Print what stands before the n bytes of payload there, of a type shorter than PAYLOAD_TYPE_MAX.
 * Returns its bytes, fewer than PAE_HEAD_MAX. */
size_t envelope_pae_head(const char *type, size_t n, char head[PAE_HEAD_MAX]);

/* Append the envelope as one line of JSON without line end. */
void envelope_print(const char *type, const void *payload, size_t n, const uint8_t key[KEY_SIZE],
    const uint8_t signature[SIGNATURE_SIZE], struct text *out);

#endif
