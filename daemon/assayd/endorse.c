/* endorse.c — get the log's newest tree head signed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "endorse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "options.h"
#include "server.h"
#include "split_view.h"
#include "tree.h"

#define CHUNK_N 500

enum { SIZE, ROOT, NOTE_SIZE }; /* of QUERY_TREE_HEAD */

static bool
differ(struct fault *f)
{
	return fault_set(f, FAULT_INTERNAL, "",
	    "the root that the stored statements give: somebody changed rows of the log",
	    "another");
}

/* Append leaves made of what is stored of the statements from..behind-1. */
static bool
append_stored(
    struct frontier *t, struct dbsync *db, uint64_t from, uint64_t behind, struct fault *f)
{
	char first[24], last[24];
	struct db_param params[2];
	struct db_rows *rows;
	uint8_t hash[SHA256_SIZE];
	struct leaf leaf;
	bool done;

	snprintf(first, sizeof(first), "%llu", (unsigned long long)from);
	snprintf(last, sizeof(last), "%llu", (unsigned long long)behind);
	params[0] = (struct db_param){.data = first, .n = strlen(first)};
	params[1] = (struct db_param){.data = last, .n = strlen(last)};
	rows = dbsync_ask(db, QUERY_LEAF_FACTS, params, f);
	done = rows != NULL && db_rows_n(rows) == behind - from;
	for (size_t i = 0; done && i < db_rows_n(rows); i++)
		done =
		    tree_leaf(rows, i, &leaf) && leaf_hash(&leaf, hash) && frontier_append(t, hash);
	dbsync_free(rows);
	return done || differ(f);
}

/* The second path: what was signed, and behind it the statements themselves. */
static bool
check_root(struct dbsync *db, const struct merkle_source *source, uint64_t from, uint64_t size,
    const uint8_t root[SHA256_SIZE], struct fault *f)
{
	struct frontier t;
	uint8_t again[SHA256_SIZE];

	if (!frontier_load(&t, from, source))
		return differ(f);
	for (uint64_t next; from < size; from = next) {
		next = size - from > CHUNK_N ? from + CHUNK_N : size;
		if (!append_stored(&t, db, from, next, f))
			return false;
	}
	frontier_root(&t, again);
	return memcmp(again, root, SHA256_SIZE) == 0 || differ(f);
}

static bool
store_note(struct dbsync *db, const struct text *note, uint64_t size, struct fault *f)
{
	char number[24];
	struct db_param params[2];
	struct db_rows *rows;

	snprintf(number, sizeof(number), "%llu", (unsigned long long)size);
	params[0] = (struct db_param){.data = note->data, .n = note->n};
	params[1] = (struct db_param){.data = number, .n = strlen(number)};
	rows = dbsync_ask(db, QUERY_SIGNED, params, f);
	dbsync_free(rows);
	return rows != NULL;
}

bool
endorse(struct signer_client *signer, struct dbsync *db, struct fault *f)
{
	struct db_rows *head = dbsync_ask(db, QUERY_TREE_HEAD, NULL, f);
	const struct merkle_source source = tree_source(db);
	uint8_t root[SHA256_SIZE];
	struct text note = {0};
	uint64_t size, signed_size;
	bool done;

	if (head == NULL)
		return false;
	size = (uint64_t)db_whole(head, 0, SIZE);
	signed_size = (uint64_t)db_whole(head, 0, NOTE_SIZE);
	done = size == signed_size;
	if (!done && db_bytes(head, 0, ROOT, root, SHA256_SIZE))
		done = check_root(db, &source, signed_size, size, root, f) &&
		       signer_client_sign(signer, size, root, &source, &note, f) &&
		       store_note(db, &note, size, f);
	text_clear(&note);
	dbsync_free(head);
	return done;
}

bool
endorse_may(struct server *server, struct dbsync *db, struct fault *f)
{
	char *folder = path_join(server->options->published, "log");
	struct db_rows *head = folder != NULL ? dbsync_ask(db, QUERY_TREE_HEAD, NULL, f) : NULL;
	uint64_t size;
	bool done = head != NULL && split_view_check(folder, server->vkey,
					(uint64_t)db_whole(head, 0, NOTE_SIZE), db, &size, f);

	if (head != NULL && !done && f->code != FAULT_DATABASE && f->code != FAULT_NO_MEMORY)
		server_fail(server, f);
	dbsync_free(head);
	free(folder);
	return done;
}
