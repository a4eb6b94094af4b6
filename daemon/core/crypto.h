/* crypto.h — the only door to libsodium: Ed25519, SHA-256, random bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CRYPTO_H
#define ASSAY_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_SIZE 32
#define SEED_SIZE 32
#define SIGNATURE_SIZE 64
#define NONCE_SIZE 16
#define SHA256_SIZE 32

struct keypair {
	uint8_t public[KEY_SIZE];
	uint8_t secret[64]; /* libsodium's form: seed, then public key */
};

struct sha256 {
	_Alignas(8) unsigned char state[128];
};

/* Prepare libsodium and learn, from a known vector, whether it verifies with the cofactor. Call
 * once at start, before any thread. */
bool crypto_start(void) __attribute__((warn_unused_result));

/* Make a fresh key pair, or the one of a seed (RFC 8032 §5.1.5). */
void keypair_make(struct keypair *out);
void keypair_from_seed(const uint8_t seed[SEED_SIZE], struct keypair *out);
void keypair_wipe(struct keypair *k);

void keypair_sign(
    const struct keypair *k, const uint8_t *data, size_t n, uint8_t sig[SIGNATURE_SIZE]);

/* Verify Ed25519 (RFC 8032 §5.1.7, cofactorless whatever the library does). */
bool crypto_verify(const uint8_t key[KEY_SIZE], const uint8_t *data, size_t n,
    const uint8_t sig[SIGNATURE_SIZE]) __attribute__((warn_unused_result));

/* Tell whether key is a canonical point of the main subgroup, not the identity. */
bool crypto_key_is_sound(const uint8_t key[KEY_SIZE]);

void sha256_start(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *data, size_t n);
void sha256_end(struct sha256 *h, uint8_t out[SHA256_SIZE]);
void sha256_of(const void *data, size_t n, uint8_t out[SHA256_SIZE]);

/* Keyed hash for tables whose keys others choose (SipHash-2-4). */
uint64_t crypto_siphash(const uint8_t seed[16], const void *data, size_t n);

void crypto_random(void *out, size_t n);
void crypto_wipe(void *data, size_t n);

#endif
