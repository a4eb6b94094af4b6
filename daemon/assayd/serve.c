/* serve.c — `assayd serve`: everything between start and stop, in order.
 * SPDX-License-Identifier: Apache-2.0 */
#include "serve.h"

#include <event2/event.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "background.h"
#include "listener.h"
#include "log.h"
#include "log_writer.h"
#include "note.h"
#include "server.h"
#include "worker.h"

static bool
require(const char *name, const char *value, struct fault *f)
{
	return value[0] != 0 || fault_set(f, FAULT_OPTION, name, "a value", "nothing");
}

bool
serve_check_options(const struct options *o, struct fault *f)
{
	struct address_ranges proxies;

	if (!log_set_level(o->log_level))
		return fault_set(f, FAULT_OPTION, "log_level", "debug, info, warn or error",
		    "\"%s\"", o->log_level);
	if (!address_ranges_read(o->trusted_proxies, "trusted_proxies", &proxies, f))
		return false;
	if (!require("database", o->database, f) || !require("origin", o->origin, f) ||
	    !require("published", o->published, f) || !require("webroot", o->webroot, f) ||
	    !require("suites", o->suites, f) || !require("terms", o->terms, f))
		return false;
	return origin_is_sound(o->origin) ||
	       fault_set(f, FAULT_OPTION, "origin",
		   "1 to 200 bytes without blanks, '+' or control characters", "\"%s\"", o->origin);
}

static void
on_stop(evutil_socket_t signal_number, short what, void *arg)
{
	struct event_base *base = arg;

	(void)what;
	log_event(LOG_LEVEL_INFO, "stopping", "signal=%d", (int)signal_number);
	event_base_loopbreak(base);
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
on_reload(evutil_socket_t signal_number, short what, void *arg)
{
	struct server *server = arg;
	struct options *old = (struct options *)server->options, *fresh = calloc(1, sizeof(*fresh));
	struct fault f = {0};

	(void)signal_number;
	(void)what;
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

/* All but the first, which the caller owns. */
static void
free_reloaded(const struct options *newest)
{
	struct options *o = (struct options *)newest, *older;

	for (; o != NULL && o->older != NULL; o = older) {
		older = o->older;
		options_clear(o);
		free(o);
	}
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
signals_take(struct signals *s, struct event_base *base, struct server *server)
{
	s->term = evsignal_new(base, SIGTERM, on_stop, base);
	s->interrupt = evsignal_new(base, SIGINT, on_stop, base);
	s->reload = evsignal_new(base, SIGHUP, on_reload, server);
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
accept_until_stopped(struct event_base *base, struct server *server, struct worker *workers, int n,
    int fd, struct fault *f)
{
	struct listener *listener = listener_new(base, fd, server, workers, n);

	if (listener == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a listener", "none");
	event_base_dispatch(base);
	listener_free(listener);
	return true;
}

/* Order matters: the address is taken and signals are heard before any thread starts, the listener
 * closes before the workers drain, and the threads beside them end last, so that what was accepted
 * is still sequenced and shown. */
static bool
run_on(struct event_base *base, struct server *server, const struct options *o, struct fault *f)
{
	int n = workers_wanted(o), fd;
	struct worker *workers = NULL;
	struct background background = {0};
	char where[80];
	bool done = false;

	fd = listener_bind(o->listen, where, f);
	if (fd >= 0 && background_start(&background, server, f) &&
	    (workers = workers_start(server, n, f)) != NULL) {
		log_event(LOG_LEVEL_INFO, "ready", "listen=%s workers=%d", where, n);
		done = accept_until_stopped(base, server, workers, n, fd, f);
		fd = -1;
	}
	if (fd >= 0)
		close(fd);
	if (workers != NULL)
		workers_stop(workers, n);
	background_stop(&background);
	return done;
}

static bool
run(struct server *server, const struct options *o, struct fault *f)
{
	struct event_base *base = event_base_new();
	struct signals signals = {0};
	bool done;

	if (base != NULL && signals_take(&signals, base, server))
		done = run_on(base, server, o, f);
	else
		done = fault_set(f, FAULT_NO_MEMORY, "", "memory for an event loop", "none");
	signals_free(&signals);
	if (base != NULL)
		event_base_free(base);
	if (server->failure.code == FAULT_NONE)
		return done;
	*f = server->failure;
	return false;
}

/* Many systems give a process 1,024 descriptors and let it ask for more. Without them the listener
 * pauses, which is no fault. */
static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)!setrlimit(RLIMIT_NOFILE, &limit);
}

bool
serve(const struct options *o, struct fault *f)
{
	struct server server;
	bool done;

	if (!serve_check_options(o, f))
		return false;
	signal(SIGPIPE, SIG_IGN);
	raise_descriptors();
	json_object_seed(0); /* before any thread makes an object */
	if (!log_writer_start())
		return fault_set(f, FAULT_NO_MEMORY, "", "memory and a thread for the log", "none");
	done = server_open(&server, o, f) && run(&server, o, f);
	free_reloaded(server.options);
	server_close(&server);
	log_event(LOG_LEVEL_INFO, "stopped", "clean=%s", done ? "true" : "false");
	log_writer_stop();
	return done;
}
