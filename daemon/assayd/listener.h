/* listener.h — one listening socket; accepted descriptors go round the workers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LISTENER_H
#define ASSAYD_LISTENER_H

#include "fault.h"

struct event_base;
struct server;
struct worker;
struct listener;

/* Bind and listen on "ADDRESS:PORT" or "[IPV6]:PORT". Port 0 picks a free one. Returns the
 * descriptor, -1 on failure with FAULT_OPTION (expected a free address; got the system's reason).
 * *where gets the real "ADDRESS:PORT". */
int listener_bind(const char *listen, char where[80], struct fault *f);

/* Tell the "ADDRESS:PORT" of a listening socket that somebody else bound. */
void listener_where(int fd, char where[80]);

/* Accept on fd in base and hand over to workers in turn. Over connections_max_n: answers 503 and
 * closes at once. A full descriptor table pauses accepting for 100 ms, logged once a second at
 * most. Takes fd. Returns new; NULL without memory. */
struct listener *listener_new(
    struct event_base *base, int fd, struct server *server, struct worker *workers, int workers_n);
void listener_free(struct listener *l);

#endif
