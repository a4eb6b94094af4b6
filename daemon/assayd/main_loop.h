/* main_loop.h — the main thread: signals, accepting, telling the service manager.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_MAIN_LOOP_H
#define ASSAYD_MAIN_LOOP_H

#include <stdbool.h>

#include "fault.h"
#include "options.h"
#include "server.h"
#include "service.h"

/* Take the address, start all threads, accept until SIGTERM or SIGINT, drain. Takes
 * service->listen_fd; borrows the rest. Fails with FAULT_OPTION (listen), FAULT_NO_MEMORY,
 * FAULT_INTERNAL, or what server_fail() was told. */
bool main_loop_run(struct server *server, const struct service *service, const struct options *o,
    struct fault *f) __attribute__((warn_unused_result));

#endif
