/* main_loop.c — the main thread: signals, accepting, telling the service manager.
 * SPDX-License-Identifier: Apache-2.0 */
#include "main_loop.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "background.h"
#include "listener.h"
#include "log.h"
#include "pulse.h"
#include "serve.h"
#include "worker.h"

/* What the main thread has at hand. */
struct front {
	struct event_base *base;
	struct server *server;
	const struct service *service;
	struct worker *workers;
	int workers_n;
	struct background background;
};

static void
on_stop(evutil_socket_t signal_number, short what, void *arg)
{
	struct front *front = arg;

	(void)what;
	service_tell(front->service, "STOPPING=1\nSTATUS=answering what was asked, then ending");
	log_event(LOG_LEVEL_INFO, "stopping", "signal=%d", (int)signal_number);
	event_base_loopbreak(front->base);
}

static void
tell_change(const char *name, bool live)
{
	if (live)
		log_event(LOG_LEVEL_INFO, "option_changed", "name=%s", name);
	else
		log_event(
		    LOG_LEVEL_WARN, "option_kept", "name=%s reason=\"needs a restart\"", name);
}

/* Threads may hold the old settings for as long as they like: they are freed behind the threads. A
 * broken file changes nothing. */
static void
reload(struct server *server)
{
	struct options *old = (struct options *)server->options, *fresh = calloc(1, sizeof(*fresh));
	struct fault f = {0};

	if (fresh != NULL && options_reread(old, fresh, tell_change, &f) &&
	    serve_check_options(fresh, &f)) {
		fresh->older = old;
		server->options = fresh;
		log_event(LOG_LEVEL_INFO, "reloaded", "config=%s", fresh->config);
		return;
	}
	if (fresh == NULL)
		fault_set(&f, FAULT_NO_MEMORY, "", "memory for settings", "none");
	else
		options_clear(fresh);
	free(fresh);
	log_fault(LOG_LEVEL_ERROR, "reload_failed", &f);
}

static void
on_reload(evutil_socket_t signal_number, short what, void *arg)
{
	struct front *front = arg;

	(void)signal_number;
	(void)what;
	service_tell_reloading(front->service);
	reload(front->server);
	service_tell(front->service, "READY=1\nSTATUS=serving");
}

static int
workers_wanted(const struct options *o)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (o->workers_n > 0)
		return (int)o->workers_n;
	return cores > 0 ? (int)cores : 1;
}

/* What ends or turns the server. */
struct signals {
	struct event *term, *interrupt, *reload;
};

static bool
signals_take(struct signals *s, struct front *front)
{
	s->term = evsignal_new(front->base, SIGTERM, on_stop, front);
	s->interrupt = evsignal_new(front->base, SIGINT, on_stop, front);
	s->reload = evsignal_new(front->base, SIGHUP, on_reload, front);
	return s->term != NULL && s->interrupt != NULL && s->reload != NULL &&
	       event_add(s->term, NULL) == 0 && event_add(s->interrupt, NULL) == 0 &&
	       event_add(s->reload, NULL) == 0;
}

static void
signals_free(struct signals *s)
{
	struct event *const all[] = {s->term, s->interrupt, s->reload};

	for (size_t i = 0; i < 3; i++)
		if (all[i] != NULL)
			event_free(all[i]);
}

/* Takes fd. */
static bool
accept_until_stopped(struct front *front, int fd, struct fault *f)
{
	struct listener *listener =
	    listener_new(front->base, fd, front->server, front->workers, front->workers_n);
	struct pulse *pulse = pulse_new(front->base, front->service, front->server, front->workers,
	    front->workers_n, &front->background);
	bool done = listener != NULL && pulse != NULL;

	if (done) {
		service_tell(front->service, "READY=1\nSTATUS=serving");
		event_base_dispatch(front->base);
	}
	pulse_free(pulse);
	listener_free(listener);
	return done || fault_set(f, FAULT_NO_MEMORY, "", "memory for a listener", "none");
}

/* The service manager's socket outlives us: who connects between our end and the next start waits
 * in its queue. */
static int
take_address(
    const struct service *service, const struct options *o, char where[80], struct fault *f)
{
	if (service->listen_fd < 0)
		return listener_bind(o->listen, where, f);
	listener_where(service->listen_fd, where);
	return service->listen_fd;
}

/* Order matters: the address is taken and signals are heard before any thread starts, the listener
 * closes before the workers drain, and the threads beside them end last, so that what was accepted
 * is still sequenced and shown. */
static bool
run_on(struct front *front, const struct options *o, struct fault *f)
{
	char where[80];
	int fd = take_address(front->service, o, where, f);
	bool done = false;

	front->workers_n = workers_wanted(o);
	if (fd >= 0 && background_start(&front->background, front->server, f) &&
	    (front->workers = workers_start(front->server, front->workers_n, f)) != NULL) {
		log_event(LOG_LEVEL_INFO, "ready", "listen=%s workers=%d passed_on=%s", where,
		    front->workers_n, front->service->listen_fd >= 0 ? "true" : "false");
		done = accept_until_stopped(front, fd, f);
		fd = -1;
	}
	if (fd >= 0)
		close(fd);
	if (front->workers != NULL)
		workers_stop(front->workers, front->workers_n);
	background_stop(&front->background);
	return done;
}

bool
main_loop_run(
    struct server *server, const struct service *service, const struct options *o, struct fault *f)
{
	struct front front = {.base = event_base_new(), .server = server, .service = service};
	struct signals signals = {0};
	bool done;

	if (front.base != NULL && signals_take(&signals, &front))
		done = run_on(&front, o, f);
	else
		done = fault_set(f, FAULT_NO_MEMORY, "", "memory for an event loop", "none");
	signals_free(&signals);
	if (front.base != NULL)
		event_base_free(front.base);
	if (server->failure.code == FAULT_NONE)
		return done;
	*f = server->failure;
	return false;
}
