/* static.h — files of the published folder over HTTP: bounded memory cache, ETag, conditional GET.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_STATIC_H
#define ASSAYD_STATIC_H

#include <stddef.h>

struct request;
struct static_cache;

/* Make a cache over folder `root`, shared by all workers (it locks). The folder may be replaced
 * while we run. Returns new; NULL without memory. */
struct static_cache *static_cache_new(const char *root, size_t max_bytes, size_t file_max_bytes);
void static_cache_free(struct static_cache *c);

/* Route proceed(): serve r->path below the folder, "/" and folders as their index.html; a folder
 * named without its slash is redirected (308). Never leaves the folder, follows no symbolic link,
 * never serves names beginning with '.'. Strong ETag; If-None-Match → 304. Fails with
 * FAULT_NOT_FOUND, FAULT_BUSY, FAULT_INTERNAL. */
void static_proceed(struct request *r);

#endif
