/* pow.h — the proof of work of an enrolment.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_POW_H
#define ASSAY_POW_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto.h"

#define POW_BITS_MAX 40

/* Tell whether SHA-256("assay-pow-v1" ‖ origin ‖ key ‖ counter, 8 bytes big-endian) has at least
 * `bits` leading zero bits (DESIGN §12 "Proof of work"). */
bool pow_check(const char *origin, const uint8_t key[KEY_SIZE], uint64_t counter, int bits);

/* Try counters from *counter on, at most `tries` of them. True: *counter is a solution; else
 * *counter is where to go on. */
bool pow_search(
    const char *origin, const uint8_t key[KEY_SIZE], int bits, uint64_t tries, uint64_t *counter);

#endif
