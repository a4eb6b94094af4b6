/* server.c — what all threads share: made at the start, and the rules in force.
 * SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "limit.h"
#include "metrics.h"
#include "note.h"
#include "site.h"
#include "static.h"

#define VKEY_MAX_BYTES 4096

struct rules_snapshot *
server_rules(struct server *s)
{
	struct rules_snapshot *snapshot;

	pthread_mutex_lock(&s->rules_lock);
	snapshot = s->rules;
	atomic_fetch_add(&snapshot->holders, 1);
	pthread_mutex_unlock(&s->rules_lock);
	return snapshot;
}

void
rules_release(struct rules_snapshot *snapshot)
{
	if (snapshot == NULL || atomic_fetch_sub(&snapshot->holders, 1) != 1)
		return;
	rules_clear(&snapshot->rules);
	free(snapshot);
}

bool
rules_open_door(const struct rules_snapshot *snapshot, struct fault *f)
{
	if (!snapshot->read)
		return fault_set(
		    f, FAULT_STARTING, "", "rules read from the log", "none read since the start");
	return snapshot->rules.present || fault_set(f, FAULT_DOOR_CLOSED, "",
					      "a config as the log's first leaf", "an empty log");
}

static bool
put_in_force(struct server *s, struct rules *rules, const struct catalogue *catalogue,
    int64_t log_size, bool read)
{
	struct rules_snapshot *fresh = calloc(1, sizeof(*fresh)), *old;

	if (fresh == NULL)
		return false;
	fresh->rules = *rules;
	fresh->catalogue = catalogue;
	fresh->log_size = log_size;
	fresh->read = read;
	atomic_init(&fresh->holders, 1);
	rules->body = NULL;
	pthread_mutex_lock(&s->rules_lock);
	old = s->rules;
	s->rules = fresh;
	pthread_mutex_unlock(&s->rules_lock);
	rules_release(old);
	metric_set(s->metrics, METRIC_LOG_SIZE, log_size);
	return true;
}

bool
server_set_rules(
    struct server *s, struct rules *rules, const struct catalogue *catalogue, int64_t log_size)
{
	return put_in_force(s, rules, catalogue, log_size, true);
}

/* ---- failing ---- */

void
server_fail(struct server *s, const struct fault *why)
{
	pthread_mutex_lock(&s->rules_lock);
	if (s->failure.code == FAULT_NONE)
		s->failure = *why;
	pthread_mutex_unlock(&s->rules_lock);
	kill(getpid(), SIGTERM);
}

/* ---- start and end ---- */

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

/* Page, suites and terms stand in the published folder before anybody can ask for them. */
static bool
publish_site(const struct options *o, struct fault *f)
{
	char *suites = path_join(o->published, "suites"),
	     *terms = path_join(o->published, "terms.txt");
	bool done;

	site_sweep(o->published);
	done = suites != NULL && terms != NULL && site_copy(o->webroot, o->published, NULL, f) &&
	       site_copy(o->suites, suites, "catalogue", f) && site_copy_file(o->terms, terms, f);

	free(suites);
	free(terms);
	return done;
}

bool
server_open(struct server *server, const struct options *o, struct fault *f)
{
	struct rules none = {0};

	memset(server, 0, sizeof(*server));
	server->options = o;
	pthread_mutex_init(&server->rules_lock, NULL);
	pthread_mutex_init(&server->catalogues_lock, NULL);
	server->metrics = metrics_new();
	server->limits = limits_new();
	if (!address_ranges_read(
		o->trusted_proxies, "trusted_proxies", &server->trusted_proxies, f))
		return false;
	server->suites = suite_set_load(o->suites, f);
	if (server->suites == NULL || !load_vkey(server, o, f) ||
	    !folder_make(o->published, 0755, f) || !publish_site(o, f))
		return false;
	server->cache = static_cache_new(
	    o->published, (size_t)o->cache_max_bytes, (size_t)o->cache_file_max_bytes);
	return (server->cache != NULL && server->metrics != NULL && server->limits != NULL &&
		   put_in_force(server, &none, NULL, 0, false)) ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for a server", "none");
}

void
server_close(struct server *server)
{
	rules_release(server->rules);
	static_cache_free(server->cache);
	metrics_free(server->metrics);
	limits_free(server->limits);
	suite_set_free((struct suite_set *)server->suites);
	catalogue_set_clear(&server->catalogues);
	free(server->vkey);
	pthread_mutex_destroy(&server->rules_lock);
	pthread_mutex_destroy(&server->catalogues_lock);
}
