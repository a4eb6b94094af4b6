/* test_merkle.c — the tree against its definition, proofs against forgeries.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "merkle.h"
#include "tree.h"
#include "unit.h"

#define PAIRS_TO 64

static int
start(void **state)
{
	(void)state;
	return crypto_start() ? 0 : -1;
}

static void
assert_same_proof(const struct merkle_proof *a, const struct merkle_proof *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_memory_equal(a->hash[i], b->hash[i], SHA256_SIZE);
}

/* Roots that the Certificate Transparency project publishes for its eight test entries. */
static void
test_roots_of_others(void **state)
{
	static const struct {
		const char *entry;
		size_t n;
		const char *root;
	} rows[] = {
	    {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
	    {"\0", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
	    {"\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
	    {"\x20\x21", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
	    {"\x30\x31", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
	    {"\x40\x41\x42\x43", 4,
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
	    {"\x50\x51\x52\x53\x54\x55\x56\x57", 8,
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
	    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
	};
	struct frontier t = {0};
	char hex[HEX32_SIZE];
	hash_t hash;

	(void)state;
	frontier_root(&t, hash);
	hex_print(hash, SHA256_SIZE, hex);
	assert_string_equal(
	    hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (size_t i = 0; i < COUNT(rows); i++) {
		merkle_leaf(rows[i].entry, rows[i].n, hash);
		assert_true(frontier_append(&t, hash));
		frontier_root(&t, hash);
		hex_print(hash, SHA256_SIZE, hex);
		assert_string_equal(hex, rows[i].root);
	}
}

/* Appended, or taken up from hashes of complete subtrees: the same root, and appending goes on. */
static void
check_size(const hash_t *leaves, size_t n, struct frontier *appended)
{
	struct tree_source source = {leaves, n};
	struct frontier loaded;
	hash_t expected, root;

	while (appended->size < n)
		assert_true(frontier_append(appended, leaves[appended->size]));
	tree_root(leaves, n, expected);
	frontier_root(appended, root);
	assert_memory_equal(root, expected, SHA256_SIZE);
	assert_true(frontier_load(&loaded, n, &(struct merkle_source){tree_node, &source}));
	frontier_root(&loaded, root);
	assert_memory_equal(root, expected, SHA256_SIZE);
	for (unsigned int level = 0; level < MERKLE_LEVELS; level++)
		if (n >> level & 1)
			assert_memory_equal(
			    loaded.subtree[level], appended->subtree[level], SHA256_SIZE);
}

static void
test_root_of_every_size(void **state)
{
	static const size_t large[] = {511, 512, 513, 4095, 4096, 4097, 65279, 65280, 65281, 65535,
	    65536, 65537, 65791, 65792, 65793, 69888, 70000};
	hash_t *leaves = tree_leaves(70000);
	struct frontier t = {0};

	(void)state;
	for (size_t n = 0; n <= 300; n++)
		check_size(leaves, n, &t);
	for (size_t i = 0; i < COUNT(large); i++)
		check_size(leaves, large[i], &t);
	free(leaves);
}

static void
check_inclusion(const hash_t *leaves, size_t index, size_t n)
{
	struct tree_source tree = {leaves, n};
	struct merkle_source source = {tree_node, &tree};
	struct merkle_proof proof, expected;
	hash_t root;

	tree_root(leaves, n, root);
	tree_path(index, leaves, n, &expected);
	assert_true(merkle_prove_inclusion(index, n, &source, &proof));
	assert_same_proof(&proof, &expected);
	assert_true(merkle_verify_inclusion(index, leaves[index], n, root, &proof));
	for (size_t i = 0; i < proof.n; i++) {
		proof.hash[i][(index + i) % SHA256_SIZE] ^= (uint8_t)(1 << n % 8);
		assert_false(merkle_verify_inclusion(index, leaves[index], n, root, &proof));
		proof.hash[i][(index + i) % SHA256_SIZE] ^= (uint8_t)(1 << n % 8);
	}
	for (size_t other = 0; other < n + 2; other++)
		if (other != index)
			assert_false(
			    merkle_verify_inclusion(other, leaves[index], n, root, &proof));
	assert_false(merkle_verify_inclusion(index, leaves[n], n, root, &proof));
	proof.n++;
	assert_false(merkle_verify_inclusion(index, leaves[index], n, root, &proof));
	proof.n -= 2;
	assert_true(n == 1 || !merkle_verify_inclusion(index, leaves[index], n, root, &proof));
}

static void
test_inclusion_of_all_pairs(void **state)
{
	hash_t *leaves = tree_leaves(PAIRS_TO + 1);

	(void)state;
	for (size_t n = 1; n <= PAIRS_TO; n++)
		for (size_t index = 0; index < n; index++)
			check_inclusion(leaves, index, n);
	free(leaves);
}

static void
check_consistency(const hash_t *leaves, size_t from, size_t to)
{
	struct tree_source tree = {leaves, to};
	struct merkle_source source = {tree_node, &tree};
	struct merkle_proof proof, expected;
	hash_t from_root, to_root;

	tree_root(leaves, from, from_root);
	tree_root(leaves, to, to_root);
	tree_proof(from, leaves, to, &expected);
	assert_true(merkle_prove_consistency(from, to, &source, &proof));
	assert_same_proof(&proof, &expected);
	assert_true(merkle_verify_consistency(from, from_root, to, to_root, &proof));
	for (size_t i = 0; i < proof.n; i++) {
		proof.hash[i][(from + i) % SHA256_SIZE] ^= (uint8_t)(1 << to % 8);
		assert_false(merkle_verify_consistency(from, from_root, to, to_root, &proof));
		proof.hash[i][(from + i) % SHA256_SIZE] ^= (uint8_t)(1 << to % 8);
	}
	from_root[to % SHA256_SIZE] ^= 1;
	assert_false(merkle_verify_consistency(from, from_root, to, to_root, &proof));
	from_root[to % SHA256_SIZE] ^= 1;
	to_root[from % SHA256_SIZE] ^= 1;
	assert_false(merkle_verify_consistency(from, from_root, to, to_root, &proof));
	to_root[from % SHA256_SIZE] ^= 1;
	proof.n++;
	assert_false(merkle_verify_consistency(from, from_root, to, to_root, &proof));
	proof.n -= 2;
	assert_true(from == to || !merkle_verify_consistency(from, from_root, to, to_root, &proof));
}

static void
test_consistency_of_all_pairs(void **state)
{
	hash_t *leaves = tree_leaves(PAIRS_TO);

	(void)state;
	for (size_t to = 1; to <= PAIRS_TO; to++)
		for (size_t from = 1; from <= to; from++)
			check_consistency(leaves, from, to);
	free(leaves);
}

/* Every bit of a proof counts, of the leaf and of the root too. */
static void
test_every_bit_counts(void **state)
{
	hash_t *leaves = tree_leaves(55), root, leaf;
	struct tree_source tree = {leaves, 55};
	struct merkle_proof proof;

	(void)state;
	tree_root(leaves, 55, root);
	memcpy(leaf, leaves[37], SHA256_SIZE);
	assert_true(
	    merkle_prove_inclusion(37, 55, &(struct merkle_source){tree_node, &tree}, &proof));
	assert_true(merkle_verify_inclusion(37, leaf, 55, root, &proof));
	for (size_t bit = 0; bit < proof.n * SHA256_SIZE * 8; bit++) {
		uint8_t *byte = &proof.hash[0][0] + bit / 8;

		*byte ^= (uint8_t)(1 << bit % 8);
		assert_false(merkle_verify_inclusion(37, leaf, 55, root, &proof));
		*byte ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < SHA256_SIZE * 8; bit++) {
		leaf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(merkle_verify_inclusion(37, leaf, 55, root, &proof));
		leaf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		root[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(merkle_verify_inclusion(37, leaf, 55, root, &proof));
		root[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(merkle_verify_inclusion(37, leaf, 55, root, &proof));
	free(leaves);
}

static void
test_bounds(void **state)
{
	hash_t *leaves = tree_leaves(8), root, empty;
	struct tree_source tree = {leaves, 8};
	struct merkle_source source = {tree_node, &tree};
	struct frontier full = {.size = MERKLE_SIZE_MAX}, t;
	struct merkle_proof proof = {0};

	(void)state;
	tree_root(leaves, 8, root);
	tree_root(leaves, 0, empty);
	assert_false(frontier_append(&full, leaves[0]));
	assert_false(frontier_load(&t, MERKLE_SIZE_MAX + 1, &source));
	assert_false(merkle_prove_inclusion(8, 8, &source, &proof));
	assert_false(merkle_prove_inclusion(0, 0, &source, &proof));
	assert_false(merkle_prove_consistency(9, 8, &source, &proof));
	assert_false(merkle_verify_consistency(9, root, 8, root, &proof));
	assert_false(merkle_verify_consistency(8, root, UINT64_MAX, root, &proof));
	assert_false(merkle_verify_inclusion(0, root, UINT64_MAX, root, &proof));
	assert_false(merkle_verify_inclusion(0, root, 0, root, &proof));
	assert_true(merkle_prove_consistency(0, 8, &source, &proof));
	assert_int_equal(proof.n, 0);
	assert_true(merkle_verify_consistency(0, empty, 8, root, &proof));
	assert_false(merkle_verify_consistency(0, root, 8, root, &proof));
	free(leaves);
}

/* A made-up source: the longest proofs there can be fit, and nobody asks beyond the tree. */
static bool
any_node(void *arg, unsigned int level, uint64_t index, uint8_t out[SHA256_SIZE])
{
	uint64_t *size = arg;

	assert_true(level < MERKLE_LEVELS && (index + 1) << level <= *size);
	memset(out, (int)level, SHA256_SIZE);
	return true;
}

static void
test_largest_tree(void **state)
{
	uint64_t size = MERKLE_SIZE_MAX;
	struct merkle_source source = {any_node, &size};
	struct merkle_proof proof;
	uint8_t leaf[SHA256_SIZE] = {0}, root[SHA256_SIZE];
	struct frontier t;

	(void)state;
	assert_true(frontier_load(&t, size, &source));
	frontier_root(&t, root);
	for (uint64_t index = 1; index < size; index = index * 2 + 1) {
		assert_true(merkle_prove_inclusion(index, size, &source, &proof));
		assert_in_range(proof.n, 1, MERKLE_LEVELS);
		assert_true(merkle_prove_consistency(index, size, &source, &proof));
		assert_in_range(proof.n, 1, MERKLE_PROOF_MAX);
	}
	assert_true(merkle_prove_inclusion(size - 1, size, &source, &proof));
	assert_true(merkle_verify_inclusion(size - 1, leaf, size, root, &proof));
}

static bool
no_node(void *arg, unsigned int level, uint64_t index, uint8_t out[SHA256_SIZE])
{
	size_t *left = arg;

	(void)level;
	(void)index;
	memset(out, 0, SHA256_SIZE);
	return (*left)-- > 0;
}

static void
test_a_source_may_fail(void **state)
{
	struct merkle_proof proof;
	struct frontier t;
	size_t left;
	struct merkle_source source = {no_node, &left};

	(void)state;
	for (size_t n = 0; n < 3; n++) {
		assert_false((left = n, frontier_load(&t, 15, &source)));
		assert_false((left = n, merkle_prove_inclusion(3, 15, &source, &proof)));
		assert_false((left = n, merkle_prove_consistency(3, 15, &source, &proof)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_roots_of_others),
	    cmocka_unit_test(test_root_of_every_size),
	    cmocka_unit_test(test_inclusion_of_all_pairs),
	    cmocka_unit_test(test_consistency_of_all_pairs),
	    cmocka_unit_test(test_every_bit_counts),
	    cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_largest_tree),
	    cmocka_unit_test(test_a_source_may_fail),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
