/* roofline.h — how fast hardware can decode at most: each token reads the weights that it uses.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ROOFLINE_H
#define ASSAY_ROOFLINE_H

#include <jansson.h>
#include <stdbool.h>

#include "catalogue.h"
#include "suite.h"

/* How far beyond the arithmetic a value may lie: memory clocked higher, a catalogue figure that is
 * low. The check is for what cannot be, not for what is unusual; each constant errs on the allowing
 * side. */
#define ROOFLINE_SLACK 1.5
#define ROOFLINE_HOST_GBS 2500     /* more than two sockets of processors read */
#define ROOFLINE_HOST_CACHE_GB 2.5 /* their last-level caches */
#define ROOFLINE_CACHE_GB 0.256    /* an accelerator's */
#define ROOFLINE_CACHE_TIMES 10    /* faster than memory */
#define ROOFLINE_SPECULATIVE 20    /* tokens of one reading, where speculation is declared */
#define ROOFLINE_SHARE_MIN                                                                         \
	0.01 /* of a mixture of experts that a token uses, where nobody tells                      \
	      */

/* A bound on decoded tokens a second of one stream, and what it follows from. */
struct roofline {
	double bound;         /* with the slack */
	double bandwidth_gbs; /* of all that is read from together */
	double gigabytes;     /* read a token */
	bool speculative;
};

/* Find the bound for one result: bandwidth ÷ bytes read per token × ROOFLINE_SLACK (memory bound;
 * Williams, Waterman & Patterson, Commun. ACM 52, 2009, 65–76, doi:10.1145/1498765.1498785). Only
 * for the metric `decode` of a suite whose cells have hardware. Bytes: the weights' size, or
 * parameters × bits, as the run or else the catalogue says, at least a bit for each parameter that
 * the catalogue knows; of a mixture of experts the share that is active; without what caches may
 * hold. Bandwidth: of all accelerators, by the catalogue (of processors with graphics that is their
 * shared memory); where part is offloaded with ROOFLINE_HOST_GBS, where nothing is that alone.
 * Speculative decoding, said in the engine's flags or in `extra`, allows ROOFLINE_SPECULATIVE times
 * more. False where run and catalogue do not say enough. */
bool roofline_find(const json_t *body, const json_t *result, const struct suite *suite,
    const struct catalogue *catalogue, struct roofline *out);

#endif
