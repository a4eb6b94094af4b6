/* static_cache.h — small files of one folder, kept in memory while they stay as they are.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_STATIC_CACHE_H
#define ASSAYD_STATIC_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct static_cache;
struct static_file;

#define ETAG_SIZE 35 /* 32 hex digits in quotes, and NUL */

enum static_found {
	STATIC_IN_MEMORY, /* `file` holds it */
	STATIC_ON_DISK,   /* too large to keep: `fd` is open */
	STATIC_FOLDER,    /* a folder with an index.html */
	STATIC_NOTHING,
	STATIC_BUSY,   /* no descriptor or memory now */
	STATIC_BROKEN, /* the system's error, logged */
};

/* What stands at a path now. The caller owns `file` or `fd`. */
struct static_hit {
	struct static_file *file; /* give back with static_file_release() */
	const char *data;
	int fd;   /* -1 if it is in memory */
	size_t n; /* bytes, in memory or on disk */
	int64_t mtime_ns;
	char etag[ETAG_SIZE]; /* strong: other bytes, other tag */
};

/* Find the file at a clean relative path (no dot segments, not empty). Nothing outside the folder
 * is ever opened: symbolic links are not followed. Bytes in memory are those of the file as it
 * stands now, or stood when it was last looked at under this very `turn`: see worker_turn(). From
 * any thread. */
enum static_found static_cache_find(
    struct static_cache *c, const char *path, uint64_t turn, struct static_hit *out);

/* Give up `file` or `fd`. */
void static_hit_release(struct static_hit *hit);
void static_file_release(void *file);

#endif
