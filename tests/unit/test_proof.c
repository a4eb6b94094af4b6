/* test_proof.c — receipts: made, read, verified; forged ones refused.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "proof.h"
#include "tree.h"
#include "unit.h"

#define ORIGIN "example.org/log"
#define SIZE 21
#define INDEX 13

static struct keypair key;
static hash_t *leaves;
static struct text note, receipt;

static int
start(void **state)
{
	static const uint8_t seed[SEED_SIZE] = {9};
	struct checkpoint c = {.origin = ORIGIN, .size = SIZE};
	struct tree_source tree = {.n = SIZE};
	struct log_proof proof = {.index = INDEX};

	(void)state;
	if (!crypto_start())
		return -1;
	keypair_from_seed(seed, &key);
	tree.leaves = leaves = tree_leaves(SIZE);
	tree_root(leaves, SIZE, c.root);
	checkpoint_sign(&c, &key, &note);
	proof.note = note.data;
	proof.note_n = note.n;
	if (!merkle_prove_inclusion(
		INDEX, SIZE, &(struct merkle_source){tree_node, &tree}, &proof.path))
		return -1;
	proof_print(&proof, &receipt);
	return receipt.failed ? -1 : 0;
}

static int
stop(void **state)
{
	(void)state;
	text_clear(&note);
	text_clear(&receipt);
	free(leaves);
	return 0;
}

static bool
accepts(const char *s, size_t n, const uint8_t *leaf)
{
	struct log_proof proof;
	struct checkpoint c;
	struct fault f = {0};
	bool done =
	    proof_read(s, n, &proof, &f) && proof_verify(&proof, leaf, ORIGIN, key.public, &c, &f);

	assert_int_equal(done, f.code == FAULT_NONE);
	return done;
}

static void
test_form(void **state)
{
	(void)state;
	assert_memory_equal(receipt.data, "c2sp.org/tlog-proof@v1\nindex 13\n", 32);
	assert_non_null(strstr(receipt.data, "=\n\n" ORIGIN "\n21\n"));
}

static void
test_there_and_back(void **state)
{
	struct log_proof proof;
	struct checkpoint c;
	struct text again = {0};

	(void)state;
	assert_true(proof_read(receipt.data, receipt.n, &proof, NULL));
	assert_int_equal(proof.index, INDEX);
	assert_true(proof_verify(&proof, leaves[INDEX], ORIGIN, key.public, &c, NULL));
	assert_int_equal(c.size, SIZE);
	proof_print(&proof, &again);
	assert_string_equal(again.data, receipt.data);
	text_clear(&again);
}

static void
test_another_statement(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIZE; i++)
		assert_int_equal(accepts(receipt.data, receipt.n, leaves[i]), i == INDEX);
}

static void
test_every_bit_counts(void **state)
{
	char *changed = malloc(receipt.n);

	(void)state;
	assert_non_null(changed);
	memcpy(changed, receipt.data, receipt.n);
	for (size_t bit = 0; bit < receipt.n * 8; bit++) {
		changed[bit / 8] ^= (char)(1 << bit % 8);
		assert_false(accepts(changed, receipt.n, leaves[INDEX]));
		changed[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t n = 0; n < receipt.n; n++)
		assert_false(accepts(changed, n, leaves[INDEX]));
	assert_true(accepts(changed, receipt.n, leaves[INDEX]));
	free(changed);
}

/* The line that may stand before the index is of no weight, but of one form. */
static void
test_extra(void **state)
{
	static const struct {
		const char *line;
		bool taken;
	} rows[] = {{"extra YWdl\n", true}, {"extra \n", true}, {"extra YWdl\nextra YWdl\n", false},
	    {"extra\n", false}, {"extra Y!dl\n", false}, {"extra YWd\n", false}, {"\n", false}};
	size_t head = strlen("c2sp.org/tlog-proof@v1\n");
	struct text t = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		text_reset(&t);
		text_add(&t, receipt.data, head);
		text_add_str(&t, rows[i].line);
		text_add(&t, receipt.data + head, receipt.n - head);
		assert_int_equal(accepts(t.data, t.n, leaves[INDEX]), rows[i].taken);
	}
	text_clear(&t);
}

static void
test_bounds(void **state)
{
	struct log_proof proof;
	struct fault f = {0};
	struct text t = {0};

	(void)state;
	text_add_str(&t, "c2sp.org/tlog-proof@v1\nindex 0\n");
	for (int i = 0; i <= MERKLE_PROOF_MAX; i++)
		text_add_str(&t, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
	text_add_str(&t, "\n");
	assert_false(proof_read(t.data, t.n, &proof, &f));
	assert_int_equal(f.code, FAULT_LOG_PROOF);
	while (t.n <= PROOF_MAX_BYTES)
		text_add_str(&t, "x\n");
	f = (struct fault){0};
	assert_false(proof_read(t.data, t.n, &proof, &f));
	assert_int_equal(f.code, FAULT_LOG_PROOF);
	text_clear(&t);
}

static void
test_another_log(void **state)
{
	struct log_proof proof;
	struct checkpoint c;
	struct keypair other;
	struct fault f = {0};

	(void)state;
	keypair_make(&other);
	assert_true(proof_read(receipt.data, receipt.n, &proof, NULL));
	assert_false(proof_verify(&proof, leaves[INDEX], ORIGIN, other.public, &c, &f));
	assert_int_equal(f.code, FAULT_CHECKPOINT_SIGNATURE);
	f = (struct fault){0};
	assert_false(proof_verify(&proof, leaves[INDEX], "example.org/x", key.public, &c, &f));
	assert_int_equal(f.code, FAULT_CHECKPOINT_SIGNATURE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_form),
	    cmocka_unit_test(test_there_and_back),
	    cmocka_unit_test(test_another_statement),
	    cmocka_unit_test(test_every_bit_counts),
	    cmocka_unit_test(test_extra),
	    cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_another_log),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
