/* pulse.c — tell the service manager that every thread still works.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pulse.h"

#include <event2/event.h>
#include <stdlib.h>
#include <time.h>

#include "background.h"
#include "leader.h"
#include "log.h"
#include "metrics.h"
#include "server.h"
#include "service.h"
#include "worker.h"

#define BEATS_N 4 /* within the manager's patience */
#define UNWATCHED_MS 10000

struct pulse {
	const struct service *service;
	struct server *server;
	struct worker *workers;
	int workers_n;
	struct background *background;
	struct event *timer;
	uint64_t leader_turn; /* as last seen */
};

/* Returns what does not move, NULL if all does. *number: which worker. */
static const char *
who_is_stuck(struct pulse *p, int *number)
{
	uint64_t turn = leader_turn(p->background->leader);
	bool inside = turn % 2 != 0, same = turn == p->leader_turn;

	p->leader_turn = turn;
	for (*number = 0; *number < p->workers_n; (*number)++)
		if (!worker_answered(&p->workers[*number]))
			return "worker";
	return inside && same ? "leader" : NULL;
}

static void
beat(struct pulse *p)
{
	const struct metrics *m = p->server->metrics;
	const char *role = metric_value(m, METRIC_LEADING, 0) ? "leading" : "not leading";

	service_tell(p->service, "WATCHDOG=1\nSTATUS=serving, %s, log size %lld, %lld connections",
	    role, (long long)metric_value(m, METRIC_LOG_SIZE, 0),
	    (long long)metric_value(m, METRIC_CONNECTIONS, 0));
}

static void
on_beat(evutil_socket_t fd, short what, void *arg)
{
	struct pulse *p = arg;
	int number = 0;
	const char *stuck = who_is_stuck(p, &number);

	(void)fd;
	(void)what;
	if (stuck == NULL) {
		beat(p);
	} else {
		log_event(LOG_LEVEL_ERROR, "thread_stuck", "thread=%s number=%d", stuck, number);
		service_tell(p->service, "STATUS=a thread is stuck: %s %d", stuck, number);
	}
	for (int i = 0; i < p->workers_n; i++)
		worker_ask(&p->workers[i]);
}

struct pulse *
pulse_new(struct event_base *base, const struct service *service, struct server *server,
    struct worker *workers, int workers_n, struct background *background)
{
	struct pulse *p = calloc(1, sizeof(*p));
	int64_t ms = service->watchdog_ms > 0 ? service->watchdog_ms / BEATS_N : UNWATCHED_MS;
	struct timeval t = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};

	if (p == NULL)
		return NULL;
	*p = (struct pulse){service, server, workers, workers_n, background, NULL, 0};
	p->timer = event_new(base, -1, EV_PERSIST, on_beat, p);
	if (p->timer == NULL || event_add(p->timer, &t) != 0) {
		pulse_free(p);
		return NULL;
	}
	for (int i = 0; i < workers_n; i++)
		worker_ask(&workers[i]);
	return p;
}

void
pulse_free(struct pulse *p)
{
	if (p == NULL)
		return;
	if (p->timer != NULL)
		event_free(p->timer);
	free(p);
}
