/* watches.h — the policies under watch, as the leader keeps them while the log grows.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_WATCHES_H
#define ASSAYD_WATCHES_H

#include <stdbool.h>
#include <stdint.h>

#include "dbsync.h"
#include "derive.h"
#include "watch.h"

/* A watch, and what the batch at hand asks of it. */
struct kept_watch {
	struct watch watch;
	bool due;    /* a leaf may concern it */
	bool ended;  /* the last leaf ends it */
	bool judged; /* it was, in this batch */
};

/* What a leaf means for the batch that it stands in. */
enum watch_asks {
	WATCH_ASKS_NOTHING,
	WATCH_ASKS_LATER, /* it is judged with the batch, from what stood there just behind it */
	WATCH_ASKS_END,   /* the batch ends with it, and the rows are just what is behind it */
	WATCH_ASKS_BEGIN  /* the same, but earlier leaves wait: the batch is to end before it */
};

/* Those that stand. Zero-initialise; watches_clear() frees, and they are read again. */
struct watches {
	struct kept_watch *list;
	size_t n, room;
	bool loaded;
	struct watch_leaf *leaves; /* of the batch at hand, to be judged behind */
	size_t leaves_n, leaves_room;
	bool cut;     /* the batch at hand ends for one of them */
	int64_t size; /* of the log as they stand */
};

/* Read them from the rows unless they stand at this size of the log. Fails with FAULT_DATABASE,
 * FAULT_NO_MEMORY. */
bool watches_load(struct watches *w, struct dbsync *db, int64_t size, struct fault *f)
    __attribute__((warn_unused_result));
void watches_clear(struct watches *w);

/* Begin a batch, also one that is begun again. */
void watches_begin(struct watches *w);

/* Note what the leaf just settled asks for. Fails with FAULT_NO_MEMORY. */
bool watches_note(struct watches *w, const struct derivation *d, const struct statement *st,
    enum watch_asks *asks, struct fault *f) __attribute__((warn_unused_result));

/* Judge those that are due, behind one leaf after another, from one reading of the rows, and write
 * what came out; d's rows are written, in the same transaction. After a failure they must be
 * forgotten. */
bool watches_judge(struct watches *w, struct dbsync *db, const struct derivation *d,
    struct fault *f) __attribute__((warn_unused_result));

#endif
