/* static.h — files of the published folder over HTTP: memory cache, codings, conditional GET.
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
 * never serves names beginning with '.'. Of the coded files beside a file (variants.h) the one that
 * Accept-Encoding likes best is sent, if it belongs to it; all types that may have some say `Vary`.
 * Strong ETag, another for each coding; If-None-Match → 304 if it has that of the form that would
 * be sent. Ranges are not served. Fails with FAULT_NOT_FOUND, FAULT_BUSY, FAULT_INTERNAL. */
void static_proceed(struct request *r);

#endif
