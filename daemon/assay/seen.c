/* seen.c — the newest checkpoint of the pinned log that was verified here.
 * SPDX-License-Identifier: Apache-2.0 */
#include "seen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "home.h"
#include "log_receipt.h"
#include "merkle.h"
#include "pin.h"
#include "remote.h"
#include "tile.h"

#define CHECKPOINT_PATH "/log/checkpoint"

/* A checkpoint with the note it stands in. */
struct signed_head {
	struct checkpoint checkpoint;
	char *note; /* owned */
	size_t n;
};

static char *
file_of(const struct home *h)
{
	return path_join(h->dir, "checkpoint");
}

/* *out stays zero where there is nothing. */
static bool
load(const struct home *h, const struct log_name *log, struct signed_head *out, struct fault *f)
{
	char *path = file_of(h);
	bool done;

	if (path == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a path", "none");
	done = access(path, F_OK) != 0 ||
	       (file_read(path, NOTE_MAX_BYTES, &out->note, &out->n, f) &&
		   checkpoint_open(out->note, out->n, log->origin, log->key, &out->checkpoint, f));
	free(path);
	return done;
}

bool
seen_load(const struct home *h, const struct log_name *log, struct checkpoint *out, bool *present,
    struct fault *f)
{
	struct signed_head head = {0};
	bool done = load(h, log, &head, f);

	*out = head.checkpoint;
	*present = head.note != NULL;
	free(head.note);
	return done;
}

static bool
save(const struct home *h, const struct signed_head *head, struct fault *f)
{
	char *path = file_of(h);
	struct fault local = {0};
	bool done = path != NULL && file_write(path, head->note, head->n, 0600, &local);

	if (!done)
		fault_set(f, FAULT_SPOOL, path, "a file this user can write", "%s", local.got);
	free(path);
	return done;
}

/* ---- proving ---- */

/* Where hashes come from: the tiles of a log of `size` leaves. */
struct tiles {
	struct net *net;
	uint64_t size;
	struct problem *problem;
};

static bool
node(void *arg, unsigned int level, uint64_t index, uint8_t out[SHA256_SIZE])
{
	struct tiles *t = arg;
	struct tile_place place = tile_place_of(level, index, t->size);
	char name[TILE_PATH_SIZE], path[TILE_PATH_SIZE + 8], *data = NULL;
	size_t n = 0;
	bool done;

	tile_path(TILE_HASHES, &place.tile, name);
	snprintf(path, sizeof(path), "/log/%s", name);
	done = remote_document(t->net, path, &data, &n, t->problem);
	if (done && n != (size_t)place.tile.width * SHA256_SIZE)
		done = fault_set(&t->problem->fault, FAULT_SERVER_ANSWER, path,
		    "a tile of 32 bytes a hash", "%zu bytes", n);
	if (done)
		tile_fold((const uint8_t *)data + place.first * SHA256_SIZE, place.n, out);
	free(data);
	return done;
}

/* *same: `to` begins with what `from` signed. False if that could not be found out. */
static bool
is_continued(struct net *net, const struct checkpoint *from, const struct checkpoint *to,
    bool *same, struct problem *p)
{
	struct tiles tiles = {.net = net, .size = to->size, .problem = p};
	const struct merkle_source source = {.node = node, .arg = &tiles};
	struct merkle_proof proof;

	if (from->size == to->size) {
		*same = memcmp(from->root, to->root, SHA256_SIZE) == 0;
		return true;
	}
	*same = false;
	if (from->size > to->size)
		return true;
	if (!merkle_prove_consistency(from->size, to->size, &source, &proof))
		return p->fault.code == FAULT_NONE; /* a tree that no proof can be made of */
	*same = merkle_verify_consistency(from->size, from->root, to->size, to->root, &proof);
	return true;
}

/* Two notes that the log signed and that cannot both be true. */
static bool
keep_both(
    const struct home *h, const struct signed_head *a, const struct signed_head *b, struct fault *f)
{
	struct text path = {0}, both = {0};
	struct fault local = {0};

	text_addf(&path, "%s/split-view-%llu-%llu.txt", h->dir,
	    (unsigned long long)a->checkpoint.size, (unsigned long long)b->checkpoint.size);
	text_add(&both, a->note, a->n);
	text_add_str(&both, "\n");
	text_add(&both, b->note, b->n);
	if (path.failed || both.failed)
		fault_set(f, FAULT_NO_MEMORY, "", "memory for two checkpoints", "none");
	else if (file_write(path.data, both.data, both.n, 0600, &local))
		fault_set(f, FAULT_LOG_MISMATCH, path.data,
		    "a checkpoint that continues the one seen before",
		    "one that does not; both are in this file");
	else
		fault_set(f, FAULT_SPOOL, path.data, "a file this user can write", "%s", local.got);
	text_clear(&path);
	text_clear(&both);
	return false;
}

static bool
check(const struct home *h, struct net *net, const struct signed_head *from,
    const struct signed_head *to, struct problem *p)
{
	bool same;

	return is_continued(net, &from->checkpoint, &to->checkpoint, &same, p) &&
	       (same || keep_both(h, from, to, &p->fault));
}

static bool
fetch(struct net *net, const struct log_name *log, struct signed_head *out, struct problem *p)
{
	return remote_document(net, CHECKPOINT_PATH, &out->note, &out->n, p) &&
	       checkpoint_open(
		   out->note, out->n, log->origin, log->key, &out->checkpoint, &p->fault);
}

/* The one that came is older than what is remembered: the log's present one must continue both, or
 * it has lost what it signed. */
static bool
follow_older(const struct home *h, struct net *net, const struct log_name *log,
    const struct signed_head *known, const struct signed_head *came, struct problem *p)
{
	struct signed_head now = {0};
	bool done = fetch(net, log, &now, p) && check(h, net, known, &now, p) &&
		    check(h, net, came, &now, p) && save(h, &now, &p->fault);

	free(now.note);
	return done;
}

bool
seen_follow(const struct home *h, struct net *net, const struct log_name *log, const char *note,
    size_t n, struct problem *p)
{
	struct signed_head known = {0}, came = {.note = (char *)note, .n = n};
	bool done = load(h, log, &known, &p->fault) &&
		    checkpoint_open(note, n, log->origin, log->key, &came.checkpoint, &p->fault);

	if (done && known.note == NULL)
		done = save(h, &came, &p->fault);
	else if (done && came.checkpoint.size >= known.checkpoint.size)
		done = check(h, net, &known, &came, p) && save(h, &came, &p->fault);
	else if (done)
		done = follow_older(h, net, log, &known, &came, p);
	free(known.note);
	return done;
}

void
seen_put(const struct home *h, json_t *body)
{
	struct checkpoint seen;
	struct log_name log;
	struct pin pin;
	char root[HEX32_SIZE];
	bool present;

	if (!pin_load(h, &pin, NULL) || !log_name_read(pin.vkey, &log, NULL) ||
	    !seen_load(h, &log, &seen, &present, NULL) || !present)
		return;
	hex_print(seen.root, SHA256_SIZE, root);
	json_object_set_new(
	    body, "seen", json_pack("{s:I, s:s}", "size", (json_int_t)seen.size, "root", root));
}
