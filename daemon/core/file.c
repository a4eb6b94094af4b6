/* file.c — whole files in and out: bounded reads, atomic writes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
refuse(const char *path, const char *expected, struct fault *f)
{
	return fault_set(f, FAULT_FILE, path, expected, "%s", strerror(errno));
}

static bool
no_memory(const char *path, struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, path, "memory for a file", "none");
}

/* Read until n bytes or the end; -1 if reading fails. */
static ssize_t
read_full(int fd, char *data, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = read(fd, data + have, n - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

static bool
check_regular(int fd, const char *path, size_t max, size_t *size, struct fault *f)
{
	char expected[64];
	struct stat st;

	if (fstat(fd, &st) != 0)
		return refuse(path, "a file that can be read", f);
	if (!S_ISREG(st.st_mode))
		return fault_set(f, FAULT_FILE, path, "a regular file", "%s",
		    S_ISDIR(st.st_mode) ? "a folder"
					: "something else, such as a pipe or a device");
	*size = (size_t)st.st_size;
	if (*size <= max)
		return true;
	snprintf(expected, sizeof(expected), "a file of at most %zu bytes", max);
	return fault_set(f, FAULT_FILE, path, expected, "%zu bytes", *size);
}

static bool
read_open(int fd, const char *path, size_t max, char **data, size_t *n, struct fault *f)
{
	size_t size = 0;
	ssize_t got;

	if (!check_regular(fd, path, max, &size, f))
		return false;
	*data = malloc(size + 1);
	if (*data == NULL)
		return no_memory(path, f);
	got = read_full(fd, *data, size + 1);
	if (got < 0)
		return refuse(path, "a file that can be read", f);
	if ((size_t)got > size)
		return fault_set(f, FAULT_FILE, path, "a file that nobody is writing to",
		    "one that grew while it was read");
	(*data)[got] = 0;
	*n = (size_t)got;
	return true;
}

bool
file_read(const char *path, size_t max, char **data, size_t *n, struct fault *f)
{
	/* O_NONBLOCK: opening a pipe without a writer must not wait. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool done;

	*data = NULL;
	*n = 0;
	if (fd < 0)
		return refuse(path, "a file that can be read", f);
	done = read_open(fd, path, max, data, n, f);
	close(fd);
	if (!done) {
		free(*data);
		*data = NULL;
	}
	return done;
}

/* Return the folder a path is in, as new text. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static bool
write_full(int fd, const char *data, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, data, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		data += done;
		n -= (size_t)done;
	}
	return true;
}

/* Some file systems know no fsync of a folder and answer EINVAL; they have nothing to make safe. */
static bool
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), saved;
	bool done;

	if (fd < 0)
		return false;
	done = fsync(fd) == 0 || errno == EINVAL;
	saved = errno;
	close(fd);
	errno = saved;
	return done;
}

bool
folder_sync(const char *path, struct fault *f)
{
	char *folder = folder_of(path);
	bool done;

	if (folder == NULL)
		return no_memory(path, f);
	done = sync_folder(folder) || refuse(path, "a file that can be written", f);
	free(folder);
	return done;
}

/* ---- drafts ---- */

void
file_draft_drop(struct file_draft *d)
{
	int saved = errno;

	if (d->temporary == NULL)
		return;
	if (d->fd >= 0)
		close(d->fd);
	unlink(d->temporary);
	free(d->temporary);
	d->temporary = NULL;
	errno = saved;
}

static bool
refuse_draft(struct file_draft *d, const char *path, struct fault *f)
{
	file_draft_drop(d);
	return refuse(path, "a file that can be written", f);
}

bool
file_draft(const char *path, const void *data, size_t n, mode_t mode, struct file_draft *out,
    struct fault *f)
{
	char *folder = folder_of(path);

	/* Not made of the file's own name: that may already be as long as a name can be. */
	out->temporary = folder ? path_join(folder, FILE_TEMPORARY_PREFIX "XXXXXX") : NULL;
	free(folder);
	if (out->temporary == NULL)
		return no_memory(path, f);
	out->fd = mkostemp(out->temporary, O_CLOEXEC);
	if (out->fd < 0) {
		free(out->temporary);
		out->temporary = NULL;
		return refuse(path, "a file that can be written", f);
	}
	return (fchmod(out->fd, mode) == 0 && write_full(out->fd, data, n)) ||
	       refuse_draft(out, path, f);
}

/* close() can tell of a lost write too, on network file systems. */
bool
file_draft_sync(struct file_draft *d, const char *path, struct fault *f)
{
	bool done = fsync(d->fd) == 0;
	int saved = errno;

	if (close(d->fd) != 0 && done) {
		done = false;
		saved = errno;
	}
	d->fd = -1;
	errno = saved;
	return done || refuse_draft(d, path, f);
}

bool
file_draft_name(struct file_draft *d, const char *path, struct fault *f)
{
	if (rename(d->temporary, path) != 0)
		return refuse_draft(d, path, f);
	free(d->temporary);
	d->temporary = NULL;
	return true;
}

/* ---- whole files ---- */

bool
file_replace(const char *path, const void *data, size_t n, mode_t mode, struct fault *f)
{
	struct file_draft d;

	return file_draft(path, data, n, mode, &d, f) && file_draft_sync(&d, path, f) &&
	       file_draft_name(&d, path, f);
}

bool
file_write(const char *path, const void *data, size_t n, mode_t mode, struct fault *f)
{
	return file_replace(path, data, n, mode, f) && folder_sync(path, f);
}

bool
file_holds(const char *path, const void *data, size_t n)
{
	char *present;
	size_t present_n;
	bool same = file_read(path, n, &present, &present_n, NULL) && present_n == n &&
		    (n == 0 || memcmp(present, data, n) == 0);

	free(present);
	return same;
}

bool
file_write_if_changed(
    const char *path, const void *data, size_t n, mode_t mode, bool *changed, struct fault *f)
{
	*changed = false;
	if (file_holds(path, data, n))
		return true;
	*changed = file_write(path, data, n, mode, f);
	return *changed;
}

static bool
make_one(const char *path, mode_t mode)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return true;
	if (errno != EEXIST || stat(path, &st) != 0)
		return false;
	errno = ENOTDIR;
	return S_ISDIR(st.st_mode);
}

bool
folder_make(const char *path, mode_t mode, struct fault *f)
{
	char *part = strdup(path);
	bool done = true;

	if (part == NULL)
		return no_memory(path, f);
	for (char *at = part + 1; done && part[0] != 0 && *at != 0; at++) {
		if (*at != '/')
			continue;
		*at = 0;
		done = make_one(part, mode);
		*at = '/';
	}
	done = done && make_one(part, mode);
	if (!done)
		refuse(path, "a folder that can be made", f);
	free(part);
	return done;
}

char *
path_join(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}
