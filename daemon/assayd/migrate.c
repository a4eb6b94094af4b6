/* migrate.c — bring the schema to the newest state.
 * SPDX-License-Identifier: Apache-2.0 */
#include "migrate.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "dbsync.h"
#include "encode.h"
#include "file.h"
#include "migrate_steps.h"

#define MIGRATION_MAX_BYTES (4 * 1024 * 1024)

/* Nothing waits long for a lock: whoever comes later would have to wait too. */
static const char patience_sql[] =
    "SET client_min_messages = warning; SET lock_timeout = '" MIGRATE_LOCK_TIMEOUT "'";

static const char prepare_sql[] =
    "CREATE SCHEMA IF NOT EXISTS assay;"
    "CREATE TABLE IF NOT EXISTS assay.migration ("
    " number int PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,"
    " applied_at timestamptz NOT NULL DEFAULT now())";

/* The lock is the one number that two runs share, and each batch of the leader (QUERY_HEAD_LOCKED):
 * while it is held nothing is derived. Whoever has it may build an index concurrently, which waits
 * for all who are in a statement: so one waits for it a moment at a time, for as long as it takes.
 */
static bool
lock_migrations(struct dbsync *db, struct fault *f)
{
	while (!dbsync_run(db, "SELECT pg_advisory_lock(418430738810)", f)) {
		if (!dbsync_timed_out(db))
			return false;
		*f = (struct fault){0};
	}
	return true;
}

static int
is_migration(const struct dirent *entry)
{
	const char *name = entry->d_name;

	return strlen(name) > 9 && strspn(name, "0123456789") == 4 && name[4] == '_' &&
	       strcmp(name + strlen(name) - 4, ".sql") == 0;
}

static struct db_rows *
applied(struct dbsync *db, struct fault *f)
{
	return dbsync_run_params(
	    db, "SELECT sha256, name FROM assay.migration ORDER BY number", NULL, 0, f);
}

static bool
record(struct dbsync *db, int number, const char *name, const char *sha256, struct fault *f)
{
	char text[16];
	const char *values[] = {text, name, sha256};
	struct db_rows *rows;

	snprintf(text, sizeof(text), "%d", number);
	rows = dbsync_run_params(db,
	    "INSERT INTO assay.migration (number, name, sha256) VALUES ($1::int, $2, $3)", values,
	    3, f);
	dbsync_free(rows);
	return rows != NULL;
}

/* A file is one transaction, or steps that each are one. */
static bool
apply_once(struct dbsync *db, int number, const char *name, const char *sha256, const char *sql,
    struct fault *f)
{
	if (steps_are_in(sql))
		return steps_run(db, sql, f) && record(db, number, name, sha256, f);
	return dbsync_run(db, "BEGIN", f) && dbsync_run(db, sql, f) &&
	       record(db, number, name, sha256, f) && dbsync_run(db, "COMMIT", f);
}

static bool
apply(struct dbsync *db, int number, const char *name, const char *sha256, const char *sql,
    struct fault *f)
{
	int tries = 0;

	while (!apply_once(db, number, name, sha256, sql, f)) {
		bool again = steps_try_again(db, &tries);

		(void)!dbsync_run(db, "ROLLBACK", NULL);
		if (!again) {
			snprintf(f->path, sizeof(f->path), "%s", name);
			return false;
		}
		*f = (struct fault){0};
	}
	printf("applied %s\n", name);
	return true;
}

static bool
read_sql(const char *folder, const char *name, char **sql, char hex[HEX32_SIZE], struct fault *f)
{
	char *path = path_join(folder, name);
	uint8_t digest[SHA256_SIZE];
	size_t n;
	bool done = path != NULL && file_read(path, MIGRATION_MAX_BYTES, sql, &n, f);

	free(path);
	if (!done)
		return false;
	sha256_of(*sql, n, digest);
	hex_print(digest, SHA256_SIZE, hex);
	return true;
}

/* One file: skip it if it was applied as it stands, refuse it if it was applied otherwise. */
static bool
migrate_file(struct dbsync *db, const char *folder, const char *name, int number,
    const struct db_rows *done_before, struct fault *f)
{
	char *sql = NULL, hex[HEX32_SIZE];
	bool done = true;

	if (atoi(name) != number)
		return fault_set(f, FAULT_FILE_FORMAT, name, "migrations numbered without a gap",
		    "number %d where %d should be", atoi(name), number);
	if (!read_sql(folder, name, &sql, hex, f))
		return false;
	if ((size_t)number > db_rows_n(done_before))
		done = apply(db, number, name, hex, sql, f);
	else if (strcmp(hex, db_text(done_before, (size_t)number - 1, 0)) != 0)
		done = fault_set(f, FAULT_FILE_FORMAT, name,
		    "the file as it was applied; released migrations are never edited",
		    "SHA-256 %s instead of %s", hex, db_text(done_before, (size_t)number - 1, 0));
	free(sql);
	return done;
}

static bool
migrate_folder(struct dbsync *db, const char *folder, struct fault *f)
{
	struct db_rows *done_before = applied(db, f);
	struct dirent **names = NULL;
	bool done = done_before != NULL;
	int n = done ? scandir(folder, &names, is_migration, alphasort) : 0;

	if (n < 0)
		done = fault_set(
		    f, FAULT_FILE, folder, "a folder of migrations", "none that can be read");
	for (int i = 0; done && i < n; i++)
		done = migrate_file(db, folder, names[i]->d_name, i + 1, done_before, f);
	if (done && (size_t)n < db_rows_n(done_before))
		done = fault_set(f, FAULT_FILE_FORMAT, folder,
		    "every migration the database has; this build is older than the database",
		    "%d files, %zu applied", n, db_rows_n(done_before));
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
	dbsync_free(done_before);
	return done;
}

static bool
run_grants(struct dbsync *db, const char *sql_folder, struct fault *f)
{
	char *sql = NULL, hex[HEX32_SIZE];
	bool done = read_sql(sql_folder, "grants.sql", &sql, hex, f) &&
		    dbsync_run(db, "BEGIN", f) && dbsync_run(db, sql, f) &&
		    dbsync_run(db, "COMMIT", f);

	free(sql);
	return done;
}

/* Names from all over the world are stored as they were signed. */
static bool
check_encoding(struct dbsync *db, struct fault *f)
{
	struct db_rows *rows = dbsync_run_params(db, "SHOW server_encoding", NULL, 0, f);
	bool done = rows != NULL && strcmp(db_text(rows, 0, 0), "UTF8") == 0;

	if (rows != NULL && !done)
		fault_set(f, FAULT_OPTION, "migrate_database",
		    "a database made with ENCODING 'UTF8'", "%s", db_text(rows, 0, 0));
	dbsync_free(rows);
	return done;
}

bool
migrate(const struct options *o, struct fault *f)
{
	struct dbsync *db;
	char *folder;
	bool done;

	if (o->migrate_database[0] == 0)
		return fault_set(f, FAULT_OPTION, "migrate_database",
		    "a connection string of the role that owns the tables", "nothing");
	if (o->sql[0] == 0)
		return fault_set(f, FAULT_OPTION, "sql", "the folder of migrations", "nothing");
	folder = path_join(o->sql, "migrations");
	db = folder ? dbsync_open(o->migrate_database, "assayd migrate", f) : NULL;
	done = db != NULL && check_encoding(db, f) && dbsync_run(db, patience_sql, f) &&
	       lock_migrations(db, f) && dbsync_run(db, prepare_sql, f) &&
	       migrate_folder(db, folder, f) && run_grants(db, o->sql, f);
	dbsync_close(db);
	free(folder);
	return done;
}
