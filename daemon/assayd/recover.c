/* recover.c — `assayd recover`: bring back what a database lost that is older than what was
 * published.
 * SPDX-License-Identifier: Apache-2.0 */
#include "recover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogues.h"
#include "checkpoint.h"
#include "coding.h"
#include "file.h"
#include "leading.h"
#include "logged.h"
#include "logged_rules.h"
#include "sequence.h"

#define BUNDLE_MAX_BYTES (64 * 1024 * 1024)

/* One leaf that the database has not. */
struct lost {
	struct leaf leaf;
	struct statement st;
	bool withheld;
};

struct recovery {
	const struct options *o;
	const char *folder;
	struct dbsync *db;
	struct server server;
	char *note;
	size_t note_n;
	struct checkpoint checkpoint;
	uint64_t size; /* of the database's log */
	struct lost *lost;
	size_t lost_n;
};

static bool
broken(struct fault *f, const char *where, const char *expected, const char *got)
{
	return fault_set(f, FAULT_BREACH, where, expected, "%s", got);
}

/* ---- what the folder holds ---- */

static bool
read_tile(const struct recovery *r, enum tile_kind kind, uint64_t n, char **data, size_t *data_n,
    char where[TILE_PATH_SIZE + 8], struct fault *f)
{
	uint64_t left = r->checkpoint.size - n * TILE_WIDTH;
	const struct tile tile = {
	    .n = n, .width = left < TILE_WIDTH ? (unsigned int)left : TILE_WIDTH};
	char name[TILE_PATH_SIZE];
	char *path;
	bool done;

	tile_path(kind, &tile, name);
	snprintf(where, TILE_PATH_SIZE + 8, "log/%s", name);
	path = path_join(r->folder, where);
	done = path != NULL && file_read(path, BUNDLE_MAX_BYTES, data, data_n, f);
	free(path);
	return done;
}

/* Compare the database's log, where the entries have come to its size. */
static bool
check_beginning(struct recovery *r, const struct frontier *t, struct fault *f)
{
	const struct merkle_source source = tree_source(r->db);
	struct frontier own;
	uint8_t root[SHA256_SIZE], own_root[SHA256_SIZE];

	if (t->size != r->size)
		return true;
	if (!frontier_load(&own, r->size, &source))
		return fault_set(f, FAULT_DATABASE, "", "the hashes of the tree", "fewer");
	frontier_root(t, root);
	frontier_root(&own, own_root);
	return memcmp(root, own_root, SHA256_SIZE) == 0 ||
	       fault_set(f, FAULT_LOG_MISMATCH, r->folder, "a log that begins with the database's",
		   "another history");
}

static bool
read_entries(struct recovery *r, uint64_t n, struct frontier *t, struct fault *f)
{
	char where[TILE_PATH_SIZE + 8], *data = NULL;
	const uint8_t *at, *entry;
	size_t left, entry_n;
	uint8_t hash[SHA256_SIZE];
	bool done = read_tile(r, TILE_ENTRIES, n, &data, &left, where, f);

	at = (const uint8_t *)data;
	while (done && left > 0) {
		struct leaf leaf;

		if (!entry_next(&at, &left, &entry, &entry_n) ||
		    !leaf_parse(entry, entry_n, &leaf)) {
			done = broken(f, where, "entries of seven lines", "another form");
			break;
		}
		done = check_beginning(r, t, f);
		if (t->size >= r->size)
			r->lost[r->lost_n++].leaf = leaf;
		merkle_leaf(entry, entry_n, hash);
		done = done && frontier_append(t, hash);
	}
	free(data);
	return done;
}

/* The line of a lost leaf: the very statement the leaf was made of, or the notice in its place. */
static bool
take_line(struct lost *l, const char *line, size_t n, const char *where, struct fault *f)
{
	json_t *doc = json_loadb(line, n, 0, NULL);
	char *envelope = json_dumps(json_object_get(doc, "envelope"), JSON_COMPACT);
	struct fault own = {0};
	struct leaf leaf;
	bool same = false;

	l->withheld = json_is_true(json_object_get(doc, "withheld"));
	if (envelope != NULL && statement_open(envelope, strlen(envelope), &l->st, &own)) {
		logged_leaf(&l->st, l->leaf.accepted_at_ms, &leaf);
		same = memcmp(leaf.id, l->leaf.id, SHA256_SIZE) == 0 &&
		       memcmp(leaf.key, l->leaf.key, KEY_SIZE) == 0 &&
		       memcmp(leaf.signature, l->leaf.signature, SIGNATURE_SIZE) == 0;
	}
	free(envelope);
	json_decref(doc);
	return same || l->withheld ||
	       broken(f, where, "the statement of every entry", "another, or none");
}

static bool
read_statements(struct recovery *r, uint64_t n, struct fault *f)
{
	char where[TILE_PATH_SIZE + 8], *packed = NULL;
	struct text lines = {0};
	size_t packed_n;
	uint64_t index = n * TILE_WIDTH;
	bool done = read_tile(r, TILE_STATEMENTS, n, &packed, &packed_n, where, f);

	if (done && !coding_gunzip(packed, packed_n, BUNDLE_MAX_BYTES, &lines))
		done = broken(f, where, "a bundle in gzip", "something else");
	for (const char *at = lines.data; done && at != NULL && *at != 0; index++) {
		const char *end = strchr(at, '\n');

		if (end == NULL || index >= r->checkpoint.size)
			done = broken(f, where, "a line for every entry", "others");
		else if (index >= r->size)
			done =
			    take_line(&r->lost[index - r->size], at, (size_t)(end - at), where, f);
		at = end != NULL ? end + 1 : NULL;
	}
	if (done && index < r->checkpoint.size && index % TILE_WIDTH != 0)
		done = broken(f, where, "a line for every entry", "fewer");
	text_clear(&lines);
	free(packed);
	return done;
}

static bool
read_folder(struct recovery *r, struct fault *f)
{
	struct frontier t = {0};
	uint8_t root[SHA256_SIZE];

	r->lost = calloc((size_t)(r->checkpoint.size - r->size), sizeof(*r->lost));
	if (r->lost == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for leaves", "none");
	for (uint64_t n = 0; n * TILE_WIDTH < r->checkpoint.size; n++)
		if (!read_entries(r, n, &t, f) ||
		    ((n + 1) * TILE_WIDTH > r->size && !read_statements(r, n, f)))
			return false;
	frontier_root(&t, root);
	return (t.size == r->checkpoint.size &&
		   memcmp(root, r->checkpoint.root, SHA256_SIZE) == 0) ||
	       broken(f, "log/checkpoint", "the root of the entries", "another");
}

static bool
read_checkpoint(struct recovery *r, struct fault *f)
{
	char *path = path_join(r->folder, "log/checkpoint"), name[ORIGIN_SIZE];
	uint8_t key[KEY_SIZE];
	bool done = path != NULL && file_read(path, NOTE_MAX_BYTES, &r->note, &r->note_n, f) &&
		    vkey_read(r->server.vkey, name, sizeof(name), key) &&
		    checkpoint_open(r->note, r->note_n, name, key, &r->checkpoint, f);

	free(path);
	return done;
}

/* ---- back into the database ---- */

static struct db_param
bytes_param(const void *data, size_t n)
{
	return (struct db_param){.data = data, .n = n, .binary = true};
}

static bool
ask(struct recovery *r, enum query q, const struct db_param *params, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(r->db, q, params, f);

	dbsync_free(rows);
	return rows != NULL;
}

static bool
put_back(struct recovery *r, const struct lost *l, struct fault *f)
{
	const struct leaf *leaf = &l->leaf;
	char at[24];
	enum kind kind;
	struct db_param params[7] = {[0] = bytes_param(leaf->id, SHA256_SIZE),
	    [2] =
		bytes_param(l->withheld ? NULL : l->st.payload, l->withheld ? 0 : l->st.payload_n),
	    [3] = bytes_param(leaf->payload_sha256, SHA256_SIZE),
	    [4] = bytes_param(leaf->key, KEY_SIZE),
	    [5] = bytes_param(leaf->signature, SIGNATURE_SIZE)};

	if (!kind_of_type(leaf->type, &kind))
		return broken(f, "log/tile/entries", "kinds this build knows", leaf->type);
	snprintf(at, sizeof(at), "%lld", (long long)leaf->accepted_at_ms);
	params[1] =
	    (struct db_param){.data = kind_info(kind)->name, .n = strlen(kind_info(kind)->name)};
	params[6] = (struct db_param){.data = at, .n = strlen(at)};
	return ask(r, QUERY_RECOVER_STATEMENT, params, f);
}

static bool
is_lost(const struct recovery *r, const uint8_t id[SHA256_SIZE])
{
	for (size_t i = 0; i < r->lost_n; i++)
		if (memcmp(r->lost[i].leaf.id, id, SHA256_SIZE) == 0)
			return true;
	return false;
}

/* What waited goes behind what is put back. */
static bool
queue_all(struct recovery *r, const struct db_rows *waiting, struct fault *f)
{
	uint8_t id[SHA256_SIZE];

	for (size_t i = 0; i < r->lost_n; i++)
		if (!put_back(r, &r->lost[i], f))
			return false;
	for (size_t i = 0; i < db_rows_n(waiting); i++) {
		const struct db_param param = bytes_param(id, SHA256_SIZE);

		if (db_bytes(waiting, i, 0, id, SHA256_SIZE) && !is_lost(r, id) &&
		    !ask(r, QUERY_RECOVER_PENDING, &param, f))
			return false;
	}
	return true;
}

static bool
put_all_back(struct recovery *r, struct fault *f)
{
	struct db_rows *waiting = NULL;
	bool done = dbsync_run(r->db, "BEGIN", f) &&
		    (waiting = dbsync_ask(r->db, QUERY_RECOVER_EMPTY, NULL, f)) != NULL &&
		    queue_all(r, waiting, f) && dbsync_run(r->db, "COMMIT", f);

	dbsync_free(waiting);
	return done;
}

static bool
read_head(struct recovery *r, struct fault *f)
{
	struct db_rows *head = dbsync_ask(r->db, QUERY_HEAD, NULL, f);
	const struct catalogue *catalogue = NULL;
	struct rules rules = {0};
	bool done = head != NULL && db_rows_n(head) == 1;

	if (done) {
		r->size = (uint64_t)db_whole(head, 0, 0);
		done = logged_rules_get(&r->server, r->db, &rules, &catalogue, f) &&
		       server_set_rules(&r->server, &rules, catalogue, (int64_t)r->size);
		rules_clear(&rules);
	}
	dbsync_free(head);
	return done || fault_set(f, FAULT_DATABASE, "", "one row in log_head", "another number");
}

/* As a leader does; the rules are read again behind each batch. */
static bool
settle_all(struct recovery *r, struct fault *f)
{
	struct leading *kept = calloc(1, sizeof(*kept));
	bool more = true, done = kept != NULL;

	while (done && (more || r->size < r->checkpoint.size)) {
		uint64_t before = r->size;

		done = sequence(&r->server, r->db, kept, &more, f) && read_head(r, f);
		if (done && r->size == before)
			done = fault_set(f, FAULT_INTERNAL, "", "a log that grows", "none");
	}
	if (kept != NULL)
		leading_forget(kept);
	free(kept);
	return done;
}

/* The signed checkpoint comes back too, once the log bears it out. */
static bool
take_note(struct recovery *r, struct fault *f)
{
	const struct merkle_source source = tree_source(r->db);
	struct frontier t;
	uint8_t root[SHA256_SIZE];
	char size[24];
	const struct db_param params[] = {
	    {.data = r->note, .n = r->note_n}, {.data = size,
						   .n = (size_t)snprintf(size, sizeof(size), "%llu",
						       (unsigned long long)r->checkpoint.size)}};

	if (!frontier_load(&t, r->checkpoint.size, &source))
		return fault_set(f, FAULT_DATABASE, "", "the hashes of the tree", "fewer");
	frontier_root(&t, root);
	if (memcmp(root, r->checkpoint.root, SHA256_SIZE) != 0)
		return fault_set(f, FAULT_LOG_MISMATCH, r->folder,
		    "the published root over the recovered log", "another");
	return ask(r, QUERY_SIGNED, params, f);
}

/* ---- the verb ---- */

/* The lock that a leader holds: two must not write one log. */
static bool
lock(struct recovery *r, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(r->db, QUERY_LEAD, NULL, f);
	bool alone = rows != NULL && db_bool(rows, 0, 0);
	bool asked = rows != NULL;

	dbsync_free(rows);
	return alone || (asked && fault_set(f, FAULT_DATABASE, "database",
				      "no server that leads: stop all of them", "one that does"));
}

static bool
bring_back(struct recovery *r, struct fault *f)
{
	uint64_t before = r->size;

	if (r->size >= r->checkpoint.size) {
		printf("nothing is missing: the database has %llu leaves, the folder %llu\n",
		    (unsigned long long)r->size, (unsigned long long)r->checkpoint.size);
		return true;
	}
	if (!read_folder(r, f) || !put_all_back(r, f) || !settle_all(r, f) || !take_note(r, f))
		return false;
	printf("brought back leaves %llu to %llu; the log has %llu now\n",
	    (unsigned long long)before, (unsigned long long)r->checkpoint.size - 1,
	    (unsigned long long)r->size);
	return true;
}

bool
recover(const struct options *o, const char *folder, struct fault *f)
{
	struct recovery r = {.o = o, .folder = folder};
	bool done = server_open(&r.server, o, f) &&
		    (r.db = dbsync_open(o->database, "assayd recover", f)) != NULL && lock(&r, f) &&
		    catalogues_bring_back(r.db, folder, f) && read_head(&r, f) &&
		    read_checkpoint(&r, f) && bring_back(&r, f);

	for (size_t i = 0; i < r.lost_n; i++)
		statement_clear(&r.lost[i].st);
	free(r.lost);
	free(r.note);
	dbsync_close(r.db);
	server_close(&r.server);
	return done;
}
