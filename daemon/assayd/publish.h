/* publish.h — the thread that writes this node's copy of the documents.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_PUBLISH_H
#define ASSAYD_PUBLISH_H

#include "fault.h"
#include "server.h"

struct publisher;

/* Start the thread, on every node, with a connection of its own. It knows nothing yet: its first
 * round makes everything. Each further round estimates the cells that were touched since, in one
 * snapshot of the database, and writes the documents that changed. A document that could not be
 * written is tried again in the next round. It rests at least twice as long as it worked, up to a
 * second, so that a busy log cannot make it eat a core. Returns new. */
struct publisher *publisher_start(struct server *server, struct fault *f);

/* Finish the present round and end. NULL is legal. */
void publisher_stop(struct publisher *p);

#endif
