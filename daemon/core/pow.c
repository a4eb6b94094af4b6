/* pow.c — the proof of work of an enrolment.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pow.h"

#include <string.h>

/* Hash all that does not change from try to try. */
static void
hash_prefix(const char *origin, const uint8_t key[KEY_SIZE], struct sha256 *out)
{
	static const char tag[] = "assay-pow-v1";

	sha256_start(out);
	sha256_add(out, tag, strlen(tag));
	sha256_add(out, origin, strlen(origin));
	sha256_add(out, key, KEY_SIZE);
}

static bool
has_zero_bits(const uint8_t digest[SHA256_SIZE], int bits)
{
	int whole = bits / 8;

	for (int i = 0; i < whole; i++)
		if (digest[i] != 0)
			return false;
	return bits % 8 == 0 || digest[whole] >> (8 - bits % 8) == 0;
}

static bool
try_counter(const struct sha256 *prefix, uint64_t counter, int bits)
{
	struct sha256 h = *prefix;
	uint8_t bytes[8], digest[SHA256_SIZE];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(counter >> (56 - 8 * i));
	sha256_add(&h, bytes, sizeof(bytes));
	sha256_end(&h, digest);
	return has_zero_bits(digest, bits);
}

/* Bits come from a config, which bounds them; whatever else comes is never met, not misread. */
bool
pow_check(const char *origin, const uint8_t key[KEY_SIZE], uint64_t counter, int bits)
{
	struct sha256 prefix;

	if (bits < 0 || bits > 8 * SHA256_SIZE)
		return false;
	hash_prefix(origin, key, &prefix);
	return try_counter(&prefix, counter, bits);
}

bool
pow_search(
    const char *origin, const uint8_t key[KEY_SIZE], int bits, uint64_t tries, uint64_t *counter)
{
	struct sha256 prefix;

	if (bits < 0 || bits > 8 * SHA256_SIZE)
		return false;
	hash_prefix(origin, key, &prefix);
	for (; tries > 0; tries--, (*counter)++)
		if (try_counter(&prefix, *counter, bits))
			return true;
	return false;
}
