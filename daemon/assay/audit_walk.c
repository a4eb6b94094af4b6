/* audit_walk.c — through the log's files: every entry, signature and tile, and the root.
 * SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "audit.h"
#include "encode.h"
#include "json.h"
#include "list.h"
#include "logged.h"
#include "term.h"

#define THREADS_MAX 64
#define BUNDLE_MAX_BYTES (64 * 1024 * 1024)
#define GZIP_WINDOW (15 + 16) /* of zlib: the gzip format */

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

static bool
breach_at(struct problem *p, uint64_t index, const char *expected, const char *got)
{
	char where[40];

	snprintf(where, sizeof(where), "leaf %llu", (unsigned long long)index);
	return audit_breach(p, where, expected, "%s", got);
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

/* ---- one bundle ---- */

struct bundle {
	struct tile tile;
	struct audit_leaf leaves[TILE_WIDTH];
};

static void
bundle_clear(struct bundle *b)
{
	for (size_t i = 0; i < TILE_WIDTH; i++) {
		free(b->leaves[i].envelope);
		statement_clear(&b->leaves[i].st);
	}
	memset(b, 0, sizeof(*b));
}

static bool
read_tile(struct audit *a, enum tile_kind kind, const struct tile *tile, char **data, size_t *n,
    char path[TILE_PATH_SIZE + 4], struct problem *p)
{
	char name[TILE_PATH_SIZE];

	tile_path(kind, tile, name);
	snprintf(path, TILE_PATH_SIZE + 4, "log/%s", name);
	return log_source_read(&a->source, path, tile->width == TILE_WIDTH, data, n, p);
}

static bool
read_entries(struct audit *a, struct bundle *b, struct problem *p)
{
	char path[TILE_PATH_SIZE + 4], *data = NULL;
	const uint8_t *at, *entry;
	size_t n, entry_n;
	bool done = read_tile(a, TILE_ENTRIES, &b->tile, &data, &n, path, p);

	at = (const uint8_t *)data;
	for (unsigned int i = 0; done && i < b->tile.width; i++) {
		struct audit_leaf *l = &b->leaves[i];

		l->index = b->tile.n * TILE_WIDTH + i;
		if (!entry_next(&at, &n, &entry, &entry_n) || !leaf_parse(entry, entry_n, &l->leaf))
			done = breach_at(p, l->index, "an entry of seven lines", "another form");
		else
			merkle_leaf(entry, entry_n, l->hash);
	}
	if (done && n != 0)
		done = audit_breach(p, path, "no more entries", "%zu bytes", n);
	free(data);
	return done;
}

static bool
unpack(const char *packed, size_t n, struct text *out)
{
	z_stream z = {.next_in = (Bytef *)packed, .avail_in = (uInt)n};
	char piece[65536];
	int state = inflateInit2(&z, GZIP_WINDOW);

	while (state == Z_OK && out->n < BUNDLE_MAX_BYTES) {
		z.next_out = (Bytef *)piece;
		z.avail_out = sizeof(piece);
		state = inflate(&z, Z_NO_FLUSH);
		text_add(out, piece, sizeof(piece) - z.avail_out);
	}
	inflateEnd(&z);
	return state == Z_STREAM_END && !out->failed;
}

/* One line of a bundle: the envelope, or the notice that stands in its place. */
static bool
take_line(struct audit_leaf *l, const char *line, size_t n, struct problem *p)
{
	json_t *doc = json_read_object(line, n, NULL);
	const json_t *envelope = json_object_get(doc, "envelope");
	struct text printed = {0};
	bool done = doc != NULL && json_get_whole(doc, "index") == (int64_t)l->index;

	l->withheld = json_is_true(json_object_get(doc, "withheld"));
	if (done && !l->withheld) {
		json_print(envelope, &printed);
		l->envelope_n = printed.n;
		l->envelope = text_take(&printed);
		done = l->envelope != NULL;
	}
	text_clear(&printed);
	json_decref(doc);
	return done || breach_at(p, l->index, "its statement, or the notice that it is withheld",
			   "neither");
}

static bool
take_lines(struct bundle *b, const struct text *lines, const char *path, struct problem *p)
{
	const char *at = lines->data, *end = at + lines->n;

	for (unsigned int i = 0; i < b->tile.width; i++) {
		const char *line_end = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;

		if (line_end == NULL)
			return breach_at(p, b->leaves[i].index, "a line in its bundle", "none");
		if (!take_line(&b->leaves[i], at, (size_t)(line_end - at), p))
			return false;
		at = line_end + 1;
	}
	return at == end || audit_breach(p, path, "no more lines", "%zu bytes", (size_t)(end - at));
}

static bool
read_statements(struct audit *a, struct bundle *b, struct problem *p)
{
	char path[TILE_PATH_SIZE + 4], *data = NULL;
	struct text lines = {0};
	size_t n;
	bool done = read_tile(a, TILE_STATEMENTS, &b->tile, &data, &n, path, p);

	text_add(&lines, "", 0);
	if (done && !unpack(data, n, &lines))
		done = audit_breach(p, path, "a bundle in gzip", "%zu bytes that are none", n);
	done = done && take_lines(b, &lines, path, p);
	text_clear(&lines);
	free(data);
	return done;
}

/* ---- signatures, on all cores ---- */

struct share {
	pthread_t thread;
	struct bundle *bundle;
	unsigned int from, step;
};

static void *
open_share(void *arg)
{
	const struct share *s = arg;

	for (unsigned int i = s->from; i < s->bundle->tile.width; i += s->step) {
		struct audit_leaf *l = &s->bundle->leaves[i];

		if (!l->withheld)
			(void)!statement_open(l->envelope, l->envelope_n, &l->st, &l->fault);
	}
	return NULL;
}

static void
open_all(struct bundle *b, int threads_n)
{
	struct share shares[THREADS_MAX];
	int started = 0, n = threads_n < THREADS_MAX ? threads_n : THREADS_MAX;

	for (int i = 0; i < n; i++)
		shares[i] =
		    (struct share){.bundle = b, .from = (unsigned int)i, .step = (unsigned int)n};
	while (started < n - 1 &&
	       pthread_create(&shares[started].thread, NULL, open_share, &shares[started]) == 0)
		started++;
	for (int i = started; i < n; i++)
		open_share(&shares[i]);
	for (int i = 0; i < started; i++)
		pthread_join(shares[i].thread, NULL);
}

/* The leaf is made of the very statement that verified. */
static bool
check_leaf(const struct audit_leaf *l, struct problem *p)
{
	struct leaf own;
	uint8_t hash[SHA256_SIZE];
	char got[200];

	if (l->withheld)
		return true;
	if (l->fault.code != FAULT_NONE) {
		snprintf(
		    got, sizeof(got), "%s %s", fault_info(l->fault.code)->title, l->fault.path);
		return breach_at(p, l->index, "a statement with a good signature", got);
	}
	logged_leaf(&l->st, l->leaf.accepted_at_ms, &own);
	if (!leaf_hash(&own, hash))
		return fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for a leaf", "none");
	return memcmp(hash, l->hash, SHA256_SIZE) == 0 ||
	       breach_at(p, l->index, "the statement that the entry was made of", "another");
}

static bool
take_leaf(struct audit *a, const struct audit_leaf *l, struct problem *p)
{
	if (a->until > 0 && l->index >= a->until)
		return true;
	return audit_settle(a, l, p) &&
	       (a->observe == NULL || a->observe(a->observer, a, l) ||
		   fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for a leaf", "none"));
}

static bool
take_bundle(struct audit *a, struct bundle *b, struct grown *g, struct problem *p)
{
	bool done = read_entries(a, b, p) && read_statements(a, b, p);

	if (done)
		open_all(b, a->threads_n);
	for (unsigned int i = 0; done && i < b->tile.width; i++) {
		const struct audit_leaf *l = &b->leaves[i];

		done = check_leaf(l, p) && take_leaf(a, l, p);
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
	bool done = read_tile(a, TILE_HASHES, tile, &data, &n, path, p);

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

bool
audit_walk(struct audit *a, struct problem *p)
{
	struct progress bar = {
	    .label = "auditing", .unit = "statements", .total = a->checkpoint.size};
	struct bundle *b = calloc(1, sizeof(*b));
	struct grown g = {0};
	bool done = b != NULL;

	for (uint64_t at = 0; done && at < a->checkpoint.size; at += TILE_WIDTH) {
		uint64_t left = a->checkpoint.size - at;

		b->tile = (struct tile){.n = at / TILE_WIDTH,
		    .width = left < TILE_WIDTH ? (unsigned int)left : TILE_WIDTH};
		progress_show(&bar, at);
		done = take_bundle(a, b, &g, p);
		bundle_clear(b);
	}
	progress_end(&bar);
	done = done && check_tree(a, &g, p);
	grown_clear(&g);
	free(b);
	return done;
}
