/* bundle.h — the content of one stretch of the log's files, from its rows.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_BUNDLE_H
#define ASSAYD_BUNDLE_H

#include <stdbool.h>

#include "dbsync.h"
#include "fault.h"
#include "text.h"
#include "tile.h"

/* The three files beside each other of one stretch of leaves. Zero-initialise; bundle_clear(). */
struct bundle {
	struct text hashes;     /* the tile of level 0 */
	struct text entries;    /* C2SP tlog-tiles, "Log entries" */
	struct text statements; /* one JSON object a line, in gzip */
};

/* Make them for a tile of level 0. A line of statements is {index, id, accepted_at_ms, envelope},
 * or for a withheld one, whose leaf stays: {index, id, accepted_at_ms, payloadType, payload_sha256,
 * key, signature, withheld, state}. Fails with FAULT_DATABASE, FAULT_INTERNAL, FAULT_NO_MEMORY. */
bool bundle_make(struct dbsync *db, const struct tile *tile, struct bundle *out, struct fault *f)
    __attribute__((warn_unused_result));
void bundle_clear(struct bundle *b);

#endif
