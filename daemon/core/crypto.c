/* crypto.c — the only door to libsodium: Ed25519, SHA-256, random bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "crypto.h"

#include <sodium.h>
#include <string.h>

_Static_assert(
    sizeof(struct sha256) >= sizeof(crypto_hash_sha256_state), "room for libsodium's state");
_Static_assert(SHA256_SIZE == crypto_hash_sha256_BYTES, "SHA-256 has 32 bytes");
_Static_assert(SIGNATURE_SIZE == crypto_sign_ed25519_BYTES, "Ed25519 signatures have 64 bytes");
_Static_assert(sizeof(((struct keypair *)NULL)->secret) == crypto_sign_ed25519_SECRETKEYBYTES,
    "libsodium's secret key has 64 bytes");

/* How this machine's libsodium verifies. The only variable of core: it describes the library, not
 * our state, is written once before any thread, and whether a signature counts must not hang on a
 * parameter that some caller might forget. */
static bool library_uses_cofactor;

/* A signature over the empty message by the key of 32 zero bytes (RFC 8032 §5.1.5), made with
 * R = rB + T, where T = (0, -1) has order 2: [8]SB = [8]R + [8]kA holds, SB = R + kA does not.
 * Only a library that multiplies with the cofactor 8 (RFC 8032 §5.1.7 allows both) accepts it. */
static const uint8_t cofactor_key[KEY_SIZE] = {0x3b, 0x6a, 0x27, 0xbc, 0xce, 0xb6, 0xa4, 0x2d, 0x62,
    0xa3, 0xa8, 0xd0, 0x2a, 0x6f, 0x0d, 0x73, 0x65, 0x32, 0x15, 0x77, 0x1d, 0xe2, 0x43, 0xa6, 0x3a,
    0xc0, 0x48, 0xa1, 0x8b, 0x59, 0xda, 0x29};
static const uint8_t cofactor_signature[SIGNATURE_SIZE] = {0x1f, 0xe5, 0xcd, 0x66, 0xb1, 0x7c, 0xa3,
    0xe6, 0xc1, 0xd4, 0x0c, 0xc6, 0xf6, 0x0b, 0xbc, 0x8c, 0x51, 0xd3, 0x06, 0xb2, 0x21, 0x0f, 0x02,
    0x6d, 0xdf, 0xca, 0x3b, 0x7c, 0x98, 0xf9, 0xc8, 0x3d, 0x09, 0x72, 0x8b, 0xf0, 0xa7, 0x23, 0xda,
    0x6e, 0xc7, 0x1a, 0xbf, 0x76, 0x6a, 0xec, 0x4c, 0xd0, 0x7f, 0x5b, 0x13, 0xcb, 0x80, 0xad, 0x68,
    0xb7, 0x85, 0x83, 0x64, 0x30, 0x71, 0x95, 0xd1, 0x0c};

bool
crypto_start(void)
{
	if (sodium_init() < 0)
		return false;
	library_uses_cofactor =
	    crypto_sign_ed25519_verify_detached(cofactor_signature, NULL, 0, cofactor_key) == 0;
	return true;
}

void
keypair_make(struct keypair *out)
{
	crypto_sign_ed25519_keypair(out->public, out->secret);
}

void
keypair_from_seed(const uint8_t seed[SEED_SIZE], struct keypair *out)
{
	crypto_sign_ed25519_seed_keypair(out->public, out->secret, seed);
}

void
keypair_wipe(struct keypair *k)
{
	sodium_memzero(k, sizeof(*k));
}

void
keypair_sign(const struct keypair *k, const uint8_t *data, size_t n, uint8_t sig[SIGNATURE_SIZE])
{
	crypto_sign_ed25519_detached(sig, NULL, data, n, k->secret);
}

/* With key and R in the main subgroup both equations say the same. */
bool
crypto_verify(
    const uint8_t key[KEY_SIZE], const uint8_t *data, size_t n, const uint8_t sig[SIGNATURE_SIZE])
{
	if (crypto_sign_ed25519_verify_detached(sig, data, n, key) != 0)
		return false;
	return !library_uses_cofactor || crypto_key_is_sound(sig);
}

/* libsodium up to 1.0.20, where it is not patched, takes P + T for a point of the main subgroup, T
 * = (0, -1) (CVE-2025-69277), so that is not left to it alone. Nor can it be asked for LP = 0, as
 * it refuses to answer with the identity; but (L - 1)P = -P says the same. */
bool
crypto_key_is_sound(const uint8_t key[KEY_SIZE])
{
	static const uint8_t order_less_one[32] = {0xec, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
	    0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
	uint8_t product[KEY_SIZE];

	if (crypto_core_ed25519_is_valid_point(key) != 1 ||
	    crypto_scalarmult_ed25519_noclamp(product, order_less_one, key) != 0)
		return false;
	product[KEY_SIZE - 1] ^= 0x80; /* the sign of x: -P and P differ in nothing else */
	return memcmp(product, key, KEY_SIZE) == 0;
}

static crypto_hash_sha256_state *
state_of(struct sha256 *h)
{
	return (crypto_hash_sha256_state *)(void *)h->state;
}

void
sha256_start(struct sha256 *h)
{
	crypto_hash_sha256_init(state_of(h));
}

void
sha256_add(struct sha256 *h, const void *data, size_t n)
{
	crypto_hash_sha256_update(state_of(h), data, n);
}

void
sha256_end(struct sha256 *h, uint8_t out[SHA256_SIZE])
{
	crypto_hash_sha256_final(state_of(h), out);
}

void
sha256_of(const void *data, size_t n, uint8_t out[SHA256_SIZE])
{
	crypto_hash_sha256(out, data, n);
}

uint64_t
crypto_siphash(const uint8_t seed[16], const void *data, size_t n)
{
	uint8_t out[crypto_shorthash_BYTES];
	uint64_t whole;

	crypto_shorthash(out, data, n, seed);
	memcpy(&whole, out, sizeof(whole));
	return whole;
}

void
crypto_random(void *out, size_t n)
{
	randombytes_buf(out, n);
}

void
crypto_wipe(void *data, size_t n)
{
	sodium_memzero(data, n);
}
