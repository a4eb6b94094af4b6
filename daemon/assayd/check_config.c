/* check_config.c — `assayd check-config`: would the server start with these settings?
 * SPDX-License-Identifier: Apache-2.0 */
#include "check_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "catalogues.h"
#include "dbsync.h"
#include "file.h"
#include "keyfile.h"
#include "note.h"
#include "serve.h"
#include "suite.h"

#define FILE_MAX_BYTES (1024 * 1024)

static bool
check_suites(const struct options *o, struct fault *f)
{
	struct suite_set *set = suite_set_load(o->suites, f);
	bool done = set != NULL;

	suite_set_free(set);
	return done;
}

static bool
check_catalogue(const struct options *o, struct fault *f)
{
	struct catalogue *c = catalogue_of_options(o, f);
	bool done = c != NULL;

	catalogue_free(c);
	return done;
}

static bool
check_readable(const char *path, struct fault *f)
{
	char *data = NULL;
	size_t n;
	bool done = file_read(path, FILE_MAX_BYTES, &data, &n, f);

	free(data);
	return done;
}

static bool
check_terms(const struct options *o, struct fault *f)
{
	return check_readable(o->terms, f);
}

static bool
check_webroot(const struct options *o, struct fault *f)
{
	char *index = path_join(o->webroot, "index.html");
	bool done = index != NULL && check_readable(index, f);

	free(index);
	return done;
}

/* The nearest folder that is there must take new files. */
static bool
check_published(const struct options *o, struct fault *f)
{
	char *path = strdup(o->published), *slash;
	bool done;

	while (path != NULL && access(path, F_OK) != 0 && errno == ENOENT &&
	       (slash = strrchr(path, '/')) != NULL && slash != path)
		*slash = 0;
	done = path != NULL && access(path, W_OK | X_OK) == 0;
	if (!done)
		fault_set(f, FAULT_FILE, o->published, "a folder that can be written", "%s",
		    strerror(errno));
	free(path);
	return done;
}

/* Read the verifier key's public half; false where the setting is empty. */
static bool
read_vkey(const struct options *o, uint8_t key[KEY_SIZE], struct fault *f)
{
	char *text = NULL, name[ORIGIN_SIZE];
	size_t n;
	bool done = file_read(o->log_vkey, FILE_MAX_BYTES, &text, &n, f);

	if (done) {
		text[strcspn(text, "\n")] = 0;
		done = (vkey_read(text, name, sizeof(name), key) && strcmp(name, o->origin) == 0) ||
		       fault_set(f, FAULT_KEY_FILE, o->log_vkey, "a verifier key of this origin",
			   "\"%.80s\"", text);
	}
	free(text);
	return done;
}

static bool
check_vkey(const struct options *o, struct fault *f)
{
	uint8_t key[KEY_SIZE];

	return o->log_vkey[0] == 0 || read_vkey(o, key, f);
}

static bool
check_log_key(const struct options *o, struct fault *f)
{
	struct keypair pair = {0};
	uint8_t key[KEY_SIZE];
	bool done;

	if (o->log_key[0] == 0)
		return true;
	done = keyfile_load(o->log_key, &pair, f) && read_vkey(o, key, f) &&
	       (memcmp(pair.public, key, KEY_SIZE) == 0 ||
		   fault_set(f, FAULT_KEY_FILE, o->log_key, "the private key of log_vkey",
		       "another key"));
	keypair_wipe(&pair);
	return done;
}

static bool
check_statement_key(const struct options *o, struct fault *f)
{
	struct keypair pair = {0};
	bool done = o->statement_key[0] == 0 || keyfile_load(o->statement_key, &pair, f);

	keypair_wipe(&pair);
	return done;
}

static bool
check_root_keys(const struct options *o, struct fault *f)
{
	return o->root_keys[0] == 0 || check_readable(o->root_keys, f);
}

static bool
check_database(const struct options *o, struct fault *f)
{
	struct dbsync *db = dbsync_open(o->database, "assayd check-config", f);
	struct db_rows *rows = db != NULL ? dbsync_ask(db, QUERY_PING, NULL, f) : NULL;
	bool done = rows != NULL;

	dbsync_free(rows);
	dbsync_close(db);
	return done;
}

static const struct {
	const char *name;
	bool (*check)(const struct options *o, struct fault *f);
} rows[] = {
    {"settings", serve_check_options},
    {"suites", check_suites},
    {"catalogue", check_catalogue},
    {"webroot", check_webroot},
    {"terms", check_terms},
    {"published", check_published},
    {"log_vkey", check_vkey},
    {"log_key", check_log_key},
    {"statement_key", check_statement_key},
    {"root_keys", check_root_keys},
    {"database", check_database},
};

bool
check_config(const struct options *o, struct fault *f)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fault one = {0};

		if (rows[i].check(o, &one)) {
			printf("ok   %s\n", rows[i].name);
			continue;
		}
		printf("bad  %s: %s expected %s, got %s\n", rows[i].name, one.path, one.expected,
		    one.got);
		if (f->code == FAULT_NONE)
			*f = one;
	}
	return f->code == FAULT_NONE;
}
