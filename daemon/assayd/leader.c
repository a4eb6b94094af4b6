/* leader.c — the thread that leads and publishes: who leads, in which order, what after a failure.
 * SPDX-License-Identifier: Apache-2.0 */
#include "leader.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dbsync.h"
#include "log.h"
#include "publish.h"
#include "sequence.h"

#define RETRY_MS 500

struct leader {
	struct server *server;
	struct publisher *publisher;
	struct dbsync *db;
	bool leads;
	bool unservable; /* told once, until it changes */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping;
};

static void
log_fault(enum log_level level, const char *event, const struct fault *f)
{
	char path[300], expected[300], got[300];

	log_event(level, event, "code=%s path=%s expected=%s got=%s", fault_info(f->code)->name,
	    log_quote(f->path, path, sizeof(path)),
	    log_quote(f->expected, expected, sizeof(expected)),
	    log_quote(f->got, got, sizeof(got)));
}

/* The lock lives in the same connection that writes: who has lost it cannot write either. */
static bool
try_to_lead(struct leader *l, struct fault *f)
{
	struct db_rows *rows;

	if (l->leads || !l->server->options->lead)
		return true;
	rows = dbsync_ask(l->db, QUERY_LEAD, NULL, f);
	if (rows == NULL)
		return false;
	l->leads = db_bool(rows, 0, 0);
	dbsync_free(rows);
	if (l->leads)
		log_event(LOG_LEVEL_INFO, "leading", "pid=%d", (int)getpid());
	return true;
}

/* A build that does not know the config in force must not settle or show anything by it. */
static bool
can_serve(struct leader *l)
{
	struct rules_snapshot *in_force = server_rules(l->server);
	struct fault f = {0};
	bool can =
	    !in_force->rules.present || rules_servable(&in_force->rules, l->server->suites, &f);

	rules_release(in_force);
	if (!can && !l->unservable)
		log_fault(LOG_LEVEL_ERROR, "config_not_servable", &f);
	l->unservable = !can;
	return can;
}

static bool
step(struct leader *l, bool *more, struct fault *f)
{
	*more = false;
	if (!publisher_refresh_rules(l->publisher, l->db, f))
		return false;
	if (!can_serve(l))
		return true;
	if (!try_to_lead(l, f))
		return false;
	if (l->leads && !sequence(l->server, l->db, more, f))
		return false;
	if (!publisher_refresh_rules(l->publisher, l->db, f))
		return false;
	return !can_serve(l) || publisher_publish(l->publisher, l->db, f);
}

static void
disconnect(struct leader *l)
{
	if (l->leads)
		log_event(LOG_LEVEL_WARN, "leading_ended", "pid=%d", (int)getpid());
	l->leads = false;
	dbsync_close(l->db);
	l->db = NULL;
}

/* Returns false once the thread is to end. */
static bool
wait_ms(struct leader *l, int64_t ms)
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
	pthread_mutex_lock(&l->lock);
	while (!l->stopping && pthread_cond_timedwait(&l->wake, &l->lock, &until) == 0)
		continue;
	stopping = l->stopping;
	pthread_mutex_unlock(&l->lock);
	return !stopping;
}

/* A failed step may have left a transaction half done: only a fresh connection is known to be
 * clean. */
static int64_t
turn(struct leader *l)
{
	struct fault f = {0};
	bool more = false;

	if (l->db == NULL)
		l->db = dbsync_open(l->server->options->database, "assayd leader", &f);
	if (l->db != NULL && step(l, &more, &f))
		return more ? 0 : l->server->options->publish_interval_ms;
	log_fault(LOG_LEVEL_WARN, "leader_step_failed", &f);
	disconnect(l);
	return RETRY_MS;
}

static void *
run(void *arg)
{
	struct leader *l = arg;

	while (wait_ms(l, turn(l)))
		continue;
	disconnect(l);
	return NULL;
}

struct leader *
leader_start(struct server *server, struct fault *f)
{
	struct leader *l = calloc(1, sizeof(*l));
	pthread_condattr_t attr;

	if (l == NULL) {
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a thread", "none");
		return NULL;
	}
	l->server = server;
	l->publisher = publisher_new(server);
	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (l->publisher != NULL && pthread_create(&l->thread, NULL, run, l) == 0)
		return l;
	fault_set(f, FAULT_INTERNAL, "", "a thread that leads and publishes", "none");
	publisher_free(l->publisher);
	free(l);
	return NULL;
}

void
leader_stop(struct leader *l)
{
	if (l == NULL)
		return;
	pthread_mutex_lock(&l->lock);
	l->stopping = true;
	pthread_cond_signal(&l->wake);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->thread, NULL);
	publisher_free(l->publisher);
	pthread_cond_destroy(&l->wake);
	pthread_mutex_destroy(&l->lock);
	free(l);
}
