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
#include "term.h"

#define THREADS_MAX 64
#define AHEAD_N 4 /* bundles that are read and not settled yet */
#define CHUNK_N 8 /* lines that a thread takes at once */
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

/* What is done with one line, by whichever thread, and what it found. */
struct piece {
	const char *line; /* of the bundle's text */
	size_t n;
	bool done;
	struct problem problem;
};

struct bundle {
	struct tile tile; /* width 0: nothing is read yet */
	struct text lines;
	struct audit_leaf leaves[TILE_WIDTH];
	struct piece pieces[TILE_WIDTH];
	unsigned int taken, checked; /* lines, from the first on; under the crew's lock */
};

static void
bundle_clear(struct bundle *b)
{
	for (size_t i = 0; i < TILE_WIDTH; i++)
		statement_clear(&b->leaves[i].st);
	text_clear(&b->lines);
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

/* Cut a line that ends in `"envelope":E}` into what E is and, new, the line with null in E's place:
 * if both are JSON, so is the line, and E need not be read twice. NULL if it does not end so. */
static char *
cut_envelope(const char *line, size_t n, struct audit_leaf *l)
{
	static const char name[] = "\"envelope\":";
	const char *at = memmem(line, n, name, sizeof(name) - 1);
	struct text rest = {0};

	if (at == NULL || n == 0 || line[n - 1] != '}')
		return NULL;
	at += sizeof(name) - 1;
	text_add(&rest, line, (size_t)(at - line));
	text_add_str(&rest, "null}");
	l->envelope = at;
	l->envelope_n = (size_t)(line + n - 1 - at);
	return text_take(&rest);
}

/* A line in the form that a server prints, with what the entry says: it need not be read as JSON.
 * False: it is of another form. */
static bool
take_printed(struct audit_leaf *l, const char *line, size_t n)
{
	char before[200], id[HEX32_SIZE];
	size_t before_n;

	hex_print(l->leaf.id, SHA256_SIZE, id);
	before_n = (size_t)snprintf(before, sizeof(before),
	    "{\"index\":%llu,\"id\":\"%s\",\"accepted_at_ms\":%lld,\"envelope\":",
	    (unsigned long long)l->index, id, (long long)l->leaf.accepted_at_ms);
	if (n <= before_n || memcmp(line, before, before_n) != 0 || line[n - 1] != '}')
		return false;
	l->withheld = false;
	l->envelope = line + before_n;
	l->envelope_n = n - 1 - before_n;
	return true;
}

/* One line of a bundle: the envelope, or the notice that stands in its place. */
static bool
take_line(struct audit_leaf *l, const char *line, size_t n, struct problem *p)
{
	char *rest = cut_envelope(line, n, l);
	json_t *doc = json_read_object(rest ? rest : line, rest ? strlen(rest) : n, NULL);
	bool done = doc != NULL && json_get_whole(doc, "index") == (int64_t)l->index;

	l->withheld = json_is_true(json_object_get(doc, "withheld"));
	if (done && !l->withheld)
		done = rest != NULL && json_is_null(json_object_get(doc, "envelope"));
	json_decref(doc);
	free(rest);
	return done || breach_at(p, l->index, "its statement, or the notice that it is withheld",
			   "neither");
}

static bool
cut_lines(struct bundle *b, const char *path, struct problem *p)
{
	const char *at = b->lines.data, *end = at + b->lines.n;

	for (unsigned int i = 0; i < b->tile.width; i++) {
		const char *line_end = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;

		if (line_end == NULL)
			return breach_at(p, b->leaves[i].index, "a line in its bundle", "none");
		b->pieces[i] = (struct piece){.line = at, .n = (size_t)(line_end - at)};
		at = line_end + 1;
	}
	return at == end || audit_breach(p, path, "no more lines", "%zu bytes", (size_t)(end - at));
}

static bool
read_statements(struct audit *a, struct bundle *b, struct problem *p)
{
	char path[TILE_PATH_SIZE + 4], *data = NULL;
	size_t n;
	bool done = read_tile(a, TILE_STATEMENTS, &b->tile, &data, &n, path, p);

	text_add(&b->lines, "", 0);
	if (done && !unpack(data, n, &b->lines))
		done = audit_breach(p, path, "a bundle in gzip", "%zu bytes that are none", n);
	done = done && cut_lines(b, path, p);
	free(data);
	return done;
}

/* ---- lines, statements and signatures, on all cores ---- */

/* The leaf is made of the very statement that verified. An entry has one form only, so the same
 * facts are the same bytes. */
static bool
check_leaf(const struct audit_leaf *l, struct problem *p)
{
	const struct statement *st = &l->st;
	char got[400];

	if (l->withheld)
		return true;
	if (l->fault.code != FAULT_NONE) {
		snprintf(
		    got, sizeof(got), "%s %s", fault_info(l->fault.code)->title, l->fault.path);
		return breach_at(p, l->index, "a statement with a good signature", got);
	}
	return (strcmp(kind_info(st->kind)->type, l->leaf.type) == 0 &&
		   memcmp(st->id, l->leaf.id, SHA256_SIZE) == 0 &&
		   memcmp(st->payload_sha256, l->leaf.payload_sha256, SHA256_SIZE) == 0 &&
		   memcmp(st->key, l->leaf.key, KEY_SIZE) == 0 &&
		   memcmp(st->signature, l->leaf.signature, SIGNATURE_SIZE) == 0) ||
	       breach_at(p, l->index, "the statement that the entry was made of", "another");
}

static void
check_piece(struct audit_leaf *l, struct piece *piece)
{
	statement_clear(&l->st);
	l->fault = (struct fault){0};
	piece->done = take_printed(l, piece->line, piece->n) ||
		      take_line(l, piece->line, piece->n, &piece->problem);
	if (piece->done && !l->withheld)
		(void)!statement_open(l->envelope, l->envelope_n, &l->st, &l->fault);
	piece->done = piece->done && check_leaf(l, &piece->problem);
}

/* Threads that check the lines of the bundles given and not dropped, the earliest first. What they
 * find is kept with its line, so it does not matter who was faster. */
struct crew {
	pthread_mutex_t lock;
	pthread_cond_t more, done;
	struct bundle *ring; /* AHEAD_N of them */
	uint64_t given, dropped;
	bool over;
	pthread_t threads[THREADS_MAX];
	int n;
};

/* Check some lines that nobody has taken; false if there are none. Called with the lock, which is
 * let go meanwhile. */
static bool
crew_step(struct crew *c)
{
	for (uint64_t k = c->dropped; k < c->given; k++) {
		struct bundle *b = &c->ring[k % AHEAD_N];
		unsigned int from = b->taken, left = b->tile.width - from,
			     n = left < CHUNK_N ? left : CHUNK_N;

		if (n == 0)
			continue;
		b->taken += n;
		pthread_mutex_unlock(&c->lock);
		for (unsigned int i = from; i < from + n; i++)
			check_piece(&b->leaves[i], &b->pieces[i]);
		pthread_mutex_lock(&c->lock);
		b->checked += n;
		if (b->checked == b->tile.width)
			pthread_cond_signal(&c->done);
		return true;
	}
	return false;
}

static void *
crew_work(void *arg)
{
	struct crew *c = arg;

	pthread_mutex_lock(&c->lock);
	while (!c->over)
		if (!crew_step(c))
			pthread_cond_wait(&c->more, &c->lock);
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* The caller is one of them. What no thread could be had for, the others do. */
static void
crew_start(struct crew *c, struct bundle *ring, int threads_n)
{
	memset(c, 0, sizeof(*c));
	c->ring = ring;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->more, NULL);
	pthread_cond_init(&c->done, NULL);
	while (c->n < threads_n - 1 && c->n < THREADS_MAX &&
	       pthread_create(&c->threads[c->n], NULL, crew_work, c) == 0)
		c->n++;
}

static void
crew_give(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	c->given++;
	pthread_cond_broadcast(&c->more);
	pthread_mutex_unlock(&c->lock);
}

/* Help until all lines of this bundle are checked. */
static void
crew_finish(struct crew *c, const struct bundle *b)
{
	pthread_mutex_lock(&c->lock);
	while (b->checked < b->tile.width)
		if (!crew_step(c))
			pthread_cond_wait(&c->done, &c->lock);
	pthread_mutex_unlock(&c->lock);
}

static void
crew_drop(struct crew *c, struct bundle *b)
{
	pthread_mutex_lock(&c->lock);
	c->dropped++;
	pthread_mutex_unlock(&c->lock);
	text_clear(&b->lines);
	b->taken = b->checked = 0;
}

static void
crew_end(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	c->over = true;
	pthread_cond_broadcast(&c->more);
	pthread_mutex_unlock(&c->lock);
	for (int i = 0; i < c->n; i++)
		pthread_join(c->threads[i], NULL);
	pthread_cond_destroy(&c->done);
	pthread_cond_destroy(&c->more);
	pthread_mutex_destroy(&c->lock);
}

/* ---- leaf by leaf ---- */

static bool
take_leaf(struct audit *a, const struct audit_leaf *l, struct problem *p)
{
	if (a->until > 0 && l->index >= a->until)
		return true;
	return audit_settle(a, l, p) &&
	       (a->observe == NULL || a->observe(a->observer, a, l) ||
		   fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for a leaf", "none"));
}

/* The first breach, in the log's order, is the one that is told. */
static bool
take_bundle(struct audit *a, struct bundle *b, struct grown *g, struct problem *p)
{
	bool done = true;

	for (unsigned int i = 0; done && i < b->tile.width; i++) {
		const struct audit_leaf *l = &b->leaves[i];

		done = b->pieces[i].done;
		if (!done)
			*p = b->pieces[i].problem;
		done = done && take_leaf(a, l, p);
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

static bool
read_bundle(struct audit *a, struct bundle *b, uint64_t at, struct problem *p)
{
	uint64_t left = a->checkpoint.size - at;

	b->tile = (struct tile){
	    .n = at / TILE_WIDTH, .width = left < TILE_WIDTH ? (unsigned int)left : TILE_WIDTH};
	return read_entries(a, b, p) && read_statements(a, b, p);
}

/* While one bundle is settled here, the crew is at work on the next. What stops the reading of one
 * is told behind what those before it have to tell. */
static bool
walk(struct audit *a, struct crew *c, struct grown *g, struct progress *bar, struct problem *p)
{
	uint64_t bundles_n = (a->checkpoint.size + TILE_WIDTH - 1) / TILE_WIDTH;
	struct problem later = {0};
	bool readable = true;

	for (uint64_t n = 0; n < bundles_n; n++) {
		struct bundle *b = &c->ring[n % AHEAD_N];

		while (readable && c->given < bundles_n && c->given < n + AHEAD_N) {
			readable = read_bundle(
			    a, &c->ring[c->given % AHEAD_N], c->given * TILE_WIDTH, &later);
			if (readable)
				crew_give(c);
		}
		progress_show(bar, n * TILE_WIDTH);
		if (n == c->given) {
			*p = later;
			return false;
		}
		crew_finish(c, b);
		if (!take_bundle(a, b, g, p))
			return false;
		crew_drop(c, b);
	}
	return true;
}

bool
audit_walk(struct audit *a, struct problem *p)
{
	struct progress bar = {
	    .label = "auditing", .unit = "statements", .total = a->checkpoint.size};
	struct bundle *ring = calloc(AHEAD_N, sizeof(*ring));
	struct grown g = {0};
	struct crew crew;
	bool done;

	if (ring == NULL)
		return fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for bundles", "none");
	crew_start(&crew, ring, a->threads_n);
	done = walk(a, &crew, &g, &bar, p);
	crew_end(&crew);
	progress_end(&bar);
	for (int i = 0; i < AHEAD_N; i++)
		bundle_clear(&ring[i]);
	free(ring);
	done = done && check_tree(a, &g, p);
	grown_clear(&g);
	return done;
}
