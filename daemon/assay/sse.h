/* sse.h — server-sent events, cut out of bytes as they come. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_SSE_H
#define ASSAY_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* The format: WHATWG HTML, "Server-sent events", 9.2.6. Of an event only its data count. */
#define SSE_EVENT_MAX_BYTES (1024 * 1024)

/* Zero-initialise with event and arg; sse_clear() frees. */
struct sse {
	/* Called with the data of each event, without the last line end. Borrows data. */
	void (*event)(void *arg, const char *data, size_t n);
	void *arg;
	struct text line, data;
	bool has_data;
	bool after_cr; /* a LF now belongs to the CR before it */
	bool failed;   /* a line or an event was too large, or there is no memory: no more events */
};

/* Take the next bytes, however they are cut. What is not ended by an empty line is no event. */
void sse_feed(struct sse *s, const char *bytes, size_t n);

void sse_clear(struct sse *s);

#endif
