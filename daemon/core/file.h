/* file.h — whole files in and out: bounded reads, atomic writes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_FILE_H
#define ASSAY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "fault.h"

/* Read a whole regular file of at most max bytes.
 * Returns new *data, NUL-terminated behind *n bytes. Fails with FAULT_FILE. */
bool file_read(const char *path, size_t max, char **data, size_t *n, struct fault *f)
    __attribute__((warn_unused_result));

/* Names of temporary files begin so; a crash may leave one. */
#define FILE_TEMPORARY_PREFIX ".assay-"

/* Write by temporary file, fsync, rename, fsync of the folder: after a crash the old or the new
 * content stands there, never a part. Leaves no temporary file behind on failure.
 * Fails with FAULT_FILE. */
bool file_write(const char *path, const void *data, size_t n, mode_t mode, struct fault *f)
    __attribute__((warn_unused_result));

/* As file_write(), but after a crash the old file, or none, may be back: the folder is not synced.
 */
bool file_replace(const char *path, const void *data, size_t n, mode_t mode, struct fault *f)
    __attribute__((warn_unused_result));

/* The steps of file_replace(), for who writes many files at once. */
struct file_draft {
	char *temporary; /* NULL: none */
	int fd;          /* -1 once it is synced */
};
bool file_draft(const char *path, const void *data, size_t n, mode_t mode, struct file_draft *out,
    struct fault *f) __attribute__((warn_unused_result));
bool file_draft_sync(struct file_draft *d, const char *path, struct fault *f)
    __attribute__((warn_unused_result));
/* Give it its name; it is a draft no more. */
bool file_draft_name(struct file_draft *d, const char *path, struct fault *f)
    __attribute__((warn_unused_result));
/* Remove what is left of it. */
void file_draft_drop(struct file_draft *d);

/* As file_write(), but only if the present content differs; *changed tells. */
bool file_write_if_changed(const char *path, const void *data, size_t n, mode_t mode, bool *changed,
    struct fault *f) __attribute__((warn_unused_result));

/* Tell whether a file's present content is just this. */
bool file_holds(const char *path, const void *data, size_t n);

/* fsync the folder that a path is in, so that what was removed there stays so after a crash. Fails
 * with FAULT_FILE. */
bool folder_sync(const char *path, struct fault *f) __attribute__((warn_unused_result));

/* Make a folder and its missing parents. Fails with FAULT_FILE. */
bool folder_make(const char *path, mode_t mode, struct fault *f)
    __attribute__((warn_unused_result));

/* Return dir "/" name as new text; NULL without memory. */
char *path_join(const char *dir, const char *name);

#endif
