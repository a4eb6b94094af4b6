/* plausible.h — what the checks say of a submission: plausible, or which number is beyond which
 * bound. Pure; never a reason to refuse. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_PLAUSIBLE_H
#define ASSAY_PLAUSIBLE_H

#include <jansson.h>
#include <stdbool.h>

#include "suite.h"

struct catalogue;

/* By which rule it is not plausible; who may release it differs, see neighbours.h. */
enum doubt {
	DOUBT_NONE,
	DOUBT_BOUNDS,   /* outside the suite's bounds of its metric */
	DOUBT_ROOFLINE, /* faster than the hardware can read its memory */
	DOUBT_ANCHORS,  /* the judge grades anchor answers differently than in the cell's other runs
			 */
	DOUBT_NEIGHBOURS, /* far from what established submitters measured in the same cell */
	DOUBT__MAX
};

/* Zero: plausible. Else the first result that is not. */
struct plausibility {
	enum doubt doubt;
	char pointer[64]; /* the member that carries the number */
	double number, bound;
	char reason[256]; /* in words: number, bound, rule */
};

/* "bounds", "roofline", … as documents print it; "" for none. */
const char *doubt_name(enum doubt doubt);

/* Judge a submission on its own: the intrinsic verdict (DESIGN §8.7), which the answer to it
 * carries. Every value must lie in its metric's bounds, and none above what its hardware can do
 * (roofline.h). catalogue: of the config in force; NULL: hardware is not asked. */
void plausible_alone(const json_t *body, const struct suite *suite,
    const struct catalogue *catalogue, struct plausibility *out);

/* Return it as documents say it: {plausible: true}, or {plausible: false, rule, pointer, number,
 * bound, reason}. New. */
json_t *plausibility_json(const struct plausibility *p);

#endif
