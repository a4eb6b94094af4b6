/* leader.h — the thread that leads (if it may) and publishes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LEADER_H
#define ASSAYD_LEADER_H

#include "fault.h"
#include "server.h"

struct leader;

/* Start the thread: it tries to become leader, sequences and derives while it is, and writes this
 * node's copy of the documents from the rows, leader or not. Returns new. */
struct leader *leader_start(struct server *server, struct fault *f);

/* Finish the present step and end. */
void leader_stop(struct leader *leader);

#endif
