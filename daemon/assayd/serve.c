/* serve.c — `assayd serve`: everything between start and stop, in order.
 * SPDX-License-Identifier: Apache-2.0 */
#include "serve.h"

#include <event2/event.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "leader.h"
#include "listener.h"
#include "log.h"
#include "note.h"
#include "server.h"
#include "static.h"
#include "worker.h"

#define VKEY_MAX_BYTES 4096

static bool
require(const char *name, const char *value, struct fault *f)
{
	return value[0] != 0 || fault_set(f, FAULT_OPTION, name, "a value", "nothing");
}

static bool
check_options(const struct options *o, struct fault *f)
{
	if (!log_set_level(o->log_level))
		return fault_set(f, FAULT_OPTION, "log_level", "debug, info, warn or error",
		    "\"%s\"", o->log_level);
	if (!require("database", o->database, f) || !require("origin", o->origin, f) ||
	    !require("published", o->published, f) || !require("webroot", o->webroot, f) ||
	    !require("suites", o->suites, f) || !require("terms", o->terms, f))
		return false;
	return origin_is_sound(o->origin) ||
	       fault_set(f, FAULT_OPTION, "origin",
		   "1 to 200 bytes without blanks, '+' or control characters", "\"%s\"", o->origin);
}

/* A vkey for another log's name would be pinned by every runner: better not to start. */
static bool
load_vkey(struct server *server, const struct options *o, struct fault *f)
{
	char name[256], *end;
	uint8_t key[KEY_SIZE];
	size_t n;

	if (o->log_vkey[0] == 0)
		return (server->vkey = strdup("")) != NULL;
	if (!file_read(o->log_vkey, VKEY_MAX_BYTES, &server->vkey, &n, f))
		return false;
	end = strchr(server->vkey, '\n');
	if (end != NULL)
		*end = 0;
	if (vkey_read(server->vkey, name, sizeof(name), key) && strcmp(name, o->origin) == 0)
		return true;
	return fault_set(f, FAULT_KEY_FILE, o->log_vkey, "a verifier key of this origin",
	    "\"%.80s\"", server->vkey);
}

static bool
server_open(struct server *server, const struct options *o, struct fault *f)
{
	struct rules none = {0};

	memset(server, 0, sizeof(*server));
	server->options = o;
	pthread_mutex_init(&server->rules_lock, NULL);
	server->suites = suite_set_load(o->suites, f);
	if (server->suites == NULL || !load_vkey(server, o, f) ||
	    !folder_make(o->published, 0755, f))
		return false;
	server->cache = static_cache_new(
	    o->published, (size_t)o->cache_max_bytes, (size_t)o->cache_file_max_bytes);
	return (server->cache != NULL && server_set_rules(server, &none, 0)) ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for a server", "none");
}

static void
server_close(struct server *server)
{
	rules_release(server->rules);
	static_cache_free(server->cache);
	suite_set_free((struct suite_set *)server->suites);
	free(server->vkey);
	pthread_mutex_destroy(&server->rules_lock);
}

static void
on_stop(evutil_socket_t signal_number, short what, void *arg)
{
	struct event_base *base = arg;

	(void)what;
	log_event(LOG_LEVEL_INFO, "stopping", "signal=%d", (int)signal_number);
	event_base_loopbreak(base);
}

static int
workers_wanted(const struct options *o)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (o->workers_n > 0)
		return (int)o->workers_n;
	return cores > 0 ? (int)cores : 1;
}

/* Wait for a signal while the listener accepts. */
static bool
accept_until_stopped(struct event_base *base, struct server *server, struct worker *workers, int n,
    int fd, const char *where, struct fault *f)
{
	struct event *term = evsignal_new(base, SIGTERM, on_stop, base);
	struct event *interrupt = evsignal_new(base, SIGINT, on_stop, base);
	struct listener *listener = listener_new(base, fd, server, workers, n);
	bool done = term != NULL && interrupt != NULL && listener != NULL;

	if (done) {
		event_add(term, NULL);
		event_add(interrupt, NULL);
		log_event(LOG_LEVEL_INFO, "ready", "listen=%s workers=%d", where, n);
		event_base_dispatch(base);
	} else {
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a listener", "none");
	}
	listener_free(listener);
	if (term != NULL)
		event_free(term);
	if (interrupt != NULL)
		event_free(interrupt);
	return done;
}

/* Order matters: the address is taken before any thread starts, the listener closes before the
 * workers drain, and the thread that publishes ends last, so that what was accepted is still
 * sequenced. */
static bool
run(struct server *server, const struct options *o, struct fault *f)
{
	struct event_base *base = event_base_new();
	int n = workers_wanted(o), fd;
	struct worker *workers = NULL;
	struct leader *leader = NULL;
	char where[80];
	bool done = false;

	if (base == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for an event loop", "none");
	fd = listener_bind(o->listen, where, f);
	if (fd >= 0 && (leader = leader_start(server, f)) != NULL &&
	    (workers = workers_start(server, n, f)) != NULL) {
		done = accept_until_stopped(base, server, workers, n, fd, where, f);
		fd = -1;
	}
	if (fd >= 0)
		close(fd);
	if (workers != NULL)
		workers_stop(workers, n);
	leader_stop(leader);
	event_base_free(base);
	return done;
}

bool
serve(const struct options *o, struct fault *f)
{
	struct server server;
	bool done;

	if (!check_options(o, f))
		return false;
	signal(SIGPIPE, SIG_IGN);
	json_object_seed(0); /* before any thread makes an object */
	done = server_open(&server, o, f) && run(&server, o, f);
	server_close(&server);
	log_event(LOG_LEVEL_INFO, "stopped", "clean=%s", done ? "true" : "false");
	return done;
}
