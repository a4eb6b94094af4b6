/* variants.h — a published file and the coded files beside it, FILE.br and FILE.gz.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_VARIANTS_H
#define ASSAYD_VARIANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "coding.h"
#include "fault.h"
#include "file.h"
#include "media_type.h"

#define VARIANT_SUFFIX_MAX 4 /* bytes, NUL included */

/* Tell whether coded files belong beside one of this type and size. */
bool variants_wanted(const struct media_type *type, size_t n);

/* Publish one file atomically, if it changed, and its coded files, if they are missing.
 *
 * At every moment, after a crash too, a coded file stands only beside the very bytes it was made
 * of: the old ones are removed, and that is synced, before FILE is replaced; the new ones come
 * after it. So whoever picks FILE.gz by its name alone (nginx's gzip_static) is never wrong, and
 * for a moment just finds nothing coded. Whoever removes FILE removes its coded files first.
 *
 * A coded file bears FILE's modification time to the nanosecond: by that assayd knows, before it
 * sends or keeps one, that nobody has touched FILE since. Fails with FAULT_FILE, FAULT_NO_MEMORY.
 */
bool variants_publish(const char *path, const void *data, size_t n, struct fault *f)
    __attribute__((warn_unused_result));

/* The parts of it, for who publishes many files at once (tray.h). Remove the coded files of one
 * that is about to change; *removed: there were any, and the folder is to be synced before the
 * change. */
bool variants_clear(const char *path, bool *removed, struct fault *f)
    __attribute__((warn_unused_result));
/* Tell whether all coded files that belong beside a file of n bytes are there. */
bool variants_complete(const char *path, size_t n);
/* Make those that are missing, from the file's present content, none if it is gone: as drafts, each
 * to be synced and then given its name. A path that is NULL: nothing to do. */
struct variant_draft {
	char *path;
	struct file_draft draft;
	struct timespec time; /* FILE's */
};
bool variants_draft(const char *path, struct variant_draft drafts[CODING_IDENTITY], struct fault *f)
    __attribute__((warn_unused_result));
bool variant_name(struct variant_draft *v, struct fault *f) __attribute__((warn_unused_result));
void variant_drop(struct variant_draft *v);

/* Remove a published file, its coded files first; that it is not there is as good. Fails with
 * FAULT_FILE. */
bool variants_remove(const char *path, struct fault *f) __attribute__((warn_unused_result));

/* Tell whether a path is named as a coded file but belongs to no file beside it. Such names are for
 * coded files alone: what else is published must not end in .br or .gz, but for .jsonl.gz. */
bool variants_stray(const char *path);

#endif
