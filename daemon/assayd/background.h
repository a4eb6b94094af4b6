/* background.h — the threads beside the workers: the one that leads, the two that publish.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_BACKGROUND_H
#define ASSAYD_BACKGROUND_H

#include <stdbool.h>

#include "fault.h"
#include "server.h"

struct background {
	struct leader *leader;
	struct publisher *publisher;
	struct log_publisher *log_publisher;
};

/* Start them. Zero-initialise; background_stop() in any case. */
bool background_start(struct background *b, struct server *server, struct fault *f)
    __attribute__((warn_unused_result));

/* Let each finish what it does. The leader ends first, so that what it logged is still shown. */
void background_stop(struct background *b);

#endif
