/* slices.c — long work in short pieces: one piece a turn of the loop, whoever's it is.
 * SPDX-License-Identifier: Apache-2.0 */
#include "slices.h"

#include <event2/event.h>
#include <stdlib.h>

TAILQ_HEAD(slice_list, slice);

struct slices {
	struct slice_list waiting;
	struct event *turn;
};

static void
do_piece(struct slices *s)
{
	struct slice *slice = TAILQ_FIRST(&s->waiting);

	TAILQ_REMOVE(&s->waiting, slice, link);
	if (slice->piece(slice->arg))
		TAILQ_INSERT_TAIL(&s->waiting, slice, link);
}

/* A timer that is due at once fires behind the next look at the sockets; an event made active here
 * would run before it. */
static void
go_on(struct slices *s)
{
	static const struct timeval at_once = {0};

	while (!TAILQ_EMPTY(&s->waiting) && event_add(s->turn, &at_once) != 0)
		do_piece(s);
}

static void
on_turn(evutil_socket_t fd, short what, void *arg)
{
	struct slices *s = arg;

	(void)fd;
	(void)what;
	do_piece(s);
	go_on(s);
}

struct slices *
slices_new(struct event_base *base)
{
	struct slices *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	TAILQ_INIT(&s->waiting);
	s->turn = evtimer_new(base, on_turn, s);
	if (s->turn == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

void
slices_free(struct slices *s)
{
	if (s == NULL)
		return;
	while (!TAILQ_EMPTY(&s->waiting))
		do_piece(s);
	event_free(s->turn);
	free(s);
}

void
slices_add(struct slices *s, struct slice *slice)
{
	TAILQ_INSERT_TAIL(&s->waiting, slice, link);
	go_on(s);
}
