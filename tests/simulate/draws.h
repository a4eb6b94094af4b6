/* draws.h — numbers at random, the same each time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TEST_DRAWS_H
#define ASSAY_TEST_DRAWS_H

#include <math.h>
#include <stdint.h>

/* xorshift64*, 53 bits: 0 < u < 1. */
static inline double
uniform(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return ((double)(*seed * UINT64_C(0x2545f4914f6cdd1d) >> 11) + 0.5) / 9007199254740992.;
}

/* Box and Muller, Ann. Math. Stat. 29, 1958, doi:10.1214/aoms/1177706645. */
static inline double
normal(uint64_t *seed)
{
	double radius = sqrt(-2 * log(uniform(seed)));

	return radius * cos(2 * acos(-1) * uniform(seed));
}

#endif
