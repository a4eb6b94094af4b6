/* variants.c — a published file and the coded files beside it, FILE.br and FILE.gz.
 * SPDX-License-Identifier: Apache-2.0 */
#include "variants.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coding.h"
#include "file.h"

/* What is smaller leaves in one packet anyway. */
#define VARIANT_MIN_BYTES 1024

bool
variants_wanted(const struct media_type *type, size_t n)
{
	return type->is_text && n >= VARIANT_MIN_BYTES;
}

/* False if the name is so long that no suffix fits behind it: such a file has no coded ones. */
static bool
print_path(const char *path, enum coding coding, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	const char *suffix = coding_info(coding)->suffix;

	return strlen(slash ? slash + 1 : path) + strlen(suffix) <= NAME_MAX &&
	       snprintf(out, PATH_MAX, "%s%s", path, suffix) < PATH_MAX;
}

static bool
same_time(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool
belongs(const char *coded, const struct stat *of)
{
	struct stat st;

	return lstat(coded, &st) == 0 && S_ISREG(st.st_mode) && same_time(&st, of);
}

bool
variants_stray(const char *path)
{
	size_t n = strlen(path);
	char plain[PATH_MAX];
	struct stat st;

	if (n > 9 && strcmp(path + n - 9, ".jsonl.gz") == 0)
		return false; /* a bundle or a dump, not a coded form */
	for (int c = 0; c < CODING_IDENTITY; c++) {
		const char *suffix = coding_info((enum coding)c)->suffix;
		size_t suffix_n = strlen(suffix);

		if (n <= suffix_n || n >= sizeof(plain) || strcmp(path + n - suffix_n, suffix) != 0)
			continue;
		memcpy(plain, path, n - suffix_n);
		plain[n - suffix_n] = 0;
		return lstat(plain, &st) != 0 || !belongs(path, &st);
	}
	return false;
}

/* ---- publishing ---- */

static bool
refuse(const char *path, struct fault *f)
{
	return fault_set(
	    f, FAULT_FILE, path, "a published file that can be replaced", "%s", strerror(errno));
}

bool
variants_clear(const char *path, bool *removed, struct fault *f)
{
	char coded[PATH_MAX];

	*removed = false;
	for (int c = 0; c < CODING_IDENTITY; c++) {
		if (!print_path(path, (enum coding)c, coded))
			continue;
		if (unlink(coded) == 0)
			*removed = true;
		else if (errno != ENOENT)
			return refuse(coded, f);
	}
	return true;
}

static bool
remove_all(const char *path, struct fault *f)
{
	bool removed;

	return variants_clear(path, &removed, f) && (!removed || folder_sync(path, f));
}

void
variant_drop(struct variant_draft *v)
{
	file_draft_drop(&v->draft);
	free(v->path);
	v->path = NULL;
}

/* v->path stays NULL if there is nothing to make. */
static bool
draft_one(const char *path, const struct stat *of, enum coding coding, const void *data, size_t n,
    struct variant_draft *v, struct fault *f)
{
	char coded[PATH_MAX];
	void *out;
	size_t out_n;

	memset(v, 0, sizeof(*v));
	v->time = of->st_mtim;
	if (!print_path(path, coding, coded) || belongs(coded, of))
		return true;
	if ((v->path = strdup(coded)) == NULL || !coding_make(coding, data, n, &out, &out_n)) {
		variant_drop(v);
		return fault_set(f, FAULT_NO_MEMORY, path, "memory to code a file", "none");
	}
	if (!file_draft(coded, out, out_n, 0644, &v->draft, f))
		variant_drop(v);
	free(out);
	return v->path != NULL;
}

bool
variant_name(struct variant_draft *v, struct fault *f)
{
	const struct timespec times[2] = {v->time, v->time};
	bool done =
	    v->path == NULL || (file_draft_name(&v->draft, v->path, f) &&
				   (utimensat(AT_FDCWD, v->path, times, AT_SYMLINK_NOFOLLOW) == 0 ||
				       refuse(v->path, f)));

	variant_drop(v);
	return done;
}

static bool
draft_all(const char *path, const void *data, size_t n,
    struct variant_draft drafts[CODING_IDENTITY], struct fault *f)
{
	struct stat st;

	memset(drafts, 0, CODING_IDENTITY * sizeof(*drafts));
	if (lstat(path, &st) != 0)
		return refuse(path, f);
	for (int c = 0; c < CODING_IDENTITY; c++)
		if (!draft_one(path, &st, (enum coding)c, data, n, &drafts[c], f)) {
			while (c-- > 0)
				variant_drop(&drafts[c]);
			return false;
		}
	return true;
}

static bool
write_all(const char *path, const void *data, size_t n, struct fault *f)
{
	struct variant_draft drafts[CODING_IDENTITY];
	bool done = draft_all(path, data, n, drafts, f);

	for (int c = 0; done && c < CODING_IDENTITY; c++)
		done = (drafts[c].path == NULL ||
			   file_draft_sync(&drafts[c].draft, drafts[c].path, f)) &&
		       variant_name(&drafts[c], f);
	for (int c = 0; c < CODING_IDENTITY; c++)
		variant_drop(&drafts[c]);
	return done;
}

bool
variants_publish(const char *path, const void *data, size_t n, struct fault *f)
{
	if (!file_holds(path, data, n) &&
	    (!remove_all(path, f) || !file_write(path, data, n, 0644, f)))
		return false;
	return !variants_wanted(media_type_of(path), n) || write_all(path, data, n, f);
}

bool
variants_complete(const char *path, size_t n)
{
	char coded[PATH_MAX];
	struct stat st;

	if (!variants_wanted(media_type_of(path), n))
		return true;
	if (lstat(path, &st) != 0)
		return false;
	for (int c = 0; c < CODING_IDENTITY; c++)
		if (print_path(path, (enum coding)c, coded) && !belongs(coded, &st))
			return false;
	return true;
}

bool
variants_draft(const char *path, struct variant_draft drafts[CODING_IDENTITY], struct fault *f)
{
	char *data;
	size_t n;
	bool done;

	memset(drafts, 0, CODING_IDENTITY * sizeof(*drafts));
	if (access(path, F_OK) != 0)
		return true;
	done = file_read(path, SIZE_MAX - 1, &data, &n, f) &&
	       (!variants_wanted(media_type_of(path), n) || draft_all(path, data, n, drafts, f));
	free(data);
	return done;
}

bool
variants_remove(const char *path, struct fault *f)
{
	if (!remove_all(path, f))
		return false;
	return unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR || refuse(path, f);
}
