/* log_sweep.c — which partial tiles of the published log may go.
 * SPDX-License-Identifier: Apache-2.0 */
#include "log_sweep.h"

#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "site.h"
#include "tile.h"

#define LEVELS 7

static bool
last_partial(uint64_t size, unsigned int level, struct tile *out)
{
	uint64_t all = size >> (TILE_HEIGHT * level);

	*out = (struct tile){
	    .level = level, .n = all / TILE_WIDTH, .width = (unsigned int)(all % TILE_WIDTH)};
	return out->width > 0;
}

/* The kinds of files that stand beside each other at a level. */
static unsigned int
kinds_at(unsigned int level)
{
	return level == 0 ? TILE_STATEMENTS : TILE_HASHES;
}

static bool
is_kept(uint64_t gone, unsigned int level, const uint64_t *kept, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (kept[i] >> (TILE_HEIGHT * level) == gone >> (TILE_HEIGHT * level))
			return true;
	return false;
}

bool
log_drop_partials(
    const char *folder, uint64_t gone, const uint64_t *kept, size_t n, struct fault *f)
{
	char path[TILE_PATH_SIZE];
	struct tile tile;

	for (unsigned int level = 0; level < LEVELS; level++) {
		if (!last_partial(gone, level, &tile) || is_kept(gone, level, kept, n))
			continue;
		for (unsigned int kind = TILE_HASHES; kind <= kinds_at(level); kind++) {
			tile_path((enum tile_kind)kind, &tile, path);
			if (!site_remove(folder, path, f))
				return false;
		}
	}
	return true;
}

static bool
belongs_to(const char *name, uint64_t size)
{
	char path[TILE_PATH_SIZE];
	struct tile tile;

	for (unsigned int level = 0; level < LEVELS; level++)
		for (unsigned int kind = TILE_HASHES;
		     last_partial(size, level, &tile) && kind <= kinds_at(level); kind++) {
			tile_path((enum tile_kind)kind, &tile, path);
			if (strcmp(path, name) == 0)
				return true;
		}
	return false;
}

void
log_sweep(const char *folder, uint64_t size)
{
	char *roots[] = {(char *)folder, NULL};
	size_t n = strlen(folder);
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	while (walk != NULL && (entry = fts_read(walk)) != NULL) {
		const char *name = entry->fts_path + n + (entry->fts_path[n] == '/');

		if (entry->fts_info == FTS_F && strstr(name, ".p/") != NULL &&
		    !belongs_to(name, size))
			(void)!unlink(entry->fts_path);
	}
	if (walk != NULL)
		(void)!fts_close(walk);
}
