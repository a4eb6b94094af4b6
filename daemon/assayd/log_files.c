/* log_files.c — the published log read back: proofs from tiles.
 * SPDX-License-Identifier: Apache-2.0 */
#include "log_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "options.h"
#include "proof.h"
#include "server.h"
#include "tile.h"

struct reader {
	const char *published;
	uint64_t size; /* of the tree */
};

static bool
node(void *arg, unsigned int level, uint64_t index, uint8_t out[SHA256_SIZE])
{
	const struct reader *r = arg;
	struct tile_place place = tile_place_of(level, index, r->size);
	char name[TILE_PATH_SIZE], *data = NULL;
	struct text path = {0};
	struct fault f = {0};
	size_t n = 0;
	bool done;

	tile_path(TILE_HASHES, &place.tile, name);
	text_addf(&path, "%s/log/%s", r->published, name);
	done = !path.failed && file_read(path.data, TILE_WIDTH * SHA256_SIZE, &data, &n, &f) &&
	       n >= (size_t)(place.first + place.n) * SHA256_SIZE;
	if (done)
		tile_fold((const uint8_t *)data + place.first * SHA256_SIZE, place.n, out);
	free(data);
	text_clear(&path);
	return done;
}

/* The checkpoint's text begins with origin and size, a line each; its signature is not for us to
 * check: this server published it. */
static bool
read_size(const char *note, size_t n, uint64_t *size)
{
	const char *end = n > 0 ? strstr(note, "\n\n") : NULL;
	struct checkpoint c;

	if (end == NULL || !checkpoint_read(note, (size_t)(end - note) + 1, &c, NULL))
		return false;
	*size = c.size;
	return true;
}

/* Returns the published note, new, and the size it tells; NULL if there is none to be read. */
static char *
read_note(const char *published, uint64_t *size, size_t *n)
{
	struct text path = {0};
	struct fault f = {0};
	char *note = NULL;

	text_addf(&path, "%s/log/checkpoint", published);
	if (path.failed || !file_read(path.data, NOTE_MAX_BYTES, &note, n, &f) ||
	    !read_size(note, *n, size)) {
		free(note);
		note = NULL;
	}
	text_clear(&path);
	return note;
}

bool
log_files_prove(const struct server *server, uint64_t index, struct text *out)
{
	struct reader reader = {.published = server->options->published};
	const struct merkle_source source = {.node = node, .arg = &reader};
	struct log_proof proof = {.index = index};
	char *note = read_note(reader.published, &reader.size, &proof.note_n);
	bool done = note != NULL && index < reader.size &&
		    merkle_prove_inclusion(index, reader.size, &source, &proof.path);

	proof.note = note;
	if (done)
		proof_print(&proof, out);
	free(note);
	return done;
}

bool
log_files_root(
    const struct server *server, uint64_t size, uint8_t root[SHA256_SIZE], uint64_t *published)
{
	struct reader reader = {.published = server->options->published};
	const struct merkle_source source = {.node = node, .arg = &reader};
	struct frontier tree;
	size_t n;
	char *note = read_note(reader.published, &reader.size, &n);
	bool done = note != NULL && size <= reader.size && frontier_load(&tree, size, &source);

	*published = note != NULL ? reader.size : 0;
	if (done)
		frontier_root(&tree, root);
	free(note);
	return done;
}
