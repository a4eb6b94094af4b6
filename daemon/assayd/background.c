/* background.c — the threads beside the workers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "background.h"

#include "leader.h"
#include "publish.h"
#include "publish_log.h"

bool
background_start(struct background *b, struct server *server, struct fault *f)
{
	return (b->log_publisher = log_publisher_start(server, f)) != NULL &&
	       (b->leader = leader_start(server, f)) != NULL &&
	       (b->publisher = publisher_start(server, f)) != NULL;
}

void
background_stop(struct background *b)
{
	leader_stop(b->leader);
	publisher_stop(b->publisher);
	log_publisher_stop(b->log_publisher);
}
