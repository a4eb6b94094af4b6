/* watches.h — the policies under watch, as the leader keeps them while the log grows.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_WATCHES_H
#define ASSAYD_WATCHES_H

#include <stdbool.h>
#include <stdint.h>

#include "dbsync.h"
#include "derive.h"
#include "watch.h"

/* A watch, and what the leaf that was settled last asks of it. */
struct kept_watch {
	struct watch watch;
	bool due, ended;
};

/* Those that stand. Zero-initialise; watches_clear() frees, and they are read again. */
struct watches {
	struct kept_watch *list;
	size_t n, room;
	bool loaded;
	int64_t size; /* of the log as they stand */
};

/* Read them from the rows unless they stand at this size of the log. Fails with FAULT_DATABASE,
 * FAULT_NO_MEMORY. */
bool watches_load(struct watches *w, struct dbsync *db, int64_t size, struct fault *f)
    __attribute__((warn_unused_result));
void watches_clear(struct watches *w);

/* Note what the leaf just settled asks for. True: something, so that the batch ends with it, and
 * the rows are just what was behind it when watches_judge() reads them. */
bool watches_note(struct watches *w, const struct derivation *d, const struct statement *st);

/* Judge those that are due, from the rows, and write what came out; d's rows are written, in the
 * same transaction. After a failure they must be forgotten. */
bool watches_judge(struct watches *w, struct dbsync *db, const struct derivation *d,
    struct fault *f) __attribute__((warn_unused_result));

#endif
