/* periodic.h — a thread that does one thing again and again, at the pace it chooses.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_PERIODIC_H
#define ASSAYD_PERIODIC_H

#include <stdint.h>

#include "fault.h"

struct periodic;

/* Start a thread that calls turn(arg) until periodic_stop(). turn() returns the ms to rest before
 * the next call. Returns new; NULL fails with FAULT_INTERNAL or FAULT_NO_MEMORY. */
struct periodic *periodic_start(int64_t (*turn)(void *arg), void *arg, struct fault *f);

/* Tell where the thread is, from any thread: even while it rests, odd inside a turn, never twice
 * the same odd number. */
uint64_t periodic_turn(const struct periodic *p);

/* Let the present turn finish, end the thread, free. NULL is legal. */
void periodic_stop(struct periodic *p);

#endif
