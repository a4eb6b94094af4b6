/* note.c — names and keys of the log's signed notes (C2SP signed-note).
 * SPDX-License-Identifier: Apache-2.0 */
#include "note.h"

#include <string.h>

#include "encode.h"

#define ORIGIN_MAX 200
#define KEY_HASH_SIZE 4
#define VKEY_HASH_DIGITS (2 * KEY_HASH_SIZE)

static void
key_hash(const char *name, const uint8_t typed_key[1 + KEY_SIZE], uint8_t out[KEY_HASH_SIZE])
{
	uint8_t digest[SHA256_SIZE];
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, name, strlen(name));
	sha256_add(&h, "\n", 1);
	sha256_add(&h, typed_key, 1 + KEY_SIZE);
	sha256_end(&h, digest);
	memcpy(out, digest, KEY_HASH_SIZE);
}

void
vkey_print(const char *name, const uint8_t key[KEY_SIZE], struct text *out)
{
	uint8_t typed_key[1 + KEY_SIZE] = {NOTE_ED25519}, hash[KEY_HASH_SIZE];
	char hex[VKEY_HASH_DIGITS + 1];

	memcpy(typed_key + 1, key, KEY_SIZE);
	key_hash(name, typed_key, hash);
	hex_print(hash, KEY_HASH_SIZE, hex);
	text_addf(out, "%s+%s+", name, hex);
	base64_print(typed_key, sizeof(typed_key), out);
}

/* The name holds no '+', the hash has a fixed length; base64 may hold more of them. */
bool
vkey_read(const char *vkey, char *name, size_t room, uint8_t key[KEY_SIZE])
{
	uint8_t typed_key[1 + KEY_SIZE], hash[KEY_HASH_SIZE], expected[KEY_HASH_SIZE];
	char hex[VKEY_HASH_DIGITS + 1];
	size_t n = strcspn(vkey, "+");

	if (n >= room || strlen(vkey) < n + VKEY_HASH_DIGITS + 2 || vkey[n + 9] != '+')
		return false;
	memcpy(name, vkey, n);
	name[n] = 0;
	memcpy(hex, vkey + n + 1, VKEY_HASH_DIGITS);
	hex[VKEY_HASH_DIGITS] = 0;
	if (!origin_is_sound(name) || !hex_parse(hex, hash, sizeof(hash)) ||
	    !base64_parse_exact(vkey + n + VKEY_HASH_DIGITS + 2, typed_key, sizeof(typed_key)) ||
	    typed_key[0] != NOTE_ED25519)
		return false;
	key_hash(name, typed_key, expected);
	memcpy(key, typed_key + 1, KEY_SIZE);
	return memcmp(hash, expected, sizeof(hash)) == 0;
}

/* White space as Unicode's property White_Space has it; the controls among it are met elsewhere. */
static bool
is_blank(uint32_t point)
{
	return point == 0x20 || point == 0xa0 || point == 0x1680 ||
	       (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 ||
	       point == 0x202f || point == 0x205f || point == 0x3000;
}

bool
origin_is_sound(const char *name)
{
	size_t n = strlen(name), at = 0;

	while (at < n) {
		uint32_t point;
		size_t size = utf8_read(name + at, n - at, &point);

		if (size == 0 || point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == '+' ||
		    is_blank(point))
			return false;
		at += size;
	}
	return n > 0 && n <= ORIGIN_MAX;
}
