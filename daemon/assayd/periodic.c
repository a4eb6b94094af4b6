/* periodic.c — a thread that does one thing again and again.
 * SPDX-License-Identifier: Apache-2.0 */
#include "periodic.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

struct periodic {
	int64_t (*turn)(void *arg);
	void *arg;
	atomic_ullong turns; /* begun and ended */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping;
};

/* Returns false once the thread is to end. */
static bool
rest_ms(struct periodic *p, int64_t ms)
{
	struct timespec until;
	bool stopping;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += (ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&p->lock);
	while (!p->stopping && pthread_cond_timedwait(&p->wake, &p->lock, &until) == 0)
		continue;
	stopping = p->stopping;
	pthread_mutex_unlock(&p->lock);
	return !stopping;
}

static int64_t
take_turn(struct periodic *p)
{
	int64_t ms;

	atomic_fetch_add(&p->turns, 1);
	ms = p->turn(p->arg);
	atomic_fetch_add(&p->turns, 1);
	return ms;
}

static void *
run(void *arg)
{
	struct periodic *p = arg;

	while (rest_ms(p, take_turn(p)))
		continue;
	return NULL;
}

uint64_t
periodic_turn(const struct periodic *p)
{
	return atomic_load(&p->turns);
}

static void
destroy(struct periodic *p)
{
	pthread_cond_destroy(&p->wake);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

struct periodic *
periodic_start(int64_t (*turn)(void *arg), void *arg, struct fault *f)
{
	struct periodic *p = calloc(1, sizeof(*p));
	pthread_condattr_t attr;

	if (p == NULL) {
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a thread", "none");
		return NULL;
	}
	p->turn = turn;
	p->arg = arg;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&p->thread, NULL, run, p) == 0)
		return p;
	fault_set(f, FAULT_INTERNAL, "", "one more thread", "none");
	destroy(p);
	return NULL;
}

void
periodic_stop(struct periodic *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_signal(&p->wake);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	destroy(p);
}
