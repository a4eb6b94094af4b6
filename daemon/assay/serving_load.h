/* serving_load.h — some streams at a time from one endpoint, and when their pieces came.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_SERVING_LOAD_H
#define ASSAY_SERVING_LOAD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

struct party;

/* n streams, at_once of them at a time: when one ends, the next begins. */
struct load {
	const struct party *party;
	size_t n;
	long at_once;
	/* Return what stream k is asked, as new text; NULL without memory. */
	char *(*prompt)(const void *arg, size_t k);
	const void *arg;
};

/* Run it. Returns new *line: {wall_s, streams[]{ttft_s, span_s, pieces, tokens?} or {failed:
 * true}}, in the order of k. ttft_s: from the begin of the request to the first piece that says
 * something; span_s: from there to the last; tokens: as the server counts them. A stream that
 * breaks off, or has a piece that is none, has failed. Fails as endpoint_ask(), and with
 * FAULT_ENDPOINT if most streams failed. */
bool load_run(const struct load *l, json_t **line, bool *interrupted, struct fault *f)
    __attribute__((warn_unused_result));

#endif
