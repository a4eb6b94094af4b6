/* publish_log.c — this node's copy of the log as static files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "publish_log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bundle.h"
#include "catalogues.h"
#include "log.h"
#include "log_sweep.h"
#include "periodic.h"
#include "site.h"
#include "split_view.h"
#include "tree.h"

#define RETRY_MS 500
#define PAST_MS 60000 /* how long its partial tiles stay */
#define PAST_MAX 256

/* A checkpoint that is no more the newest, since then (ms of a steady clock). */
struct past {
	uint64_t size;
	int64_t at_ms;
};

struct log_publisher {
	struct server *server;
	struct dbsync *db;
	struct periodic *thread;
	char *folder;
	bool checked;               /* the folder's checkpoint against the database behind db */
	uint64_t size;              /* of the checkpoint in the folder */
	struct past past[PAST_MAX]; /* checkpoints before it, oldest first */
	size_t past_n;
	bool untidy; /* a crash or a failure may have left partial tiles that belong to nothing */
};

/* The newest of the database. */
struct head {
	uint64_t signed_size;
	struct db_rows *rows;
};

enum { SIZE, ROOT, NOTE_SIZE, NOTE }; /* of QUERY_TREE_HEAD */

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- writing ---- */

static bool
put(struct log_publisher *p, enum tile_kind kind, const struct tile *tile, const void *data,
    size_t n, struct fault *f)
{
	char path[TILE_PATH_SIZE];

	tile_path(kind, tile, path);
	return site_write(p->folder, path, data, n, f);
}

static bool
write_stretch(struct log_publisher *p, const struct tile *tile, struct fault *f)
{
	struct bundle b = {.hashes = {0}};
	bool done = bundle_make(p->db, tile, &b, f) &&
		    put(p, TILE_STATEMENTS, tile, b.statements.data, b.statements.n, f) &&
		    put(p, TILE_ENTRIES, tile, b.entries.data, b.entries.n, f) &&
		    put(p, TILE_HASHES, tile, b.hashes.data, b.hashes.n, f);

	bundle_clear(&b);
	return done;
}

static bool
write_upper(struct log_publisher *p, const struct tile *tile, struct fault *f)
{
	uint64_t from = tile->n * TILE_WIDTH;
	struct text hashes = {0};
	bool done = tree_hashes(p->db, tile->level, from, from + tile->width, &hashes, f) &&
		    put(p, TILE_HASHES, tile, hashes.data, hashes.n, f);

	text_clear(&hashes);
	return done;
}

static bool
write_tiles(struct log_publisher *p, uint64_t to, struct fault *f)
{
	struct tile_walk walk = {.from = p->size, .to = to};
	struct tile tile;

	while (tile_next(&walk, &tile))
		if (tile.level == 0 ? !write_stretch(p, &tile, f) : !write_upper(p, &tile, f))
			return false;
	return true;
}

/* ---- checkpoints that somebody may still be on his way through ---- */

static bool
forget_oldest(struct log_publisher *p, struct fault *f)
{
	uint64_t gone = p->past[0].size, kept[PAST_MAX + 1];
	size_t n = 0;

	for (size_t i = 1; i < p->past_n; i++)
		kept[n++] = p->past[i].size;
	kept[n++] = p->size;
	if (!log_drop_partials(p->folder, gone, kept, n, f))
		return false;
	memmove(&p->past[0], &p->past[1], --p->past_n * sizeof(p->past[0]));
	return true;
}

static bool
forget_before(struct log_publisher *p, int64_t at_ms, struct fault *f)
{
	while (p->past_n > 0 && (p->past[0].at_ms < at_ms || p->past_n == PAST_MAX))
		if (!forget_oldest(p, f))
			return false;
	return true;
}

/* The newest checkpoint is written: what stood before it is of the past. */
static bool
move_on(struct log_publisher *p, uint64_t size, struct fault *f)
{
	struct past old = {.size = p->size, .at_ms = now_ms()};

	p->size = size;
	p->past[p->past_n++] = old;
	return forget_before(p, old.at_ms - PAST_MS, f);
}

/* Write again what holds a statement whose bytes went. False stays with the caller. */
static bool
rewrite_one(struct log_publisher *p, uint64_t index, struct fault *f)
{
	uint64_t n = index / TILE_WIDTH, width = p->size - n * TILE_WIDTH;
	struct tile tile = {.n = n, .width = width < TILE_WIDTH ? (unsigned int)width : TILE_WIDTH};

	return write_stretch(p, &tile, f);
}

/* The bundles that hold what was withheld by leaves of the new checkpoint. Before that one is
 * written, so that a crash cannot make it forgotten; and nothing older may keep the bytes. */
static bool
rewrite_withheld(struct log_publisher *p, uint64_t to, struct fault *f)
{
	char from[24], behind[24];
	struct db_param params[2];
	struct db_rows *rows;
	bool done;

	snprintf(from, sizeof(from), "%llu", (unsigned long long)p->size);
	snprintf(behind, sizeof(behind), "%llu", (unsigned long long)to);
	params[0] = (struct db_param){.data = from, .n = strlen(from)};
	params[1] = (struct db_param){.data = behind, .n = strlen(behind)};
	rows = dbsync_ask(p->db, QUERY_WITHHELD, params, f);
	done = rows != NULL;
	for (size_t i = 0; done && i < db_rows_n(rows); i++)
		if ((uint64_t)db_whole(rows, i, 0) < p->size)
			done = rewrite_one(p, (uint64_t)db_whole(rows, i, 0), f);
	if (done && db_rows_n(rows) > 0)
		done = forget_before(p, INT64_MAX, f);
	dbsync_free(rows);
	return done;
}

static bool
follow(struct log_publisher *p, const struct head *head, struct fault *f)
{
	const char *note = db_text(head->rows, 0, NOTE);

	if (head->signed_size == p->size)
		return true;
	if (p->untidy)
		log_sweep(p->folder, p->size);
	p->untidy = true; /* until all of this is done */
	/* what its configs name is there before them */
	if (!catalogues_publish(p->server, p->db, f) ||
	    !rewrite_withheld(p, head->signed_size, f) || !write_tiles(p, head->signed_size, f) ||
	    !site_write(p->folder, "checkpoint", note, strlen(note), f) ||
	    !move_on(p, head->signed_size, f))
		return false;
	p->untidy = false;
	log_event(LOG_LEVEL_INFO, "log_published", "size=%llu", (unsigned long long)p->size);
	return true;
}

/* ---- the thread ---- */

/* Whoever has the folder alone can open the checkpoint too. */
static bool
write_vkey(struct log_publisher *p, struct fault *f)
{
	struct text line = {0};
	bool done;

	text_addf(&line, "%s\n", p->server->vkey);
	done = line.failed ? fault_set(f, FAULT_NO_MEMORY, "", "memory for a key", "none")
			   : site_write(p->folder, "vkey", line.data, line.n, f);
	text_clear(&line);
	return done;
}

/* Once for each connection: behind it may be another server, that has lost what is published. An
 * answer of the database that says "no" is final, the lack of one is not. */
static bool
check(struct log_publisher *p, const struct head *head, struct fault *f)
{
	if (p->checked)
		return true;
	p->untidy = p->untidy || p->size == 0; /* an earlier run may have ended anywhere */
	if (split_view_check(p->folder, p->server->vkey, head->signed_size, p->db, &p->size, f)) {
		atomic_store(&p->server->history_holds, true);
		p->checked = write_vkey(p, f) && catalogues_publish(p->server, p->db, f);
	} else if (f->code != FAULT_DATABASE && f->code != FAULT_NO_MEMORY) {
		server_fail(p->server, f);
	}
	return p->checked;
}

static bool
step(struct log_publisher *p, struct fault *f)
{
	struct head head;
	bool done;

	if (!dbsync_run(p->db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", f))
		return false;
	head.rows = dbsync_ask(p->db, QUERY_TREE_HEAD, NULL, f);
	if (head.rows == NULL)
		return false;
	head.signed_size = (uint64_t)db_whole(head.rows, 0, NOTE_SIZE);
	done = check(p, &head, f) && follow(p, &head, f) && dbsync_run(p->db, "COMMIT", f);
	dbsync_free(head.rows);
	return done;
}

static int64_t
turn(void *arg)
{
	struct log_publisher *p = arg;
	struct fault f = {0};

	if (p->db == NULL)
		p->db = dbsync_open(p->server->options->database, "assayd log publisher", &f);
	if (p->db != NULL && step(p, &f))
		return p->server->options->publish_interval_ms;
	log_fault(LOG_LEVEL_WARN, "log_publishing_failed", &f);
	dbsync_close(p->db);
	p->db = NULL;
	p->checked = false;
	return RETRY_MS;
}

struct log_publisher *
log_publisher_start(struct server *server, struct fault *f)
{
	struct log_publisher *p = calloc(1, sizeof(*p));
	struct text folder = {0};

	if (p != NULL) {
		p->server = server;
		text_addf(&folder, "%s/log", server->options->published);
		p->folder = text_take(&folder);
	}
	if (p == NULL || p->folder == NULL) {
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a publisher", "none");
		log_publisher_stop(p);
		return NULL;
	}
	if (server->vkey[0] == 0 || (p->thread = periodic_start(turn, p, f)) != NULL)
		return p;
	log_publisher_stop(p);
	return NULL;
}

void
log_publisher_stop(struct log_publisher *p)
{
	if (p == NULL)
		return;
	periodic_stop(p->thread);
	dbsync_close(p->db);
	free(p->folder);
	free(p);
}
