/* audit_bundle.c — read one bundle of a log and check its lines: each by itself, in any order.
 * SPDX-License-Identifier: Apache-2.0 */
#include "audit_bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "encode.h"
#include "json.h"

#define BUNDLE_MAX_BYTES (64 * 1024 * 1024)
#define GZIP_WINDOW (15 + 16) /* of zlib: the gzip format */

static bool
breach_at(struct problem *p, uint64_t index, const char *expected, const char *got)
{
	char where[40];

	snprintf(where, sizeof(where), "leaf %llu", (unsigned long long)index);
	return audit_breach(p, where, expected, "%s", got);
}

void
bundle_clear(struct bundle *b)
{
	for (size_t i = 0; i < TILE_WIDTH; i++) {
		statement_clear(&b->leaves[i].st);
		leaf_view_clear(&b->leaves[i].view);
	}
	text_clear(&b->lines);
	memset(b, 0, sizeof(*b));
}

/* ---- its files ---- */

bool
audit_read_tile(struct audit *a, enum tile_kind kind, const struct tile *tile, char **data,
    size_t *n, char path[TILE_PATH_SIZE + 4], struct problem *p)
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
	bool done = audit_read_tile(a, TILE_ENTRIES, &b->tile, &data, &n, path, p);

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
	bool done = audit_read_tile(a, TILE_STATEMENTS, &b->tile, &data, &n, path, p);

	text_add(&b->lines, "", 0);
	if (done && !unpack(data, n, &b->lines))
		done = audit_breach(p, path, "a bundle in gzip", "%zu bytes that are none", n);
	done = done && cut_lines(b, path, p);
	free(data);
	return done;
}

bool
bundle_read(struct audit *a, struct bundle *b, uint64_t at, struct problem *p)
{
	uint64_t left = a->checkpoint.size - at;

	text_clear(&b->lines);
	b->taken = b->checked = 0;
	b->tile = (struct tile){
	    .n = at / TILE_WIDTH, .width = left < TILE_WIDTH ? (unsigned int)left : TILE_WIDTH};
	return read_entries(a, b, p) && read_statements(a, b, p);
}

/* ---- its lines ---- */

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

void
bundle_check(const struct audit *a, struct bundle *b, unsigned int i)
{
	struct audit_leaf *l = &b->leaves[i];
	struct piece *piece = &b->pieces[i];

	statement_clear(&l->st);
	leaf_view_clear(&l->view);
	l->fault = (struct fault){0};
	piece->rules_n = a->rules_n;
	piece->done = take_printed(l, piece->line, piece->n) ||
		      take_line(l, piece->line, piece->n, &piece->problem);
	if (piece->done && !l->withheld)
		(void)!statement_open(l->envelope, l->envelope_n, &l->st, &l->fault);
	piece->done = piece->done && check_leaf(l, &piece->problem);
	if (piece->done && !l->withheld)
		audit_look(a, l);
}
