/* test_crypto.c — Ed25519 and SHA-256 against their standards, and which keys and points count.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

/* The source and not the library: a machine's libsodium verifies in one of two ways, and both ways
 * through crypto_verify() have to be walked on every machine. */
#include "crypto.c"
#include "encode.h"
#include "unit.h"

/* RFC 8032 §7.1, TEST 1 to 3. */
static const struct {
	const char *seed;
	const char *key;
	const char *message;
	size_t message_n;
	const char *signature;
} rfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", 0,
	"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
	"f9"
	"b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72", 1,
	"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
	"f1"
	"1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "\xaf\x82", 2,
	"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76098"
	"4d"
	"c6594a7c15e9716ed28dc027beceea1ec40a"},
};

/* The points of small order but the identity, in canonical form: orders 8, 8, 4, 4, 8, 8, 2. */
static const char *const small_order[] = {
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

static const char identity[] = "0100000000000000000000000000000000000000000000000000000000000000";

static int
start(void **state)
{
	(void)state;
	return crypto_start() ? 0 : -1;
}

static void
from_hex(const char *hex, uint8_t *out, size_t n)
{
	assert_true(hex_parse(hex, out, n));
}

static void
test_rfc8032(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rfc8032); i++) {
		const uint8_t *message = (const uint8_t *)rfc8032[i].message;
		uint8_t seed[SEED_SIZE], key[KEY_SIZE], expected[SIGNATURE_SIZE],
		    made[SIGNATURE_SIZE];
		struct keypair pair;

		from_hex(rfc8032[i].seed, seed, sizeof(seed));
		from_hex(rfc8032[i].key, key, sizeof(key));
		from_hex(rfc8032[i].signature, expected, sizeof(expected));
		keypair_from_seed(seed, &pair);
		assert_memory_equal(pair.public, key, sizeof(key));
		keypair_sign(&pair, message, rfc8032[i].message_n, made);
		assert_memory_equal(made, expected, sizeof(made));
		assert_true(crypto_verify(key, message, rfc8032[i].message_n, made));
		assert_true(crypto_key_is_sound(key));
	}
}

static void
test_every_bit_counts(void **state)
{
	uint8_t message[] = {1, 2, 3}, sig[SIGNATURE_SIZE];
	struct keypair pair;

	(void)state;
	keypair_make(&pair);
	keypair_sign(&pair, message, sizeof(message), sig);
	for (size_t bit = 0; bit < 8 * sizeof(sig); bit++) {
		sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(crypto_verify(pair.public, message, sizeof(message), sig));
		sig[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	message[1] ^= 1;
	assert_false(crypto_verify(pair.public, message, sizeof(message), sig));
	assert_false(crypto_verify(pair.public, message, sizeof(message) - 1, sig));
}

/* S + L satisfies the equation too; RFC 8032 §5.1.7 refuses it, else signatures were malleable. */
static void
test_large_s_is_refused(void **state)
{
	static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6,
	    0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
	uint8_t sig[SIGNATURE_SIZE];
	struct keypair pair;

	(void)state;
	keypair_make(&pair);
	keypair_sign(&pair, order, sizeof(order), sig);
	assert_true(crypto_verify(pair.public, order, sizeof(order), sig));
	sodium_add(sig + 32, order, sizeof(order));
	assert_false(crypto_verify(pair.public, order, sizeof(order), sig));
}

static void
test_weak_keys(void **state)
{
	static const char *const rows[] = {
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    /* y = 2 is on no point; y = p, p + 1, 2^255 - 1 are not canonical */
	    "0200000000000000000000000000000000000000000000000000000000000000",
	    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	    "0100000000000000000000000000000000000000000000000000000000000080",
	};
	uint8_t key[KEY_SIZE];

	(void)state;
	from_hex(identity, key, sizeof(key));
	assert_false(crypto_key_is_sound(key));
	for (size_t i = 0; i < COUNT(small_order); i++) {
		from_hex(small_order[i], key, sizeof(key));
		assert_false(crypto_key_is_sound(key));
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		from_hex(rows[i], key, sizeof(key));
		assert_false(crypto_key_is_sound(key));
	}
}

/* A sound key moved by a point of small order is outside the main subgroup. */
static void
test_keys_of_mixed_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(small_order); i++) {
		uint8_t small[KEY_SIZE], mixed[KEY_SIZE];
		struct keypair pair;

		keypair_make(&pair);
		assert_true(crypto_key_is_sound(pair.public));
		from_hex(small_order[i], small, sizeof(small));
		assert_int_equal(crypto_core_ed25519_add(mixed, pair.public, small), 0);
		assert_false(crypto_key_is_sound(mixed));
	}
}

/* Sign with R moved by a point of small order: right for who multiplies with the cofactor. */
static void
sign_mixed(const uint8_t seed[SEED_SIZE], uint8_t r, const uint8_t small[32], struct keypair *pair,
    uint8_t sig[SIGNATURE_SIZE])
{
	uint8_t hash[64], wide[64] = {0}, secret[32], nonce[32] = {r}, k[32], product[32];
	crypto_hash_sha512_state h;

	keypair_from_seed(seed, pair);
	crypto_hash_sha512(hash, seed, SEED_SIZE);
	memcpy(wide, hash, 32);
	wide[0] &= 248;
	wide[31] = (wide[31] & 127) | 64;
	crypto_core_ed25519_scalar_reduce(secret, wide);
	assert_int_equal(crypto_scalarmult_ed25519_base_noclamp(product, nonce), 0);
	assert_int_equal(crypto_core_ed25519_add(sig, product, small), 0);
	crypto_hash_sha512_init(&h);
	crypto_hash_sha512_update(&h, sig, 32);
	crypto_hash_sha512_update(&h, pair->public, KEY_SIZE);
	crypto_hash_sha512_final(&h, hash);
	crypto_core_ed25519_scalar_reduce(k, hash);
	crypto_core_ed25519_scalar_mul(product, k, secret);
	crypto_core_ed25519_scalar_add(sig + 32, product, nonce);
}

static void
test_mixed_signatures_are_refused(void **state)
{
	const uint8_t seed[SEED_SIZE] = {7};

	(void)state;
	for (size_t i = 0; i < COUNT(small_order); i++) {
		uint8_t small[32], sig[SIGNATURE_SIZE];
		struct keypair pair;

		from_hex(small_order[i], small, sizeof(small));
		sign_mixed(seed, 9, small, &pair, sig);
		assert_false(crypto_verify(pair.public, NULL, 0, sig));
		assert_false(crypto_key_is_sound(sig));
	}
}

static void
test_the_cofactor_vector_is_one(void **state)
{
	const uint8_t seed[SEED_SIZE] = {0};
	uint8_t order_two[32], none[32], sig[SIGNATURE_SIZE];
	struct keypair pair;

	(void)state;
	from_hex(small_order[6], order_two, sizeof(order_two));
	sign_mixed(seed, 42, order_two, &pair, sig);
	assert_memory_equal(pair.public, cofactor_key, KEY_SIZE);
	assert_memory_equal(sig, cofactor_signature, SIGNATURE_SIZE);
	/* the same way of signing without the small part is right for everybody */
	from_hex(identity, none, sizeof(none));
	sign_mixed(seed, 42, none, &pair, sig);
	assert_true(crypto_verify(pair.public, NULL, 0, sig));
}

static void
test_a_library_with_cofactor(void **state)
{
	bool before = library_uses_cofactor;
	uint8_t message[] = {1, 2, 3}, sig[SIGNATURE_SIZE];
	struct keypair pair;

	(void)state;
	library_uses_cofactor = true;
	keypair_make(&pair);
	keypair_sign(&pair, message, sizeof(message), sig);
	assert_true(crypto_verify(pair.public, message, sizeof(message), sig));
	assert_false(crypto_verify(cofactor_key, NULL, 0, cofactor_signature));
	library_uses_cofactor = before;
	assert_false(crypto_verify(cofactor_key, NULL, 0, cofactor_signature));
}

/* FIPS 180-4 examples, and a million times "a". */
static void
test_sha256(void **state)
{
	static const struct {
		const char *message;
		const char *digest;
	} rows[] = {
	    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	uint8_t digest[SHA256_SIZE], parts[SHA256_SIZE];
	char hex[HEX32_SIZE];
	struct sha256 h;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		sha256_of(rows[i].message, strlen(rows[i].message), digest);
		hex_print(digest, sizeof(digest), hex);
		assert_string_equal(hex, rows[i].digest);
		sha256_start(&h);
		for (const char *at = rows[i].message; *at != 0; at++)
			sha256_add(&h, at, 1);
		sha256_end(&h, parts);
		assert_memory_equal(parts, digest, sizeof(parts));
	}
	sha256_start(&h);
	for (int i = 0; i < 100000; i++)
		sha256_add(&h, "aaaaaaaaaa", 10);
	sha256_end(&h, digest);
	hex_print(digest, sizeof(digest), hex);
	assert_string_equal(
	    hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void
test_random_and_wipe(void **state)
{
	uint8_t a[32] = {0}, b[32] = {0}, zero[32] = {0};
	struct keypair pair, none;

	(void)state;
	crypto_random(a, sizeof(a));
	crypto_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	crypto_wipe(a, sizeof(a));
	assert_memory_equal(a, zero, sizeof(a));
	keypair_make(&pair);
	memset(&none, 0, sizeof(none));
	keypair_wipe(&pair);
	assert_memory_equal(&pair, &none, sizeof(pair));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rfc8032),
	    cmocka_unit_test(test_every_bit_counts),
	    cmocka_unit_test(test_large_s_is_refused),
	    cmocka_unit_test(test_weak_keys),
	    cmocka_unit_test(test_keys_of_mixed_order),
	    cmocka_unit_test(test_mixed_signatures_are_refused),
	    cmocka_unit_test(test_the_cofactor_vector_is_one),
	    cmocka_unit_test(test_a_library_with_cofactor),
	    cmocka_unit_test(test_sha256),
	    cmocka_unit_test(test_random_and_wipe),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
