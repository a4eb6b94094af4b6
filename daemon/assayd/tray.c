/* tray.c — published files that are written together: synced once, named in order, coded later.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tray.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "metrics.h"
#include "site.h"
#include "variants.h"

bool
tray_begin(struct tray *t)
{
	memset(t, 0, sizeof(*t));
	return (t->uncoded = json_object()) != NULL;
}

void
tray_drop(struct tray *t)
{
	for (size_t i = 0; i < t->n; i++) {
		file_draft_drop(&t->files[i].draft);
		free(t->files[i].path);
	}
	t->n = 0;
}

void
tray_clear(struct tray *t)
{
	tray_drop(t);
	json_decref(t->uncoded);
}

static bool
no_memory(const char *path, struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, path, "memory for a document", "none");
}

static bool
is_to_be_coded(struct tray *t, const char *path, struct fault *f)
{
	return json_object_set_new(t->uncoded, path, json_true()) == 0 || no_memory(path, f);
}

/* The disk begins at once, so that syncing all of them at the end waits for little. */
static bool
draft(struct tray *t, char *full, const void *data, size_t n, struct fault *f)
{
	struct tray_file *file = &t->files[t->n];

	if (!site_make_parent(full, f) || !file_draft(full, data, n, 0644, &file->draft, f))
		return false;
	(void)!sync_file_range(file->draft.fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	file->path = full;
	t->n++;
	return true;
}

bool
tray_put(struct tray *t, const char *folder, const char *path, const void *data, size_t n,
    struct fault *f)
{
	char *full = n > 0 ? path_join(folder, path) : NULL;
	bool done;

	if (n == 0)
		return site_remove(folder, path, f);
	if (full == NULL)
		return no_memory(path, f);
	if (!file_holds(full, data, n)) {
		if (draft(t, full, data, n, f))
			return true;
		free(full);
		return false;
	}
	done = variants_complete(full, n) || is_to_be_coded(t, full, f);
	free(full);
	return done;
}

/* ---- serving ---- */

static bool
same_folder(const char *a, const char *b)
{
	size_t n = (size_t)(strrchr(a, '/') - a);

	return (size_t)(strrchr(b, '/') - b) == n && memcmp(a, b, n) == 0;
}

/* Each folder once. picked: those files only; NULL: all. */
static bool
sync_folders(const struct tray *t, const bool *picked, struct fault *f)
{
	for (size_t i = 0; i < t->n; i++) {
		bool seen = picked != NULL && !picked[i];

		for (size_t k = 0; k < i && !seen; k++)
			seen = (picked == NULL || picked[k]) &&
			       same_folder(t->files[i].path, t->files[k].path);
		if (!seen && !folder_sync(t->files[i].path, f))
			return false;
	}
	return true;
}

static bool
sync_files(struct tray *t, struct fault *f)
{
	for (size_t i = 0; i < t->n; i++)
		if (!file_draft_sync(&t->files[i].draft, t->files[i].path, f))
			return false;
	return true;
}

/* A coded file must not outlive the bytes it was made of. */
static bool
clear_variants(const struct tray *t, struct fault *f)
{
	bool removed[TRAY_FILES_N];

	for (size_t i = 0; i < t->n; i++)
		if (!variants_clear(t->files[i].path, &removed[i], f))
			return false;
	return sync_folders(t, removed, f);
}

static bool
name_files(struct tray *t, struct fault *f)
{
	for (size_t i = 0; i < t->n; i++)
		if (!is_to_be_coded(t, t->files[i].path, f) ||
		    !file_draft_name(&t->files[i].draft, t->files[i].path, f))
			return false;
	return true;
}

bool
tray_serve(struct tray *t, struct fault *f)
{
	bool done = t->n == 0 || (sync_files(t, f) && clear_variants(t, f) && name_files(t, f) &&
				     sync_folders(t, NULL, f));

	tray_drop(t);
	return done;
}

/* ---- coding ---- */

#define CODED_FILES_N 32

/* Coded files on their way, and what they are of. */
struct coded {
	const char *of[CODED_FILES_N];
	struct variant_draft drafts[CODED_FILES_N][CODING_IDENTITY];
	size_t n;
};

static bool
make_some(struct tray *t, int64_t end_us, struct coded *c, struct fault *f)
{
	const char *path;
	json_t *value;

	json_object_foreach (t->uncoded, path, value) {
		struct variant_draft *drafts = c->drafts[c->n];

		if (!variants_draft(path, drafts, f))
			return false;
		for (int k = 0; k < CODING_IDENTITY; k++)
			if (drafts[k].path != NULL)
				(void)!sync_file_range(
				    drafts[k].draft.fd, 0, 0, SYNC_FILE_RANGE_WRITE);
		c->of[c->n++] = path;
		if (c->n == CODED_FILES_N || metric_now_us() >= end_us)
			break;
	}
	return true;
}

static bool
sync_some(struct coded *c, struct fault *f)
{
	for (size_t i = 0; i < c->n; i++)
		for (int k = 0; k < CODING_IDENTITY; k++) {
			struct variant_draft *v = &c->drafts[i][k];

			if (v->path != NULL && !file_draft_sync(&v->draft, v->path, f))
				return false;
		}
	return true;
}

static bool
name_some(struct coded *c, struct fault *f)
{
	for (size_t i = 0; i < c->n; i++)
		for (int k = 0; k < CODING_IDENTITY; k++)
			if (!variant_name(&c->drafts[i][k], f))
				return false;
	return true;
}

static bool
code_some(struct tray *t, int64_t end_us, struct fault *f)
{
	struct coded c = {.n = 0};
	bool done = make_some(t, end_us, &c, f) && sync_some(&c, f) && name_some(&c, f);

	for (size_t i = 0; i < c.n; i++) {
		for (int k = 0; k < CODING_IDENTITY; k++)
			variant_drop(&c.drafts[i][k]);
		if (done)
			json_object_del(t->uncoded, c.of[i]);
	}
	return done;
}

bool
tray_code(struct tray *t, int64_t for_ms, struct fault *f)
{
	int64_t end_us = metric_now_us() + for_ms * 1000;

	while (json_object_size(t->uncoded) > 0) {
		if (!code_some(t, end_us, f))
			return false;
		if (metric_now_us() >= end_us)
			break;
	}
	return true;
}
