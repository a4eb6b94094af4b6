/* serve.c — `assayd serve`: everything between start and stop, in order.
 * SPDX-License-Identifier: Apache-2.0 */
#include "serve.h"

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "log.h"
#include "log_writer.h"
#include "main_loop.h"
#include "note.h"
#include "server.h"
#include "service.h"

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

/* A manager that is told why need not be asked for the log. */
static void
tell_end(struct service *service, bool done, const struct fault *f)
{
	if (!done)
		service_tell(service, "STATUS=%s: %s; expected %s, got %s",
		    fault_info(f->code)->name, f->path, f->expected, f->got);
	service_close(service);
}

static bool
serve_with(struct service *service, const struct options *o, struct fault *f)
{
	struct server server;
	bool done;

	signal(SIGPIPE, SIG_IGN);
	raise_descriptors();
	json_object_seed(0); /* before any thread makes an object */
	if (!log_writer_start())
		return fault_set(f, FAULT_NO_MEMORY, "", "memory and a thread for the log", "none");
	done = server_open(&server, o, f) && main_loop_run(&server, service, o, f);
	free_reloaded(server.options);
	server_close(&server);
	log_event(LOG_LEVEL_INFO, "stopped", "clean=%s", done ? "true" : "false");
	log_writer_stop();
	return done;
}

bool
serve(const struct options *o, struct fault *f)
{
	struct service service;
	bool done =
	    service_take(&service, f) && serve_check_options(o, f) && serve_with(&service, o, f);

	tell_end(&service, done, f);
	return done;
}
