/* audit_walk.c — through the log's files in order: every leaf settled, every tile, and the root.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_bundle.h"
#include "audit_crew.h"
#include "encode.h"
#include "list.h"
#include "term.h"

bool
audit_breach(struct problem *p, const char *where, const char *expected, const char *fmt, ...)
{
	char got[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(got, sizeof(got), fmt, args);
	va_end(args);
	return fault_set(&p->fault, FAULT_BREACH, where, expected, "%s", got);
}

/* ---- the tree, as the leaves make it ---- */

/* Hashes of the complete subtrees of 256^level leaves. */
struct level {
	uint8_t (*hashes)[SHA256_SIZE];
	size_t n, room;
};

struct grown {
	struct frontier frontier;
	struct level levels[7];
};

static bool
level_add(struct grown *g, unsigned int level, const uint8_t hash[SHA256_SIZE])
{
	struct level *l = &g->levels[level];
	uint8_t(*hashes)[SHA256_SIZE] = list_room(l->hashes, l->n, &l->room, SHA256_SIZE);
	uint8_t above[SHA256_SIZE];

	if (hashes == NULL)
		return false;
	l->hashes = hashes;
	memcpy(hashes[l->n++], hash, SHA256_SIZE);
	if (l->n % TILE_WIDTH != 0 || level == 6)
		return true;
	tile_fold(hashes[l->n - TILE_WIDTH], TILE_WIDTH, above);
	return level_add(g, level + 1, above);
}

static void
grown_clear(struct grown *g)
{
	for (size_t i = 0; i < 7; i++)
		free(g->levels[i].hashes);
}

/* ---- leaf by leaf ---- */

/* What the crew saw by rules that are no longer in force is looked at again in settling. */
static bool
settle(struct audit *a, struct crew *c, struct audit_leaf *l, const struct piece *piece,
    struct problem *p)
{
	bool is_config = !l->withheld && l->st.kind == KIND_CONFIG, done;

	if (piece->rules_n != a->rules_n)
		leaf_view_clear(&l->view);
	if (is_config)
		crew_hold(c);
	done = audit_settle(a, l, p);
	if (is_config)
		crew_release(c);
	return done;
}

static bool
take_leaf(struct audit *a, struct crew *c, struct audit_leaf *l, const struct piece *piece,
    struct problem *p)
{
	if (a->until > 0 && l->index >= a->until)
		return true;
	return settle(a, c, l, piece, p) &&
	       (a->observe == NULL || a->observe(a->observer, a, l) ||
		   fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for a leaf", "none"));
}

/* The first breach, in the log's order, is the one that is told. */
static bool
take_bundle(struct audit *a, struct crew *c, struct bundle *b, struct grown *g, struct problem *p)
{
	bool done = true;

	for (unsigned int i = 0; done && i < b->tile.width; i++) {
		struct audit_leaf *l = &b->leaves[i];

		done = b->pieces[i].done;
		if (!done)
			*p = b->pieces[i].problem;
		done = done && take_leaf(a, c, l, &b->pieces[i], p);
		if (done && (!frontier_append(&g->frontier, l->hash) || !level_add(g, 0, l->hash)))
			done =
			    fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for leaves", "none");
		if (l->index + 1 == a->until)
			frontier_root(&g->frontier, a->until_root);
	}
	return done;
}

/* ---- tiles and root ---- */

static bool
check_tile(struct audit *a, const struct tile *tile, const struct grown *g, struct problem *p)
{
	const struct level *level = &g->levels[tile->level];
	char path[TILE_PATH_SIZE + 4], *data = NULL;
	size_t n, own_n = (size_t)tile->width * SHA256_SIZE;
	bool done = audit_read_tile(a, TILE_HASHES, tile, &data, &n, path, p);

	if (done && (n != own_n || tile->n * TILE_WIDTH + tile->width > level->n ||
			memcmp(data, level->hashes[tile->n * TILE_WIDTH], own_n) != 0))
		done = audit_breach(p, path, "the hashes of the log's leaves", "others");
	free(data);
	return done;
}

static bool
check_tree(struct audit *a, const struct grown *g, struct problem *p)
{
	struct tile_walk walk = {.to = a->checkpoint.size};
	uint8_t root[SHA256_SIZE];
	char expected[HEX32_SIZE], got[HEX32_SIZE];
	struct tile tile;

	frontier_root(&g->frontier, root);
	if (memcmp(root, a->checkpoint.root, SHA256_SIZE) != 0) {
		hex_print(a->checkpoint.root, SHA256_SIZE, expected);
		hex_print(root, SHA256_SIZE, got);
		return audit_breach(
		    p, "log/checkpoint", expected, "%s, the root of the entries", got);
	}
	while (tile_next(&walk, &tile))
		if (!check_tile(a, &tile, g, p))
			return false;
	return true;
}

/* While one bundle is settled here, the crew is at work on the next. What stops the reading of one
 * is told behind what those before it have to tell. Behind the first bundle the rules are known,
 * which the crew looks at. */
static bool
walk(struct audit *a, struct crew *c, struct grown *g, struct progress *bar, struct problem *p)
{
	uint64_t bundles_n = (a->checkpoint.size + TILE_WIDTH - 1) / TILE_WIDTH;
	struct problem later = {0};
	bool readable = true;

	for (uint64_t n = 0; n < bundles_n; n++) {
		struct bundle *b = &c->ring[n % CREW_AHEAD_N];
		uint64_t ahead = n == 0 ? 1 : CREW_AHEAD_N;

		while (readable && c->given < bundles_n && c->given < n + ahead) {
			readable = bundle_read(
			    a, &c->ring[c->given % CREW_AHEAD_N], c->given * TILE_WIDTH, &later);
			if (readable)
				crew_give(c);
		}
		progress_show(bar, n * TILE_WIDTH);
		if (n == c->given) {
			*p = later;
			return false;
		}
		crew_finish(c, b);
		if (!take_bundle(a, c, b, g, p))
			return false;
		crew_drop(c);
	}
	return true;
}

bool
audit_walk(struct audit *a, struct problem *p)
{
	struct progress bar = {
	    .label = "auditing", .unit = "statements", .total = a->checkpoint.size};
	struct bundle *ring = calloc(CREW_AHEAD_N, sizeof(*ring));
	struct grown g = {0};
	struct crew crew;
	bool done;

	if (ring == NULL)
		return fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for bundles", "none");
	crew_start(&crew, a, ring, a->threads_n);
	done = walk(a, &crew, &g, &bar, p);
	crew_end(&crew);
	progress_end(&bar);
	for (int i = 0; i < CREW_AHEAD_N; i++)
		bundle_clear(&ring[i]);
	free(ring);
	done = done && check_tree(a, &g, p);
	grown_clear(&g);
	return done;
}
