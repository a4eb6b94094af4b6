/* key_proof.h — a new key's word that it wants to belong to a submitter.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_KEY_PROOF_H
#define ASSAY_KEY_PROOF_H

#include <stdbool.h>

#include "crypto.h"

/* What a proof is made of; all borrowed. nonce: as it stands in the payload. */
struct key_proof {
	const char *origin;
	const uint8_t *submitter; /* SHA256_SIZE bytes */
	const uint8_t *signer;    /* KEY_SIZE bytes: the current key that signs the statement */
	const uint8_t *added;     /* KEY_SIZE bytes */
	const char *nonce;
};

/* Sign, or verify, with the added key, PAE(application/vnd.assay.key-proof.v1, origin LF submitter
 * id LF signing key LF new key LF nonce LF), the keys in base64 (DESIGN §12 "Key proof"). False
 * without memory, or if the signature is not the added key's. */
bool key_proof_make(const struct key_proof *p, const struct keypair *added,
    uint8_t sig[SIGNATURE_SIZE]) __attribute__((warn_unused_result));
bool key_proof_check(const struct key_proof *p, const uint8_t sig[SIGNATURE_SIZE])
    __attribute__((warn_unused_result));

#endif
