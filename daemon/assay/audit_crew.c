/* audit_crew.c — lines are taken by a few, by whoever has nothing to do.
 * SPDX-License-Identifier: Apache-2.0 */
#include "audit_crew.h"

#include <string.h>

#define CHUNK_N 8 /* lines that a thread takes at once */

/* Check some lines that nobody has taken; false if there are none. Called with the lock, which is
 * let go meanwhile. */
static bool
crew_step(struct crew *c)
{
	for (uint64_t k = c->dropped; k < c->given && !c->held; k++) {
		struct bundle *b = &c->ring[k % CREW_AHEAD_N];
		unsigned int from = b->taken, left = b->tile.width - from,
			     n = left < CHUNK_N ? left : CHUNK_N;

		if (n == 0)
			continue;
		b->taken += n;
		c->busy++;
		pthread_mutex_unlock(&c->lock);
		for (unsigned int i = from; i < from + n; i++)
			bundle_check(c->audit, b, i);
		pthread_mutex_lock(&c->lock);
		c->busy--;
		b->checked += n;
		if (b->checked == b->tile.width || c->held)
			pthread_cond_signal(&c->done);
		return true;
	}
	return false;
}

static void *
crew_work(void *arg)
{
	struct crew *c = arg;

	pthread_mutex_lock(&c->lock);
	while (!c->over)
		if (!crew_step(c))
			pthread_cond_wait(&c->more, &c->lock);
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

void
crew_start(struct crew *c, const struct audit *a, struct bundle *ring, int threads_n)
{
	memset(c, 0, sizeof(*c));
	c->audit = a;
	c->ring = ring;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->more, NULL);
	pthread_cond_init(&c->done, NULL);
	while (c->n < threads_n - 1 && c->n < CREW_THREADS_MAX &&
	       pthread_create(&c->threads[c->n], NULL, crew_work, c) == 0)
		c->n++;
}

void
crew_give(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	c->given++;
	pthread_cond_broadcast(&c->more);
	pthread_mutex_unlock(&c->lock);
}

void
crew_finish(struct crew *c, const struct bundle *b)
{
	pthread_mutex_lock(&c->lock);
	while (b->checked < b->tile.width)
		if (!crew_step(c))
			pthread_cond_wait(&c->done, &c->lock);
	pthread_mutex_unlock(&c->lock);
}

void
crew_drop(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	c->dropped++;
	pthread_mutex_unlock(&c->lock);
}

void
crew_hold(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	c->held = true;
	while (c->busy > 0)
		pthread_cond_wait(&c->done, &c->lock);
	pthread_mutex_unlock(&c->lock);
}

void
crew_release(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	c->held = false;
	pthread_cond_broadcast(&c->more);
	pthread_mutex_unlock(&c->lock);
}

void
crew_end(struct crew *c)
{
	pthread_mutex_lock(&c->lock);
	c->over = true;
	pthread_cond_broadcast(&c->more);
	pthread_mutex_unlock(&c->lock);
	for (int i = 0; i < c->n; i++)
		pthread_join(c->threads[i], NULL);
	pthread_cond_destroy(&c->done);
	pthread_cond_destroy(&c->more);
	pthread_mutex_destroy(&c->lock);
}
