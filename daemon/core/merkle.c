/* merkle.c — the log's Merkle tree: roots, inclusion and consistency proofs (RFC 6962 §2.1).
 * SPDX-License-Identifier: Apache-2.0 */
#include "merkle.h"

#include <string.h>

/* One climb serves all four proofs: from a node at (level, place) to the root of a tree of `size`
 * leaves, one sibling a level. The last node of a level may have none; it then is the node above.
 */
struct climb {
	unsigned int level;
	uint64_t place;
	uint64_t size;
};

static bool
climb_to_sibling(struct climb *c, uint64_t *sibling)
{
	for (; (c->size - 1) >> c->level > 0; c->level++, c->place >>= 1) {
		*sibling = c->place ^ 1;
		if (*sibling << c->level < c->size)
			return true;
	}
	return false;
}

static void
climb_on(struct climb *c)
{
	c->level++;
	c->place >>= 1;
}

void
merkle_leaf(const void *entry, size_t n, uint8_t out[SHA256_SIZE])
{
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, "\0", 1);
	sha256_add(&h, entry, n);
	sha256_end(&h, out);
}

void
merkle_parent(
    const uint8_t left[SHA256_SIZE], const uint8_t right[SHA256_SIZE], uint8_t out[SHA256_SIZE])
{
	uint8_t bytes[1 + 2 * SHA256_SIZE] = {1};

	memcpy(bytes + 1, left, SHA256_SIZE);
	memcpy(bytes + 1 + SHA256_SIZE, right, SHA256_SIZE);
	sha256_of(bytes, sizeof(bytes), out);
}

/* As in binary counting: each carry joins two subtrees of one level. */
bool
frontier_append(struct frontier *t, const uint8_t leaf[SHA256_SIZE])
{
	uint8_t carry[SHA256_SIZE];
	unsigned int level = 0;

	if (t->size >= MERKLE_SIZE_MAX)
		return false;
	memcpy(carry, leaf, SHA256_SIZE);
	for (; t->size >> level & 1; level++)
		merkle_parent(t->subtree[level], carry, carry);
	memcpy(t->subtree[level], carry, SHA256_SIZE);
	t->size++;
	return true;
}

void
frontier_root(const struct frontier *t, uint8_t out[SHA256_SIZE])
{
	bool begun = false;

	sha256_of("", 0, out);
	for (unsigned int level = 0; level < MERKLE_LEVELS; level++) {
		if (!(t->size >> level & 1))
			continue;
		if (begun)
			merkle_parent(t->subtree[level], out, out);
		else
			memcpy(out, t->subtree[level], SHA256_SIZE);
		begun = true;
	}
}

/* The leaves from begin, a multiple of 2^level for each level up to the highest bit of size, as a
 * tree of their own. */
static bool
load_from(struct frontier *out, uint64_t begin, uint64_t size, const struct merkle_source *source)
{
	out->size = size;
	for (unsigned int level = 0; level < MERKLE_LEVELS; level++) {
		uint64_t before = size >> level >> 1 << 1;

		if (size >> level & 1 && !source->node(source->arg, level,
					     (begin >> level) + before, out->subtree[level]))
			return false;
	}
	return true;
}

bool
frontier_load(struct frontier *out, uint64_t size, const struct merkle_source *source)
{
	return size <= MERKLE_SIZE_MAX && load_from(out, 0, size, source);
}

/* A node of a tree of this size; the last one of its level may lack leaves on its right. */
static bool
node_in(unsigned int level, uint64_t place, uint64_t size, const struct merkle_source *source,
    uint8_t out[SHA256_SIZE])
{
	uint64_t begin = place << level;
	struct frontier edge;

	if (size - begin >= UINT64_C(1) << level)
		return source->node(source->arg, level, place, out);
	if (!load_from(&edge, begin, size - begin, source))
		return false;
	frontier_root(&edge, out);
	return true;
}

static bool
prove(struct climb c, const struct merkle_source *source, struct merkle_proof *out)
{
	for (uint64_t sibling; climb_to_sibling(&c, &sibling); climb_on(&c))
		if (!node_in(c.level, sibling, c.size, source, out->hash[out->n++]))
			return false;
	return true;
}

bool
merkle_prove_inclusion(
    uint64_t index, uint64_t size, const struct merkle_source *source, struct merkle_proof *out)
{
	out->n = 0;
	return size <= MERKLE_SIZE_MAX && index < size &&
	       prove((struct climb){.place = index, .size = size}, source, out);
}

bool
merkle_verify_inclusion(uint64_t index, const uint8_t leaf[SHA256_SIZE], uint64_t size,
    const uint8_t root[SHA256_SIZE], const struct merkle_proof *proof)
{
	struct climb c = {.place = index, .size = size};
	uint8_t hash[SHA256_SIZE];
	size_t used = 0;

	if (size > MERKLE_SIZE_MAX || index >= size)
		return false;
	memcpy(hash, leaf, SHA256_SIZE);
	for (uint64_t sibling; climb_to_sibling(&c, &sibling); climb_on(&c)) {
		if (used == proof->n)
			return false;
		if (sibling < c.place)
			merkle_parent(proof->hash[used++], hash, hash);
		else
			merkle_parent(hash, proof->hash[used++], hash);
	}
	return used == proof->n && memcmp(hash, root, SHA256_SIZE) == 0;
}

/* The largest complete subtree that the smaller tree ends with: in both trees, and all that is left
 * of it is left of it in both. */
static struct climb
climb_from_end(uint64_t from, uint64_t to)
{
	struct climb c = {.place = from - 1, .size = to};

	while (c.place & 1)
		climb_on(&c);
	return c;
}

bool
merkle_prove_consistency(
    uint64_t from, uint64_t to, const struct merkle_source *source, struct merkle_proof *out)
{
	struct climb c;

	out->n = 0;
	if (to > MERKLE_SIZE_MAX || from > to)
		return false;
	if (from == 0 || from == to)
		return true;
	c = climb_from_end(from, to);
	/* a whole tree's root is known to who verifies */
	if (c.place > 0 && !source->node(source->arg, c.level, c.place, out->hash[out->n++]))
		return false;
	return prove(c, source, out);
}

/* Climb with both roots at once: what is on the left belongs to both trees. */
static bool
climb_both(struct climb c, size_t used, const struct merkle_proof *proof,
    uint8_t in_from[SHA256_SIZE], uint8_t in_to[SHA256_SIZE])
{
	for (uint64_t sibling; climb_to_sibling(&c, &sibling); climb_on(&c), used++) {
		if (used == proof->n)
			return false;
		if (sibling < c.place) {
			merkle_parent(proof->hash[used], in_from, in_from);
			merkle_parent(proof->hash[used], in_to, in_to);
		} else {
			merkle_parent(in_to, proof->hash[used], in_to);
		}
	}
	return used == proof->n;
}

bool
merkle_verify_consistency(uint64_t from, const uint8_t from_root[SHA256_SIZE], uint64_t to,
    const uint8_t to_root[SHA256_SIZE], const struct merkle_proof *proof)
{
	uint8_t in_from[SHA256_SIZE], in_to[SHA256_SIZE];
	struct climb c;
	bool given;

	if (to > MERKLE_SIZE_MAX || from > to)
		return false;
	if (from == to)
		return proof->n == 0 && memcmp(from_root, to_root, SHA256_SIZE) == 0;
	if (from == 0) {
		frontier_root(&(struct frontier){0}, in_from);
		return proof->n == 0 && memcmp(from_root, in_from, SHA256_SIZE) == 0;
	}
	c = climb_from_end(from, to);
	given = c.place > 0;
	if (given && proof->n == 0)
		return false;
	memcpy(in_from, given ? proof->hash[0] : from_root, SHA256_SIZE);
	memcpy(in_to, in_from, SHA256_SIZE);
	return climb_both(c, given, proof, in_from, in_to) &&
	       memcmp(in_from, from_root, SHA256_SIZE) == 0 &&
	       memcmp(in_to, to_root, SHA256_SIZE) == 0;
}
