/* pulse.h — tell the service manager, again and again, that every thread still works, and what it
 * does. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_PULSE_H
#define ASSAYD_PULSE_H

struct background;
struct event_base;
struct pulse;
struct server;
struct service;
struct worker;

/* Four times within watchdog_ms (without a watchdog every ten seconds) each worker's loop is asked
 * for a sign of life, and the leader's thread is looked at: one that is inside the same turn as the
 * last time is stuck. If all gave one since the last beat, WATCHDOG=1 is told; if not, who did not
 * is logged and nothing is told, so that the manager ends us. Runs in base, the main thread's.
 * Borrows all. Returns new; NULL without memory. */
struct pulse *pulse_new(struct event_base *base, const struct service *service,
    struct server *server, struct worker *workers, int workers_n, struct background *background);
void pulse_free(struct pulse *p);

#endif
