/* site.h — copy what does not come from the log into the published folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SITE_H
#define ASSAYD_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

/* Copy every regular file below `from` to the same place below `to`, except names that begin with a
 * dot and the one directly below `from` that is named `except` (NULL: none), as site_write() does.
 * Fails with FAULT_FILE, FAULT_NO_MEMORY. */
bool site_copy(const char *from, const char *to, const char *except, struct fault *f)
    __attribute__((warn_unused_result));

/* Copy one file. Fails with FAULT_FILE, FAULT_NO_MEMORY. */
bool site_copy_file(const char *from, const char *to, struct fault *f)
    __attribute__((warn_unused_result));

/* Remove a published file and its coded ones; that it is not there is as good. Fails with
 * FAULT_FILE. */
bool site_remove(const char *folder, const char *path, struct fault *f)
    __attribute__((warn_unused_result));

/* Remove what a crash left below a folder: temporary files, and coded files that belong to none
 * (variants_stray()). What cannot be removed stays. */
void site_sweep(const char *folder);

/* Make the folders that a path is in. Fails with FAULT_FILE. */
bool site_make_parent(const char *path, struct fault *f) __attribute__((warn_unused_result));

/* Write a published file and its coded ones (variants_publish()), making its folders. Fails with
 * FAULT_FILE, FAULT_NO_MEMORY. */
bool site_write(const char *folder, const char *path, const void *data, size_t n, struct fault *f)
    __attribute__((warn_unused_result));

#endif
