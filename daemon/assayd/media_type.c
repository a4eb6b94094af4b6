/* media_type.c — what a published file is, by the end of its name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "media_type.h"

#include <string.h>
#include <strings.h>

static const struct media_type rows[] = {
    {"json", "application/json", true},
    {"html", "text/html; charset=utf-8", true},
    {"mjs", "text/javascript; charset=utf-8", true},
    {"js", "text/javascript; charset=utf-8", true},
    {"css", "text/css; charset=utf-8", true},
    {"svg", "image/svg+xml", true},
    {"png", "image/png", false},
    {"ico", "image/x-icon", false},
    {"txt", "text/plain; charset=utf-8", true},
    {"md", "text/markdown; charset=utf-8", true},
    {"csv", "text/csv; charset=utf-8", true},
    {"xml", "application/xml", true},
    {"atom", "application/atom+xml", true},
    {"ndjson", "application/x-ndjson", true},
    {"jsonl", "application/x-ndjson", false}, /* its .gz is a file of its own */
    {"gz", "application/gzip", false},
};

static const struct media_type unknown = {"", "application/octet-stream", false};

const struct media_type *
media_type_of(const char *path)
{
	const char *dot = strrchr(path, '.');

	if (dot != NULL && strchr(dot, '/') == NULL)
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
			if (strcasecmp(rows[i].extension, dot + 1) == 0)
				return &rows[i];
	return &unknown;
}
