/* tree.c — the slow Merkle tree: RFC 6962 §2.1 as it is written there, to hold core's against.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

hash_t *
tree_leaves(size_t n)
{
	hash_t *leaves = calloc(n + 1, sizeof(*leaves));
	char entry[24];

	assert_non_null(leaves);
	for (size_t i = 0; i < n; i++)
		merkle_leaf(entry, (size_t)snprintf(entry, sizeof(entry), "%zu", i), leaves[i]);
	return leaves;
}

/* The largest power of two smaller than n. */
static size_t
split(size_t n)
{
	size_t k = 1;

	while (2 * k < n)
		k *= 2;
	return k;
}

void
tree_root(const hash_t *leaves, size_t n, hash_t out)
{
	uint8_t bytes[1 + 2 * SHA256_SIZE] = {1};

	if (n == 0) {
		sha256_of("", 0, out);
	} else if (n == 1) {
		memcpy(out, leaves[0], SHA256_SIZE);
	} else {
		tree_root(leaves, split(n), bytes + 1);
		tree_root(leaves + split(n), n - split(n), bytes + 1 + SHA256_SIZE);
		sha256_of(bytes, sizeof(bytes), out);
	}
}

void
tree_path(size_t m, const hash_t *leaves, size_t n, struct merkle_proof *out)
{
	size_t k = split(n);

	if (n == 1) {
		out->n = 0;
	} else if (m < k) {
		tree_path(m, leaves, k, out);
		tree_root(leaves + k, n - k, out->hash[out->n++]);
	} else {
		tree_path(m - k, leaves + k, n - k, out);
		tree_root(leaves, k, out->hash[out->n++]);
	}
}

static void
subproof(size_t m, const hash_t *leaves, size_t n, bool whole, struct merkle_proof *out)
{
	size_t k = split(n);

	if (m == n) {
		if (!whole)
			tree_root(leaves, n, out->hash[out->n++]);
	} else if (m <= k) {
		subproof(m, leaves, k, whole, out);
		tree_root(leaves + k, n - k, out->hash[out->n++]);
	} else {
		subproof(m - k, leaves + k, n - k, false, out);
		tree_root(leaves, k, out->hash[out->n++]);
	}
}

void
tree_proof(size_t m, const hash_t *leaves, size_t n, struct merkle_proof *out)
{
	out->n = 0;
	subproof(m, leaves, n, true, out);
}

bool
tree_node(void *arg, unsigned int level, uint64_t index, uint8_t out[SHA256_SIZE])
{
	const struct tree_source *s = arg;

	assert_true((index + 1) << level <= s->n);
	tree_root(s->leaves + (index << level), (size_t)1 << level, out);
	return true;
}
