/* tree.h — the slow Merkle tree: RFC 6962 §2.1 as it is written there, to hold core's against.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TEST_TREE_H
#define ASSAY_TEST_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "merkle.h"

typedef uint8_t hash_t[SHA256_SIZE];

/* Make n leaf hashes, those of the entries "0", "1", … in decimal; returns new. */
hash_t *tree_leaves(size_t n);

/* MTH(D[n]), PATH(m, D[n]) and PROOF(m, D[n]), recursively. */
void tree_root(const hash_t *leaves, size_t n, hash_t out);
void tree_path(size_t m, const hash_t *leaves, size_t n, struct merkle_proof *out);
void tree_proof(size_t m, const hash_t *leaves, size_t n, struct merkle_proof *out);

/* A source over leaves that stays below n of them: asking for more fails the test. */
struct tree_source {
	const hash_t *leaves;
	size_t n;
};
bool tree_node(void *arg, unsigned int level, uint64_t index, uint8_t out[SHA256_SIZE]);

#endif
