/* deadline.c — a deadline that often moves, on a timer that seldom does.
 * SPDX-License-Identifier: Apache-2.0 */
#include "deadline.h"

#include <event2/event.h>
#include <sys/time.h>
#include <time.h>

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
arm(struct deadline *d, int64_t in_ms)
{
	struct timeval t = {.tv_sec = in_ms / 1000, .tv_usec = (in_ms % 1000) * 1000};

	d->timer_at_ms = evtimer_add(d->timer, &t) == 0 ? d->at_ms : DEADLINE_NEVER;
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct deadline *d = arg;
	int64_t now = now_ms();

	(void)fd;
	(void)what;
	d->timer_at_ms = DEADLINE_NEVER;
	if (d->at_ms == DEADLINE_NEVER)
		return;
	if (d->at_ms > now) {
		arm(d, d->at_ms - now);
		return;
	}
	d->at_ms = DEADLINE_NEVER;
	d->passed(d->arg);
}

bool
deadline_start(struct deadline *d, struct event_base *base, void (*passed)(void *arg), void *arg)
{
	d->timer = evtimer_new(base, on_timer, d);
	d->at_ms = d->timer_at_ms = DEADLINE_NEVER;
	d->passed = passed;
	d->arg = arg;
	return d->timer != NULL;
}

void
deadline_set(struct deadline *d, int64_t in_ms)
{
	d->at_ms = in_ms == DEADLINE_NEVER ? DEADLINE_NEVER : now_ms() + in_ms;
	if (d->timer_at_ms > d->at_ms)
		arm(d, in_ms);
}

void
deadline_stop(struct deadline *d)
{
	if (d->timer != NULL)
		event_free(d->timer);
	d->timer = NULL;
}
