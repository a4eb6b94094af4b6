/* site.c — copy what does not come from the log into the published folder.
 * SPDX-License-Identifier: Apache-2.0 */
#include "site.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "variants.h"

#define SITE_FILE_MAX_BYTES (16 * 1024 * 1024)
#define SITE_DEPTH_MAX 8

bool
site_make_parent(const char *path, struct fault *f)
{
	char *copy = strdup(path), *slash = copy ? strrchr(copy, '/') : NULL;
	bool done = true;

	if (slash != NULL && slash != copy) {
		*slash = 0;
		done = folder_make(copy, 0755, f);
	}
	free(copy);
	return done;
}

bool
site_write(const char *folder, const char *path, const void *data, size_t n, struct fault *f)
{
	char *full = path_join(folder, path);
	bool done;

	done = full != NULL && site_make_parent(full, f) && variants_publish(full, data, n, f);
	free(full);
	return done;
}

bool
site_copy_file(const char *from, const char *to, struct fault *f)
{
	char *data = NULL;
	size_t n;
	bool done;

	done = file_read(from, SITE_FILE_MAX_BYTES, &data, &n, f) && site_make_parent(to, f) &&
	       variants_publish(to, data, n, f);
	free(data);
	return done;
}

static bool copy_folder(
    const char *from, const char *to, const char *except, int depth, struct fault *f);

static bool
copy_entry(const char *from, const char *to, int depth, struct fault *f)
{
	struct stat st;

	if (lstat(from, &st) != 0)
		return fault_set(
		    f, FAULT_FILE, from, "a file that can be read", "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return copy_folder(from, to, NULL, depth + 1, f);
	return !S_ISREG(st.st_mode) || site_copy_file(from, to, f);
}

static bool
copy_folder(const char *from, const char *to, const char *except, int depth, struct fault *f)
{
	DIR *d = opendir(from);
	struct dirent *entry;
	bool done = true;

	if (d == NULL)
		return fault_set(
		    f, FAULT_FILE, from, "a folder that can be read", "%s", strerror(errno));
	if (depth > SITE_DEPTH_MAX)
		done = fault_set(f, FAULT_FILE, from, "at most 8 folders one in another", "more");
	while (done && (entry = readdir(d)) != NULL) {
		char *source, *target;

		if (entry->d_name[0] == '.' ||
		    (except != NULL && strcmp(entry->d_name, except) == 0))
			continue;
		source = path_join(from, entry->d_name);
		target = path_join(to, entry->d_name);
		done = source != NULL && target != NULL && copy_entry(source, target, depth, f);
		free(source);
		free(target);
	}
	closedir(d);
	return done;
}

bool
site_copy(const char *from, const char *to, const char *except, struct fault *f)
{
	return folder_make(to, 0755, f) && copy_folder(from, to, except, 0, f);
}

bool
site_remove(const char *folder, const char *path, struct fault *f)
{
	char *full = path_join(folder, path);
	bool done = full != NULL ? variants_remove(full, f)
				 : fault_set(f, FAULT_NO_MEMORY, path, "memory for a path", "none");

	free(full);
	return done;
}

static int
sweep_entry(const char *path, const struct stat *st, int what, struct FTW *where)
{
	const char *name = path + where->base;

	(void)st;
	if (what == FTW_F &&
	    (strncmp(name, FILE_TEMPORARY_PREFIX, strlen(FILE_TEMPORARY_PREFIX)) == 0 ||
		variants_stray(path)))
		(void)!unlink(path);
	return 0;
}

void
site_sweep(const char *folder)
{
	(void)!nftw(folder, sweep_entry, 16, FTW_PHYS);
}
