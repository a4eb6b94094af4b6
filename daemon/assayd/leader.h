/* leader.h — the thread that keeps the rules fresh and, where it may, leads.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LEADER_H
#define ASSAYD_LEADER_H

#include "fault.h"
#include "server.h"

struct leader;

/* Start the thread: on every node it puts the newest logged config in force; it tries to become
 * leader, and sequences and derives while it is. It never publishes, so that no board can hold up
 * the log. Returns new. */
struct leader *leader_start(struct server *server, struct fault *f);

/* As periodic_turn(), of the leader's thread. */
uint64_t leader_turn(const struct leader *leader);

/* Finish the present step and end. NULL is legal. */
void leader_stop(struct leader *leader);

#endif
