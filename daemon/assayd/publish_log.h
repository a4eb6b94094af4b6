/* publish_log.h — the thread that writes this node's copy of the log as static files.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_PUBLISH_LOG_H
#define ASSAYD_PUBLISH_LOG_H

#include "fault.h"
#include "server.h"

struct log_publisher;

/* Start the thread, on every node, with a connection of its own. First of all it compares the
 * checkpoint in the published folder, if there is one, with the database: if that does not begin
 * with it, the server fails (server_fail()) before anything is written, for a split view is never
 * published; if it does, server->history_holds is set, and this node may lead, and the log's
 * verifier key is written as `vkey`.
 *
 * Then it follows the newest signed checkpoint: statement and entry bundles, tiles, and last of all
 * `checkpoint` are written atomically. Partial tiles of a checkpoint go a minute after a newer one
 * has come, at a start those of all older ones. When a statement is withheld its bundle is written
 * again without the bytes. Without a log_vkey there is nothing to publish. Returns new. */
struct log_publisher *log_publisher_start(struct server *server, struct fault *f);

/* Finish the present round and end. NULL is legal. */
void log_publisher_stop(struct log_publisher *p);

#endif
