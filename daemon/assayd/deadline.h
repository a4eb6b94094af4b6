/* deadline.h — a deadline that often moves, on a timer that seldom does.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DEADLINE_H
#define ASSAYD_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct event;
struct event_base;

#define DEADLINE_NEVER INT64_MAX

/* Deadlines of a connection move away with each request. The timer then stays as it is, finds that
 * it is early, and goes on: a busy connection touches the loop's heap about once in ten seconds. */
struct deadline {
	struct event *timer;
	int64_t at_ms;       /* monotonic; DEADLINE_NEVER: none */
	int64_t timer_at_ms; /* when the timer goes off: never later than at_ms */
	void (*passed)(void *arg);
	void *arg;
};

/* Prepare it without a time. passed() is called from base's loop, once for each deadline_set(). */
bool deadline_start(struct deadline *d, struct event_base *base, void (*passed)(void *arg),
    void *arg) __attribute__((warn_unused_result));

/* Let it pass in_ms from now, or DEADLINE_NEVER; what was set before is forgotten. */
void deadline_set(struct deadline *d, int64_t in_ms);

/* Free the timer; harmless if it was never started. */
void deadline_stop(struct deadline *d);

#endif
