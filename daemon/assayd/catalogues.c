/* catalogues.c — the catalogues that configs name, out of the database.
 * SPDX-License-Identifier: Apache-2.0 */
#include "catalogues.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "catalogue_set.h"
#include "encode.h"
#include "file.h"
#include "site.h"

struct catalogue *
catalogue_of_options(const struct options *o, struct fault *f)
{
	char *dir = path_join(o->suites, "catalogue");
	struct catalogue *c;

	if (dir == NULL) {
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a path", "none");
		return NULL;
	}
	c = access(dir, F_OK) == 0 ? catalogue_load(dir, f) : catalogue_read("", 0, f);
	free(dir);
	return c;
}

static struct db_param
bytes_param(const void *data, size_t n)
{
	return (struct db_param){.data = data, .n = n, .binary = true};
}

bool
catalogue_store(struct dbsync *db, const struct catalogue *c, struct fault *f)
{
	const struct db_param params[] = {
	    bytes_param(c->digest, SHA256_SIZE), bytes_param(c->bytes, c->bytes_n)};
	struct db_rows *rows =
	    c->bytes_n > 0 ? dbsync_ask(db, QUERY_ADD_CATALOGUE, params, f) : NULL;

	dbsync_free(rows);
	return c->bytes_n == 0 || rows != NULL;
}

static int
is_catalogue_file(const struct dirent *entry)
{
	const char *name = entry->d_name;

	return strspn(name, "0123456789abcdef") == 64 && strcmp(name + 64, ".jsonl") == 0;
}

static bool
bring_back_one(struct dbsync *db, const char *path, struct fault *f)
{
	struct fault ignored = {0};
	struct catalogue *c = NULL;
	char *data = NULL;
	size_t n = 0;
	bool done;

	if (file_read(path, CATALOGUE_MAX_BYTES, &data, &n, &ignored))
		c = catalogue_read(data, n, &ignored);
	free(data);
	done = c == NULL || catalogue_store(db, c, f);
	catalogue_free(c);
	return done;
}

/* Stored under the digest of the bytes, whatever a file is called. */
bool
catalogues_bring_back(struct dbsync *db, const char *folder, struct fault *f)
{
	char *dir = path_join(folder, "catalogue"), *path;
	struct dirent **entries = NULL;
	int n = dir != NULL ? scandir(dir, &entries, is_catalogue_file, alphasort) : -1;
	bool done = dir != NULL;

	for (int i = 0; i < n; i++) {
		path = path_join(dir, entries[i]->d_name);
		done = done && path != NULL && bring_back_one(db, path, f);
		free(path);
		free(entries[i]);
	}
	free(entries);
	free(dir);
	return done || fault_set(f, FAULT_NO_MEMORY, "", "memory for a path", "none");
}

/* Returns new; NULL also if the bytes are not what they are called. */
static struct catalogue *
read_stored(struct dbsync *db, const uint8_t digest[SHA256_SIZE], struct fault *f)
{
	const struct db_param param = bytes_param(digest, SHA256_SIZE);
	struct db_rows *rows = dbsync_ask(db, QUERY_CATALOGUE, &param, f);
	struct catalogue *c = NULL;
	char hex[HEX32_SIZE];
	uint8_t *bytes = NULL;
	size_t n = 0;

	if (rows != NULL && db_rows_n(rows) == 1)
		bytes = db_blob(rows, 0, 0, &n);
	if (bytes != NULL)
		c = catalogue_read((const char *)bytes, n, f);
	free(bytes);
	dbsync_free(rows);
	if (c != NULL && memcmp(c->digest, digest, SHA256_SIZE) == 0)
		return c;
	catalogue_free(c);
	hex_print(digest, SHA256_SIZE, hex);
	fault_set(f, FAULT_CATALOGUE, hex,
	    "a catalogue that `assayd config --apply` or `assayd recover` put into the database",
	    "none");
	return NULL;
}

const struct catalogue *
catalogue_get(
    struct server *s, struct dbsync *db, const uint8_t digest[SHA256_SIZE], struct fault *f)
{
	const struct catalogue *found;
	struct catalogue *fresh;

	pthread_mutex_lock(&s->catalogues_lock);
	found = catalogue_set_find(&s->catalogues, digest);
	if (found == NULL && (fresh = read_stored(db, digest, f)) != NULL) {
		if (catalogue_set_add(&s->catalogues, fresh))
			found = fresh;
		else
			fault_set(f, FAULT_NO_MEMORY, "", "memory for a catalogue", "none");
	}
	pthread_mutex_unlock(&s->catalogues_lock);
	return found;
}

static bool
publish_one(struct server *s, struct dbsync *db, const uint8_t digest[SHA256_SIZE], struct fault *f)
{
	const struct catalogue *c = catalogue_get(s, db, digest, f);
	char path[CATALOGUE_PATH_SIZE];

	catalogue_path(digest, path);
	return c != NULL && site_write(s->options->published, path, c->bytes, c->bytes_n, f);
}

bool
catalogues_publish(struct server *s, struct dbsync *db, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(db, QUERY_CATALOGUES, NULL, f);
	size_t n = rows != NULL ? db_rows_n(rows) : 0;
	bool done = rows != NULL;

	for (size_t i = 0; done && n != s->catalogues_published_n && i < n; i++) {
		uint8_t digest[SHA256_SIZE];

		done = db_bytes(rows, i, 0, digest, SHA256_SIZE) && publish_one(s, db, digest, f);
	}
	if (done)
		s->catalogues_published_n = n;
	dbsync_free(rows);
	return done;
}
