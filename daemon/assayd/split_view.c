/* split_view.c — is what stands published still the beginning of the database's log?
 * SPDX-License-Identifier: Apache-2.0 */
#include "split_view.h"

#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "file.h"
#include "tree.h"

static bool
mismatch(const struct checkpoint *c, uint64_t signed_size, struct fault *f)
{
	return fault_set(f, FAULT_LOG_MISMATCH, "log/checkpoint",
	    "a database whose log begins with the published one",
	    "published size %llu, signed size in the database %llu, or another root",
	    (unsigned long long)c->size, (unsigned long long)signed_size);
}

static bool
check_prefix(const struct checkpoint *c, uint64_t signed_size, struct dbsync *db, struct fault *f)
{
	const struct merkle_source source = tree_source(db);
	uint8_t root[SHA256_SIZE];
	struct frontier t;

	if (c->size > signed_size)
		return mismatch(c, signed_size, f);
	if (!frontier_load(&t, c->size, &source))
		return fault_set(f, FAULT_DATABASE, "", "the hashes of the tree", "fewer");
	frontier_root(&t, root);
	return memcmp(root, c->root, SHA256_SIZE) == 0 || mismatch(c, signed_size, f);
}

bool
split_view_check(const char *folder, const char *vkey, uint64_t signed_size, struct dbsync *db,
    uint64_t *size, struct fault *f)
{
	char *path = path_join(folder, "checkpoint"), *note = NULL, name[ORIGIN_SIZE];
	struct checkpoint c = {0};
	uint8_t key[KEY_SIZE];
	struct fault missing = {0};
	size_t n = 0;
	bool done = path != NULL || fault_set(f, FAULT_NO_MEMORY, "", "memory for a path", "none");

	if (done && file_read(path, NOTE_MAX_BYTES, &note, &n, &missing))
		done = vkey_read(vkey, name, sizeof(name), key) &&
		       checkpoint_open(note, n, name, key, &c, f) &&
		       check_prefix(&c, signed_size, db, f);
	*size = done ? c.size : 0;
	free(note);
	free(path);
	return done;
}
