/* note.c — signed notes: names, verifier keys, signing and opening (C2SP signed-note).
 * SPDX-License-Identifier: Apache-2.0 */
#include "note.h"

#include <string.h>

#include "encode.h"
#include "lines.h"

#define KEY_HASH_SIZE 4
#define VKEY_HASH_DIGITS (2 * KEY_HASH_SIZE)
#define DASH "\xe2\x80\x94 " /* U+2014 and a blank */
#define STAMP_SIZE (KEY_HASH_SIZE + SIGNATURE_SIZE)
#define STAMP_MAX_BYTES 6144 /* of other algorithms */

static void
key_hash(const char *name, const uint8_t key[KEY_SIZE], uint8_t out[KEY_HASH_SIZE])
{
	static const uint8_t before_key[] = {'\n', NOTE_ED25519};
	uint8_t digest[SHA256_SIZE];
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, name, strlen(name));
	sha256_add(&h, before_key, sizeof(before_key));
	sha256_add(&h, key, KEY_SIZE);
	sha256_end(&h, digest);
	memcpy(out, digest, KEY_HASH_SIZE);
}

void
vkey_print(const char *name, const uint8_t key[KEY_SIZE], struct text *out)
{
	uint8_t typed_key[1 + KEY_SIZE] = {NOTE_ED25519}, hash[KEY_HASH_SIZE];
	char hex[VKEY_HASH_DIGITS + 1];

	memcpy(typed_key + 1, key, KEY_SIZE);
	key_hash(name, key, hash);
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
	memcpy(key, typed_key + 1, KEY_SIZE);
	key_hash(name, key, expected);
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
	return n > 0 && n < ORIGIN_SIZE;
}

void
note_sign(const struct text *body, const char *name, const struct keypair *key, struct text *out)
{
	uint8_t stamp[STAMP_SIZE];

	if (body->failed) {
		out->failed = true;
		return;
	}
	key_hash(name, key->public, stamp);
	keypair_sign(key, (const uint8_t *)body->data, body->n, stamp + KEY_HASH_SIZE);
	text_add(out, body->data, body->n);
	text_addf(out, "\n" DASH "%s ", name);
	base64_print(stamp, sizeof(stamp), out);
	text_add_str(out, "\n");
}

/* UTF-8 without control characters but LF. */
static bool
is_note_text(const char *s, size_t n)
{
	uint32_t point;
	size_t size;

	for (size_t at = 0; at < n; at += size) {
		size = utf8_read(s + at, n - at, &point);
		if (size == 0 || (point < 0x20 && point != '\n'))
			return false;
	}
	return true;
}

/* The body ends before the last empty line. Returns 0 if there is none. */
static size_t
find_body_end(const char *note, size_t n)
{
	for (size_t at = n; at >= 2; at--)
		if (note[at - 2] == '\n' && note[at - 1] == '\n')
			return at - 1;
	return 0;
}

struct stamp {
	char name[ORIGIN_SIZE];
	uint8_t bytes[STAMP_MAX_BYTES]; /* key id, signature */
	size_t n;
};

static bool
read_stamp(struct line line, struct stamp *out)
{
	const char *blank;
	size_t name_n;

	if (!line_skip(&line, DASH) || (blank = memchr(line.s, ' ', line.n)) == NULL)
		return false;
	name_n = (size_t)(blank - line.s);
	return line_copy((struct line){line.s, name_n}, out->name, sizeof(out->name)) &&
	       origin_is_sound(out->name) &&
	       base64_parse(
		   blank + 1, line.n - name_n - 1, out->bytes, sizeof(out->bytes), &out->n) &&
	       out->n > KEY_HASH_SIZE;
}

bool
note_open(const char *note, size_t n, const char *name, const uint8_t key[KEY_SIZE], size_t *body_n,
    struct fault *f)
{
	uint8_t id[KEY_HASH_SIZE];
	bool signed_by_key = false;
	struct lines in;
	struct line line;
	struct stamp stamp;

	*body_n = n <= NOTE_MAX_BYTES && is_note_text(note, n) ? find_body_end(note, n) : 0;
	if (*body_n == 0 || *body_n + 1 == n || note[n - 1] != '\n')
		return fault_set(f, FAULT_CHECKPOINT, "",
		    "a signed note: text, an empty line, signatures", "something else");
	key_hash(name, key, id);
	in = (struct lines){note + *body_n + 1, n - *body_n - 1};
	while (line_next(&in, &line)) {
		if (!read_stamp(line, &stamp))
			return fault_set(f, FAULT_CHECKPOINT, "signatures",
			    "a dash, a name, base64", "something else");
		if (strcmp(stamp.name, name) != 0 || memcmp(stamp.bytes, id, sizeof(id)) != 0)
			continue;
		if (stamp.n != STAMP_SIZE || !crypto_verify(key, (const uint8_t *)note, *body_n,
						 stamp.bytes + KEY_HASH_SIZE))
			return fault_set(f, FAULT_CHECKPOINT_SIGNATURE, "signatures",
			    "a good signature of the log's key", "another one in its name");
		signed_by_key = true;
	}
	return signed_by_key || fault_set(f, FAULT_CHECKPOINT_SIGNATURE, "signatures",
				    "one of the log's key", "only others");
}
