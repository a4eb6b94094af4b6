/* merkle.h — the log's Merkle tree: roots, inclusion and consistency proofs (RFC 6962 §2.1).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_MERKLE_H
#define ASSAY_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"

/* Sizes stay below 2^53, as all integers of the protocol do. */
#define MERKLE_LEVELS 53
#define MERKLE_SIZE_MAX ((UINT64_C(1) << MERKLE_LEVELS) - 1)
/* The longest consistency proof: one node a level, and the one it begins with. */
#define MERKLE_PROOF_MAX (MERKLE_LEVELS + 1)

/* What is needed to go on appending: the complete subtrees that the tree ends with, one for each
 * bit of size that is set. Zero-initialised, it is the empty tree. */
struct frontier {
	uint64_t size;
	uint8_t subtree[MERKLE_LEVELS][SHA256_SIZE]; /* by level: 2^level leaves */
};

/* Where hashes of complete subtrees come from: node() gives the hash of leaves
 * index * 2^level … (index + 1) * 2^level - 1; false if it cannot. */
struct merkle_source {
	bool (*node)(void *arg, unsigned int level, uint64_t index, uint8_t out[SHA256_SIZE]);
	void *arg;
};

struct merkle_proof {
	size_t n;
	uint8_t hash[MERKLE_PROOF_MAX][SHA256_SIZE];
};

/* SHA-256(0x00 ‖ entry) and SHA-256(0x01 ‖ left ‖ right). out may be left or right. */
void merkle_leaf(const void *entry, size_t n, uint8_t out[SHA256_SIZE]);
void merkle_parent(
    const uint8_t left[SHA256_SIZE], const uint8_t right[SHA256_SIZE], uint8_t out[SHA256_SIZE]);

/* Append one leaf hash; false once the tree is full. */
bool frontier_append(struct frontier *t, const uint8_t leaf[SHA256_SIZE])
    __attribute__((warn_unused_result));

/* The root; of the empty tree SHA-256 of nothing. */
void frontier_root(const struct frontier *t, uint8_t out[SHA256_SIZE]);

/* The same from a source: take up the tree of this size, in at most one node() a level. False if
 * size is too large or the source fails; *out is then unspecified. */
bool frontier_load(struct frontier *out, uint64_t size, const struct merkle_source *source)
    __attribute__((warn_unused_result));

/* Prove that leaf `index` is in the tree of this size (PATH of RFC 6962 §2.1.1, leaf to root).
 * False if index >= size, size is too large, or the source fails. */
bool merkle_prove_inclusion(uint64_t index, uint64_t size, const struct merkle_source *source,
    struct merkle_proof *out) __attribute__((warn_unused_result));

bool merkle_verify_inclusion(uint64_t index, const uint8_t leaf[SHA256_SIZE], uint64_t size,
    const uint8_t root[SHA256_SIZE], const struct merkle_proof *proof)
    __attribute__((warn_unused_result));

/* Prove that the tree of size `to` begins with the one of size `from` (PROOF of RFC 6962 §2.1.2);
 * empty if the sizes are equal or `from` is 0. False if from > to, to is too large, or the source
 * fails. */
bool merkle_prove_consistency(uint64_t from, uint64_t to, const struct merkle_source *source,
    struct merkle_proof *out) __attribute__((warn_unused_result));

/* Every tree begins with the empty one: with `from` 0, from_root must be the empty tree's root and
 * nothing is told of to_root. */
bool merkle_verify_consistency(uint64_t from, const uint8_t from_root[SHA256_SIZE], uint64_t to,
    const uint8_t to_root[SHA256_SIZE], const struct merkle_proof *proof)
    __attribute__((warn_unused_result));

#endif
