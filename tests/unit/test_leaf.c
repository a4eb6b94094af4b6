/* test_leaf.c — the leaf's exact form, there and back.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "leaf.h"
#include "unit.h"

static const char form[] =
    "assay-leaf-v1\n"
    "application/vnd.assay.submission.v1+json\n"
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==\n"
    "1700000000123\n";

static struct leaf
example(void)
{
	struct leaf leaf = {
	    .type = "application/vnd.assay.submission.v1+json", .accepted_at_ms = 1700000000123};

	for (uint8_t i = 0; i < SIGNATURE_SIZE; i++) {
		leaf.signature[i] = i;
		leaf.key[i % KEY_SIZE] = i % KEY_SIZE;
		leaf.id[i % SHA256_SIZE] = i % SHA256_SIZE;
	}
	sha256_of("", 0, leaf.payload_sha256);
	return leaf;
}

static int
start(void **state)
{
	(void)state;
	return crypto_start() ? 0 : -1;
}

static void
test_prints_exactly_seven_lines(void **state)
{
	struct leaf leaf = example();
	struct text t = {0};

	(void)state;
	leaf_print(&leaf, &t);
	assert_string_equal(t.data, form);
	text_clear(&t);
}

static void
test_reads_back(void **state)
{
	struct leaf leaf = example(), got;

	(void)state;
	assert_true(leaf_parse(form, strlen(form), &got));
	assert_string_equal(got.type, leaf.type);
	assert_memory_equal(got.id, leaf.id, sizeof(leaf.id));
	assert_memory_equal(got.payload_sha256, leaf.payload_sha256, SHA256_SIZE);
	assert_memory_equal(got.key, leaf.key, sizeof(leaf.key));
	assert_memory_equal(got.signature, leaf.signature, sizeof(leaf.signature));
	assert_int_equal(got.accepted_at_ms, leaf.accepted_at_ms);
}

/* SHA-256 of a zero byte and the form: counted here with libsodium alone, over one buffer. */
static void
test_hash(void **state)
{
	struct leaf leaf = example();
	uint8_t bytes[sizeof(form)] = {0}, expected[SHA256_SIZE], got[SHA256_SIZE];

	(void)state;
	memcpy(bytes + 1, form, strlen(form));
	sha256_of(bytes, 1 + strlen(form), expected);
	assert_true(leaf_hash(&leaf, got));
	assert_memory_equal(got, expected, SHA256_SIZE);
}

/* Cut anywhere, longer by anything, any byte another: refused, or it prints as what was read. */
static void
test_one_form_only(void **state)
{
	size_t n = strlen(form);
	char changed[sizeof(form) + 1];
	struct text t = {0};
	struct leaf got;

	(void)state;
	for (size_t i = 0; i < n; i++)
		assert_false(leaf_parse(form, i, &got));
	memcpy(changed, form, n);
	for (const char *more = "\n 0a"; *more; more++) {
		changed[n] = *more;
		assert_false(leaf_parse(changed, n + 1, &got));
	}
	for (size_t i = 0; i < n; i++) {
		for (unsigned int c = 0; c < 256; c++) {
			memcpy(changed, form, n);
			changed[i] = (char)c;
			if (!leaf_parse(changed, n, &got))
				continue;
			text_reset(&t);
			leaf_print(&got, &t);
			assert_int_equal(t.n, n);
			assert_memory_equal(t.data, changed, n);
		}
	}
	text_clear(&t);
}

static void
test_times(void **state)
{
	static const char *const refused[] = {
	    "", "-1", "01", "1.0", "9007199254740992", "18446744073709551617", "1e3", " 1", "+1"};
	size_t before = strlen(form) - strlen("1700000000123\n");
	char entry[600];
	struct leaf got;

	(void)state;
	memcpy(entry, form, before);
	for (size_t i = 0; i < COUNT(refused); i++) {
		strcpy(entry + before, refused[i]);
		strcat(entry, "\n");
		assert_false(leaf_parse(entry, strlen(entry), &got));
	}
	strcpy(entry + before, "0\n");
	assert_true(leaf_parse(entry, strlen(entry), &got));
	assert_int_equal(got.accepted_at_ms, 0);
	strcpy(entry + before, "9007199254740991\n");
	assert_true(leaf_parse(entry, strlen(entry), &got));
	assert_true(got.accepted_at_ms == 9007199254740991);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_prints_exactly_seven_lines),
	    cmocka_unit_test(test_reads_back),
	    cmocka_unit_test(test_hash),
	    cmocka_unit_test(test_one_form_only),
	    cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
