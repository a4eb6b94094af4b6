/* service.h — the service manager: what it passed on, and what it is told.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SERVICE_H
#define ASSAYD_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

/* Source: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3). Main thread only. */
struct service {
	int notify_fd;       /* -1: nobody wants to hear */
	int listen_fd;       /* a listening socket that outlives us; -1: none was passed on */
	int64_t watchdog_ms; /* it wants WATCHDOG=1 more often than this; 0: it does not */
};

/* Read NOTIFY_SOCKET, WATCHDOG_USEC and LISTEN_FDS and take them out of the environment, so that no
 * child believes they are for it. Call before any thread; service_close() in any case.
 * Fails with FAULT_OPTION: a value nobody can mean, or other than one listening TCP socket. */
bool service_take(struct service *s, struct fault *f) __attribute__((warn_unused_result));

/* Tell lines such as "READY=1\nSTATUS=serving". Nobody listening is no fault. */
void service_tell(const struct service *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Tell that the settings are read again, with the time that the manager asks for. */
void service_tell_reloading(const struct service *s);

/* Closes notify_fd; listen_fd is its taker's. */
void service_close(struct service *s);

#endif
