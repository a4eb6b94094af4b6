/* worker.c — one thread, one event base, one database connection, many clients.
 * SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "crypto.h"
#include "db.h"
#include "known_keys.h"
#include "log.h"
#include "request.h"
#include "server.h"
#include "slices.h"
#include "store.h"

/* What other threads leave for a worker, under the lock; the eventfd tells it to look. */
struct worker_inbox {
	pthread_mutex_t lock;
	pthread_t thread;
	int *fds;
	size_t fds_n, fds_room;
	bool stop;
	atomic_bool asked; /* for a sign of life, which is to clear it */
	bool running;      /* the thread was made; its maker's */
	bool failed;       /* it could not begin; read once `started` is posted */
	sem_t started;
	int wake_fd;
	struct event *wake;
};

static void
sweep(struct worker *w)
{
	struct request *r;
	struct conn *c;

	while ((r = SLIST_FIRST(&w->dead_requests)) != NULL) {
		SLIST_REMOVE_HEAD(&w->dead_requests, dead);
		request_free(r);
	}
	while ((c = LIST_FIRST(&w->dead_conns)) != NULL)
		conn_free(c);
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;

	(void)fd;
	(void)what;
	sweep(w);
	w->turns++;
	if (w->draining && w->conns_n == 0 && w->requests_n == 0)
		event_base_loopbreak(w->base);
}

void
worker_sweep_later(struct worker *w)
{
	event_active(w->sweeper, EV_TIMEOUT, 0);
}

uint64_t
worker_turn(const struct worker *w)
{
	return (w->turns + 1) << 16 | (uint64_t)w->number;
}

/* ---- the inbox ---- */

static void
wake(struct worker_inbox *inbox)
{
	uint64_t one = 1;
	ssize_t put;

	do {
		put = write(inbox->wake_fd, &one, sizeof(one));
	} while (put < 0 && errno == EINTR);
}

/* The lock is held. */
static bool
inbox_add(struct worker_inbox *inbox, int fd)
{
	size_t room = inbox->fds_room > 0 ? inbox->fds_room * 2 : 64;
	int *fds;

	if (inbox->fds_n == inbox->fds_room) {
		fds = realloc(inbox->fds, room * sizeof(*fds));
		if (fds == NULL)
			return false;
		inbox->fds = fds;
		inbox->fds_room = room;
	}
	inbox->fds[inbox->fds_n++] = fd;
	return true;
}

void
worker_give(struct worker *w, int fd)
{
	struct worker_inbox *inbox = w->inbox;
	bool taken, first;

	pthread_mutex_lock(&inbox->lock);
	first = inbox->fds_n == 0;
	taken = inbox_add(inbox, fd);
	pthread_mutex_unlock(&inbox->lock);
	if (taken && first)
		wake(inbox);
	if (taken)
		return;
	log_event(LOG_LEVEL_WARN, "conn_dropped", "worker=%d reason=memory", w->number);
	atomic_fetch_sub(&w->server->connections_n, 1);
	close(fd);
}

void
worker_ask(struct worker *w)
{
	atomic_store(&w->inbox->asked, true);
	wake(w->inbox);
}

bool
worker_answered(const struct worker *w)
{
	return !atomic_load(&w->inbox->asked);
}

/* Idle connections end now, the rest after their answers, and all after drain_ms. */
static void
begin_drain(struct worker *w)
{
	int64_t ms = w->server->options->drain_ms;
	struct timeval t = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};

	w->draining = true;
	conns_drain(w);
	event_base_loopexit(w->base, &t);
	worker_sweep_later(w);
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;
	struct worker_inbox *inbox = w->inbox;
	uint64_t times;
	size_t n;
	int *fds;
	bool stop;

	(void)what;
	(void)!read(fd, &times, sizeof(times));
	atomic_store(&inbox->asked, false);
	pthread_mutex_lock(&inbox->lock);
	fds = inbox->fds;
	n = inbox->fds_n;
	stop = inbox->stop;
	inbox->fds = NULL;
	inbox->fds_n = inbox->fds_room = 0;
	pthread_mutex_unlock(&inbox->lock);
	for (size_t i = 0; i < n; i++)
		conn_start(w, fds[i]);
	free(fds);
	if (stop && !w->draining)
		begin_drain(w);
}

/* ---- the thread ---- */

/* Connections first, so that what the database then gives up finds no client. */
static void
finish(struct worker *w)
{
	struct conn *c;

	event_del(w->inbox->wake);
	while ((c = LIST_FIRST(&w->conns)) != NULL)
		conn_end(c, CONN_END_STOPPED);
	slices_free(w->slices); /* what is left of them still asks the database */
	db_free(w->db);
	store_free(w->store); /* behind db_free(), which still tells it of its batch */
	known_keys_free(w->known);
	free(w->history);
	w->db = NULL;
	sweep(w);
	/* libevent frees what belonged to a connection one turn later. */
	event_base_loop(w->base, EVLOOP_NONBLOCK);
	if (w->requests_n > 0)
		log_event(
		    LOG_LEVEL_ERROR, "requests_lost", "worker=%d n=%zu", w->number, w->requests_n);
}

static void *
run(void *arg)
{
	struct worker *w = arg;
	char name[16]; /* what top and debuggers show; no more fits */
	bool good;

	snprintf(name, sizeof(name), "worker %d", w->number);
	pthread_setname_np(pthread_self(), name);
	w->db = db_new(w);
	w->store = store_new(w);
	w->known = known_keys_new();
	w->slices = slices_new(w->base);
	good = w->db != NULL && w->store != NULL && w->known != NULL && w->slices != NULL;
	w->inbox->failed = !good;
	sem_post(&w->inbox->started);
	if (good)
		event_base_dispatch(w->base);
	finish(w);
	return NULL;
}

/* ---- all of them ---- */

static struct event_base *
make_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	/* One thread owns it, so its locks would only cost. */
	if (config != NULL && event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0)
		base = event_base_new_with_config(config);
	if (config != NULL)
		event_config_free(config);
	return base;
}

static bool
make_inbox(struct worker *w)
{
	struct worker_inbox *inbox = calloc(1, sizeof(*inbox));

	if (inbox == NULL)
		return false;
	w->inbox = inbox;
	pthread_mutex_init(&inbox->lock, NULL);
	sem_init(&inbox->started, 0, 0);
	inbox->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (inbox->wake_fd < 0)
		return false;
	inbox->wake = event_new(w->base, inbox->wake_fd, EV_READ | EV_PERSIST, on_wake, w);
	return inbox->wake != NULL && event_add(inbox->wake, NULL) == 0;
}

/* Signals are the main thread's. */
static bool
start_thread(struct worker *w)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&w->inbox->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	w->inbox->running = error == 0;
	while (error == 0 && sem_wait(&w->inbox->started) != 0)
		continue;
	return error == 0 && !w->inbox->failed;
}

static bool
worker_start(struct worker *w, struct server *server, int number)
{
	w->number = number;
	w->server = server;
	w->metrics = server->metrics;
	LIST_INIT(&w->conns);
	LIST_INIT(&w->dead_conns);
	SLIST_INIT(&w->dead_requests);
	crypto_random(&w->id_state, sizeof(w->id_state));
	w->base = make_base();
	if (w->base == NULL || !make_inbox(w))
		return false;
	w->sweeper = event_new(w->base, -1, 0, on_sweep, w);
	return w->sweeper != NULL && start_thread(w);
}

static void
inbox_free(struct worker_inbox *inbox)
{
	if (inbox == NULL)
		return;
	for (size_t i = 0; i < inbox->fds_n; i++)
		close(inbox->fds[i]);
	free(inbox->fds);
	if (inbox->wake != NULL)
		event_free(inbox->wake);
	if (inbox->wake_fd >= 0)
		close(inbox->wake_fd);
	sem_destroy(&inbox->started);
	pthread_mutex_destroy(&inbox->lock);
	free(inbox);
}

static void
worker_clear(struct worker *w)
{
	inbox_free(w->inbox);
	if (w->sweeper != NULL)
		event_free(w->sweeper);
	if (w->base != NULL)
		event_base_free(w->base);
	text_clear(&w->head);
}

struct worker *
workers_start(struct server *server, int n, struct fault *f)
{
	struct worker *workers = calloc((size_t)n, sizeof(*workers));
	int started = 0;

	/* libevent writes with writev(2), which knows no MSG_NOSIGNAL. */
	signal(SIGPIPE, SIG_IGN);
	while (workers != NULL && started < n && worker_start(&workers[started], server, started))
		started++;
	if (workers != NULL && started == n)
		return workers;
	fault_set(f, FAULT_INTERNAL, "", "memory, descriptors and a thread for each worker",
	    "%d of %d workers", started, n);
	if (workers != NULL)
		workers_stop(workers, started < n ? started + 1 : n);
	return NULL;
}

static void
ask_to_stop(struct worker_inbox *inbox)
{
	pthread_mutex_lock(&inbox->lock);
	inbox->stop = true;
	pthread_mutex_unlock(&inbox->lock);
	wake(inbox);
}

void
workers_stop(struct worker *workers, int n)
{
	for (int i = 0; i < n; i++)
		if (workers[i].inbox != NULL && workers[i].inbox->running)
			ask_to_stop(workers[i].inbox);
	for (int i = 0; i < n; i++) {
		if (workers[i].inbox != NULL && workers[i].inbox->running)
			pthread_join(workers[i].inbox->thread, NULL);
		worker_clear(&workers[i]);
	}
	free(workers);
}
