/* migrate_steps.c — migrations in steps, for tables that are in use.
 * SPDX-License-Identifier: Apache-2.0 */
#include "migrate_steps.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STEP "\n-- step"
#define REPEATED "-- step, until nothing changes\n"
#define TRIES_MAX 200
#define TRY_REST_MS 1000 /* with the lock's own time: four minutes in all */
#define BATCH_REST_MS 20

static void
rest(int ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	nanosleep(&t, NULL);
}

bool
steps_are_in(const char *sql)
{
	return strstr(sql, STEP) != NULL;
}

bool
steps_try_again(const struct dbsync *db, int *tries)
{
	if (!dbsync_timed_out(db) || ++*tries > TRIES_MAX)
		return false;
	rest(TRY_REST_MS);
	return true;
}

/* An index that is built concurrently waits for everybody and makes nobody wait. */
static bool
set_patience(struct dbsync *db, const char *sql, struct fault *f)
{
	return dbsync_run(db,
	    strstr(sql, "CONCURRENTLY") != NULL ? "SET lock_timeout = 0"
						: "SET lock_timeout = '" MIGRATE_LOCK_TIMEOUT "'",
	    f);
}

static bool
run_step(struct dbsync *db, const char *sql, struct fault *f)
{
	bool repeated = strncmp(sql, REPEATED, strlen(REPEATED)) == 0;
	int64_t changed_n = 0;
	int tries = 0;

	if (!set_patience(db, sql, f))
		return false;
	do {
		while (!dbsync_run_counted(db, sql, &changed_n, f)) {
			if (!steps_try_again(db, &tries))
				return false;
			*f = (struct fault){0};
		}
		if (repeated)
			rest(BATCH_REST_MS);
	} while (repeated && changed_n > 0);
	return true;
}

bool
steps_run(struct dbsync *db, const char *sql, struct fault *f)
{
	const char *at = strstr(sql, STEP), *behind;
	bool done = true;

	for (; done && at != NULL; at = behind) {
		char *step;

		behind = strstr(at + 1, STEP);
		step = strndup(at + 1, behind ? (size_t)(behind - at - 1) : strlen(at + 1));
		done = step != NULL
			   ? run_step(db, step, f)
			   : fault_set(f, FAULT_NO_MEMORY, "", "memory for a step", "none");
		free(step);
	}
	return done;
}
