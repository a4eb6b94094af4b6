/* history.c — does what a signer saw of the log belong to this log?
 * SPDX-License-Identifier: Apache-2.0 */
#include "history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "json.h"
#include "log_files.h"

#define ROOTS_N 64

/* Roots of sizes that were asked for; the place follows from the size. Size 0: none. */
struct history {
	struct past {
		uint64_t size;
		uint8_t root[SHA256_SIZE];
	} roots[ROOTS_N];
};

/* The root of a size never changes, so what was worked out once holds. */
static const uint8_t *
root_of(struct history *h, const struct server *server, uint64_t size, uint64_t *published)
{
	struct past *past = &h->roots[size % ROOTS_N];
	uint8_t root[SHA256_SIZE];

	if (past->size == size && size > 0)
		return past->root;
	if (!log_files_root(server, size, root, published))
		return NULL;
	past->size = size;
	memcpy(past->root, root, SHA256_SIZE);
	return past->root;
}

bool
history_check(
    struct history **h, const struct server *server, const struct statement *st, struct fault *f)
{
	const json_t *seen = json_object_get(st->body, "seen");
	uint64_t size = (uint64_t)json_get_whole(seen, "size"), published = 0;
	uint8_t root[SHA256_SIZE];
	const uint8_t *own;
	char expected[96];

	if (seen == NULL)
		return true;
	if (*h == NULL && (*h = calloc(1, sizeof(**h))) == NULL)
		return fault_set(f, FAULT_BUSY, "/seen", "memory for the log's roots", "none");
	own = root_of(*h, server, size, &published);
	if (own == NULL) {
		snprintf(expected, sizeof(expected), "at most %llu, which this node has published",
		    (unsigned long long)published);
		return fault_set(
		    f, FAULT_BUSY, "/seen/size", expected, "%llu", (unsigned long long)size);
	}
	if (hex_parse(json_get_text(seen, "root"), root, SHA256_SIZE) &&
	    memcmp(own, root, SHA256_SIZE) == 0)
		return true;
	snprintf(expected, sizeof(expected), "the root of this log's first %llu leaves",
	    (unsigned long long)size);
	return fault_set(
	    f, FAULT_LOG_MISMATCH, "/seen/root", expected, "%s", json_get_text(seen, "root"));
}
