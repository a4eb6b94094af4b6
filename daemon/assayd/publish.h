/* publish.h — this node's copy of the documents, written from the rows.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_PUBLISH_H
#define ASSAYD_PUBLISH_H

#include <stdbool.h>

#include "dbsync.h"
#include "fault.h"
#include "server.h"

struct publisher;

/* Returns new; NULL without memory. Knows nothing yet: its first publishing makes everything. */
struct publisher *publisher_new(struct server *server);
void publisher_free(struct publisher *p);

/* Read the newest config of the log, if the log has grown, and put it in force. */
bool publisher_refresh_rules(struct publisher *p, struct dbsync *db, struct fault *f)
    __attribute__((warn_unused_result));

/* Estimate the cells touched since the last time, and write the documents that changed. One
 * database snapshot for all of them. A document that cannot be written is tried again the next
 * time. Fails with FAULT_DATABASE, FAULT_NO_MEMORY, FAULT_FILE. */
bool publisher_publish(struct publisher *p, struct dbsync *db, struct fault *f)
    __attribute__((warn_unused_result));

#endif
