/* slices.h — long work in short pieces: one piece a turn of the loop, whoever's it is.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SLICES_H
#define ASSAYD_SLICES_H

#include <stdbool.h>
#include <sys/queue.h>

struct event_base;
struct slices;

/* One long work. Owned by who adds it, until piece() says that it was the last. */
struct slice {
	TAILQ_ENTRY(slice) link;
	bool (*piece)(void *arg); /* do a little; true: there is more */
	void *arg;
};

/* Returns new; NULL without memory. */
struct slices *slices_new(struct event_base *base);

/* Do what is left at once, and free. slices_free(NULL) is legal. */
void slices_free(struct slices *s);

/* Do it on later turns, taking turns with the others. Without memory for a timer it is done in this
 * call. */
void slices_add(struct slices *s, struct slice *slice);

#endif
