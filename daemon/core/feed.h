/* feed.h — an Atom feed (RFC 4287), from entries that each stand in the log. Pure: same entries,
 * same bytes. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_FEED_H
#define ASSAY_FEED_H

#include <stdint.h>

#include "text.h"

/* What changed, by which leaf. All text is plain and borrowed. */
struct feed_entry {
	int64_t index;       /* of the leaf */
	int64_t at_ms;       /* when that was accepted, Unix */
	const char *what;    /* tells apart what one leaf changed: never shown */
	const char *title;   /* a line */
	const char *summary; /* a sentence or two */
	const char *href;    /* relative to the feed */
};

/* Begin the feed of a log. at_ms: of its newest entry, else of the log's first leaf. newest_n: how
 * many entries it is cut to, which the subtitle says, with where the older ones are. */
void feed_begin(struct text *out, const char *origin, int64_t at_ms, int newest_n);

/* Append an entry; they come newest first. Its id is the UUID (RFC 9562, version 8) that the first
 * half of SHA-256("assay-feed-v1" LF origin LF index LF what LF) makes: it never changes, and no
 * two servers make the same. */
void feed_add(struct text *out, const char *origin, const struct feed_entry *entry);
void feed_end(struct text *out);

#endif
