/* test_checkpoint.c — signed notes and checkpoints: those of others, ours, and forged ones.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "checkpoint.h"
#include "unit.h"

#define ORIGIN "example.org/log"
#define OTHERS_LINE "\xe2\x80\x94 witness.example AAAAAAAB\n"

static struct keypair key;
static struct text note;

static struct checkpoint
example(void)
{
	struct checkpoint c = {.origin = ORIGIN, .size = 20852163};

	sha256_of("root", 4, c.root);
	return c;
}

static int
start(void **state)
{
	static const uint8_t seed[SEED_SIZE] = {7};
	struct checkpoint c = example();

	(void)state;
	if (!crypto_start())
		return -1;
	keypair_from_seed(seed, &key);
	checkpoint_sign(&c, &key, &note);
	return note.failed ? -1 : 0;
}

static int
stop(void **state)
{
	(void)state;
	text_clear(&note);
	return 0;
}

static enum fault_code
open_text(const char *s, size_t n)
{
	struct checkpoint c;
	struct fault f = {0};
	bool done = checkpoint_open(s, n, ORIGIN, key.public, &c, &f);

	assert_int_equal(done, f.code == FAULT_NONE);
	return f.code;
}

/* The example of C2SP signed-note. */
static void
test_opens_a_foreign_note(void **state)
{
	static const char vkey[] =
	    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
	static const char foreign[] =
	    "This is an example message.\n\n\xe2\x80\x94 example.com/foo "
	    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72I"
	    "neyaQM=\n";
	uint8_t foreign_key[KEY_SIZE];
	struct fault f = {0};
	char name[64];
	size_t body_n;

	(void)state;
	assert_true(vkey_read(vkey, name, sizeof(name), foreign_key));
	assert_true(note_open(foreign, strlen(foreign), name, foreign_key, &body_n, &f));
	assert_int_equal(body_n, strlen("This is an example message.\n"));
	/* a good note, but no checkpoint */
	assert_false(checkpoint_open(
	    foreign, strlen(foreign), name, foreign_key, &(struct checkpoint){.size = 0}, &f));
	assert_int_equal(f.code, FAULT_CHECKPOINT);
}

static void
test_there_and_back(void **state)
{
	struct checkpoint c = example(), got;
	struct fault f = {0};

	(void)state;
	assert_true(checkpoint_open(note.data, note.n, ORIGIN, key.public, &got, &f));
	assert_string_equal(got.origin, c.origin);
	assert_true(got.size == c.size);
	assert_memory_equal(got.root, c.root, SHA256_SIZE);
	assert_memory_equal(note.data, ORIGIN "\n20852163\n", strlen(ORIGIN "\n20852163\n"));
}

static void
test_every_bit_counts(void **state)
{
	char changed[512];

	(void)state;
	assert_true(note.n < sizeof(changed));
	memcpy(changed, note.data, note.n);
	for (size_t bit = 0; bit < note.n * 8; bit++) {
		changed[bit / 8] ^= (char)(1 << bit % 8);
		assert_int_not_equal(open_text(changed, note.n), FAULT_NONE);
		changed[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t n = 0; n < note.n; n++)
		assert_int_not_equal(open_text(changed, n), FAULT_NONE);
}

/* Lines of other keys are ignored, if well-formed. */
static void
test_other_signatures(void **state)
{
	static const struct {
		const char *line;
		enum fault_code code;
	} rows[] = {
	    {OTHERS_LINE, FAULT_NONE},
	    {"\xe2\x80\x94 " ORIGIN " AAAAAAAB\n", FAULT_NONE}, /* our name, another id */
	    {"\n", FAULT_CHECKPOINT},
	    {"x\n", FAULT_CHECKPOINT},
	    {"\xe2\x80\x94 witness.example\n", FAULT_CHECKPOINT},
	    {"\xe2\x80\x94 witness.example \n", FAULT_CHECKPOINT},
	    {"\xe2\x80\x94 witness.example AAAA\n", FAULT_CHECKPOINT}, /* an id needs four */
	    {"\xe2\x80\x94 witness.example AAAAAAA\n", FAULT_CHECKPOINT},
	    {"\xe2\x80\x94 witness.example AAAAAA-B\n", FAULT_CHECKPOINT},
	    {"\xe2\x80\x94  witness.example AAAAAAAB\n", FAULT_CHECKPOINT},
	    {"\xe2\x80\x94 wit+ness AAAAAAAB\n", FAULT_CHECKPOINT},
	    {"- witness.example AAAAAAAB\n", FAULT_CHECKPOINT},
	    {OTHERS_LINE "\r", FAULT_CHECKPOINT},
	};
	struct text t = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		text_reset(&t);
		text_add(&t, note.data, note.n);
		text_add_str(&t, rows[i].line);
		assert_int_equal(open_text(t.data, t.n), rows[i].code);
	}
	text_clear(&t);
}

static void
test_sixteen_large_signatures(void **state)
{
	struct text t = {0};

	(void)state;
	text_add(&t, note.data, note.n);
	for (int i = 0; i < 16; i++) {
		text_addf(&t, "\xe2\x80\x94 witness%d.example ", i);
		for (int k = 0; k < 1700; k++)
			text_add_str(&t, "AAAA");
		text_add_str(&t, "\n");
	}
	assert_int_equal(open_text(t.data, t.n), FAULT_NONE);
	while (t.n <= NOTE_MAX_BYTES)
		text_add_str(&t, OTHERS_LINE);
	assert_int_equal(open_text(t.data, t.n), FAULT_CHECKPOINT);
	text_clear(&t);
}

/* In our key's name, twice: each must be good. */
static void
test_a_bad_signature_beside_a_good_one(void **state)
{
	struct text t = {0};
	const char *stamp = strstr(note.data, "\xe2\x80\x94");

	(void)state;
	text_add(&t, note.data, note.n);
	text_add_str(&t, stamp);
	assert_int_equal(open_text(t.data, t.n), FAULT_NONE);
	t.data[t.n - 10] = t.data[t.n - 10] == 'A' ? 'B' : 'A';
	assert_int_equal(open_text(t.data, t.n), FAULT_CHECKPOINT_SIGNATURE);
	text_clear(&t);
}

static void
test_only_others_signed(void **state)
{
	static const char only[] =
	    ORIGIN "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n" OTHERS_LINE;

	(void)state;
	assert_int_equal(open_text(only, strlen(only)), FAULT_CHECKPOINT_SIGNATURE);
}

static void
test_origin_is_the_pinned_one(void **state)
{
	struct checkpoint c = example();
	struct text body = {0}, t = {0};

	(void)state;
	strcpy(c.origin, "example.org/other");
	checkpoint_print(&c, &body);
	note_sign(&body, ORIGIN, &key, &t);
	assert_int_equal(open_text(t.data, t.n), FAULT_CHECKPOINT);
	text_clear(&body);
	text_clear(&t);
}

static void
test_body_forms(void **state)
{
#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	static const char *const refused[] = {"", "\n", "a\n", "a\n1\n", "a\n1\n" ROOT,
	    "\n1\n" ROOT "\n", "a b\n1\n" ROOT "\n", "a\n01\n" ROOT "\n", "a\n-1\n" ROOT "\n",
	    "a\n\n" ROOT "\n", "a\n1 \n" ROOT "\n", "a\n9007199254740992\n" ROOT "\n",
	    "a\n1\nAAAA\n", "a\n1\n\n", "a\r\n1\n" ROOT "\n", "a\n1\n" ROOT "\n\n",
	    "a\n1\n" ROOT "\nextension\n"};
	static const char *const taken[] = {"a\n0\n" ROOT "\n", "a\n9007199254740991\n" ROOT "\n"};
	struct checkpoint c;

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct fault f = {0};

		assert_false(checkpoint_read(refused[i], strlen(refused[i]), &c, &f));
		assert_int_equal(f.code, FAULT_CHECKPOINT);
	}
	for (size_t i = 0; i < COUNT(taken); i++) {
		struct text t = {0};

		assert_true(checkpoint_read(taken[i], strlen(taken[i]), &c, NULL));
		checkpoint_print(&c, &t);
		assert_string_equal(t.data, taken[i]);
		text_clear(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_opens_a_foreign_note),
	    cmocka_unit_test(test_there_and_back),
	    cmocka_unit_test(test_every_bit_counts),
	    cmocka_unit_test(test_other_signatures),
	    cmocka_unit_test(test_sixteen_large_signatures),
	    cmocka_unit_test(test_a_bad_signature_beside_a_good_one),
	    cmocka_unit_test(test_only_others_signed),
	    cmocka_unit_test(test_origin_is_the_pinned_one),
	    cmocka_unit_test(test_body_forms),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
