/* levels.h — how fast a machine is with so many streams at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LEVELS_H
#define ASSAYD_LEVELS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define LEVELS_MAX 64

/* What was measured with so many streams at a time. */
struct level {
	int64_t streams;
	int64_t max_tokens; /* an answer's, of an endpoint; 0: one stream's decode rate */
	const json_t
	    *rate; /* tokens a second of all streams together, as estimate_short() has it */
};

/* Fill levels with those of a machine, an entry of speeds_json(), in ascending order of streams; at
 * most LEVELS_MAX, the lowest. Each number of streams stands once: an endpoint's own rate goes
 * before the decode rate, then that of more voters, then that of answers nearer to 128 tokens.
 * Rates are borrowed from the machine. Returns how many there are. */
size_t levels_of(const json_t *machine, struct level levels[LEVELS_MAX]);

/* Return the level with the highest rate; NULL for n = 0. */
const struct level *levels_busiest(const struct level *levels, size_t n);

/* Return them as documents show them, as a new array of {streams, max_tokens?, rate}. */
json_t *levels_json(const struct level *levels, size_t n);

#endif
