/* test_note.c — verifier keys of signed notes, and names a log can have.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "encode.h"
#include "note.h"
#include "unit.h"

/* Verifier keys of others: the Go checksum database, the example of Go's note package. */
static const struct {
	const char *vkey;
	const char *name;
} foreign[] = {
    {"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", "sum.golang.org"},
    {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "PeterNeumann"},
};

static int
start(void **state)
{
	(void)state;
	return crypto_start() ? 0 : -1;
}

static void
test_reads_and_prints_foreign_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(foreign); i++) {
		struct text t = {0};
		uint8_t key[KEY_SIZE];
		char name[64];

		assert_true(vkey_read(foreign[i].vkey, name, sizeof(name), key));
		assert_string_equal(name, foreign[i].name);
		vkey_print(name, key, &t);
		assert_string_equal(t.data, foreign[i].vkey);
		text_clear(&t);
	}
}

static void
test_name_must_fit(void **state)
{
	char name[15];
	uint8_t key[KEY_SIZE];

	(void)state;
	assert_true(vkey_read(foreign[0].vkey, name, 15, key));
	assert_false(vkey_read(foreign[0].vkey, name, 14, key));
	assert_false(vkey_read(foreign[0].vkey, name, 0, key));
}

static void
test_every_character_counts(void **state)
{
	char vkey[128], name[128];
	uint8_t key[KEY_SIZE];

	(void)state;
	strcpy(vkey, foreign[0].vkey);
	for (size_t i = 0; vkey[i] != 0; i++) {
		char before = vkey[i];

		vkey[i] = before == 'x' ? 'y' : 'x';
		assert_false(vkey_read(vkey, name, sizeof(name), key));
		vkey[i] = before;
	}
	for (size_t n = strlen(vkey); n > 0; n--) {
		vkey[n - 1] = 0;
		assert_false(vkey_read(vkey, name, sizeof(name), key));
	}
}

static void
test_refuses_other_forms(void **state)
{
	static const char *const rows[] = {
	    "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8\n",
	    " sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
	    "sum.golang.org+033DE0AE+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
	    "sum.golang.org+33de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
	    "+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", "", "+", "++", "a+b+c"};
	char name[128];
	uint8_t key[KEY_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_false(vkey_read(rows[i], name, sizeof(name), key));
}

/* A right hash does not make another algorithm's key (here 0x04, a cosignature) ours. */
static void
test_refuses_other_algorithms(void **state)
{
	uint8_t typed[1 + KEY_SIZE] = {0x04}, digest[SHA256_SIZE], key[KEY_SIZE];
	struct text t = {0};
	struct sha256 h;
	char hex[9], name[8];

	(void)state;
	sha256_start(&h);
	sha256_add(&h, "x\n", 2);
	sha256_add(&h, typed, sizeof(typed));
	sha256_end(&h, digest);
	hex_print(digest, 4, hex);
	text_addf(&t, "x+%s+", hex);
	base64_print(typed, sizeof(typed), &t);
	assert_false(vkey_read(t.data, name, sizeof(name), key));
	text_clear(&t);
}

static void
test_origins(void **state)
{
	static const char *const sound[] = {
	    "a", "localhost/assay", "example.org/log-2026", "m\xc3\xbcnchen.de"};
	static const char *const unsound[] = {"", "a b", " a", "a ", "a+b", "a\tb", "a\nb", "a\x7f",
	    "a\xc2\x85", "a\xc2\xa0", "a\xe2\x80\x83z", "a\xe2\x80\xa8", "a\xe3\x80\x80", "a\xff",
	    "a\xc3"};
	char name[202];

	(void)state;
	for (size_t i = 0; i < COUNT(sound); i++)
		assert_true(origin_is_sound(sound[i]));
	for (size_t i = 0; i < COUNT(unsound); i++)
		assert_false(origin_is_sound(unsound[i]));
	memset(name, 'a', 201);
	name[201] = 0;
	assert_false(origin_is_sound(name));
	name[200] = 0;
	assert_true(origin_is_sound(name));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reads_and_prints_foreign_keys),
	    cmocka_unit_test(test_name_must_fit),
	    cmocka_unit_test(test_every_character_counts),
	    cmocka_unit_test(test_refuses_other_forms),
	    cmocka_unit_test(test_refuses_other_algorithms),
	    cmocka_unit_test(test_origins),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
