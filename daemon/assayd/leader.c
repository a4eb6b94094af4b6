/* leader.c — the thread that leads: who leads, in which order, what after a failure.
 * SPDX-License-Identifier: Apache-2.0 */
#include "leader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dbsync.h"
#include "endorse.h"
#include "leading.h"
#include "log.h"
#include "logged_rules.h"
#include "metrics.h"
#include "periodic.h"
#include "sequence.h"

#define RETRY_MS 500
#define BATCHES_A_STEP 32 /* under one signature */

/* Above the pause between two steps: how long a leader may be silent before the database ends its
 * connection, so that another can lead. */
#define SILENCE_MS 3000

struct leader {
	struct server *server;
	struct dbsync *db;
	struct periodic *thread;
	struct signer_client *signer; /* NULL: this node has no log key and never leads */
	struct leading kept;
	int64_t rules_size; /* of the log when the rules were last read; -1: never */
	int64_t silence_ms; /* as the connection was told; 0: not yet */
	bool leads;
	bool unservable; /* told once, until it changes */
};

static bool
limit_silence(struct leader *l, struct fault *f)
{
	int64_t ms = SILENCE_MS + l->server->options->publish_interval_ms;
	char number[24];
	struct db_param param = {.data = number};
	struct db_rows *rows;

	if (ms == l->silence_ms)
		return true;
	param.n = (size_t)snprintf(number, sizeof(number), "%lld", (long long)ms);
	rows = dbsync_ask(l->db, QUERY_LEAD_SILENCE, &param, f);
	dbsync_free(rows);
	l->silence_ms = rows != NULL ? ms : 0;
	return rows != NULL;
}

/* The lock lives in the same connection that writes: who has lost it cannot write either. */
static bool
try_to_lead(struct leader *l, struct fault *f)
{
	struct db_rows *rows;
	bool locked;

	if (l->leads || l->signer == NULL || !l->server->options->lead ||
	    !atomic_load(&l->server->history_holds))
		return true;
	rows = dbsync_ask(l->db, QUERY_LEAD, NULL, f);
	if (rows == NULL)
		return false;
	locked = db_bool(rows, 0, 0);
	dbsync_free(rows);
	if (!locked)
		return true;
	if (!endorse_may(l->server, l->db, f))
		return false;
	l->leads = true;
	metric_set(l->server->metrics, METRIC_LEADING, 1);
	log_event(LOG_LEVEL_INFO, "leading", "pid=%d", (int)getpid());
	return true;
}

/* Put the newest config in force on this node, if the log has grown. */
static bool
refresh_rules(struct leader *l, struct fault *f)
{
	struct db_rows *head = dbsync_ask(l->db, QUERY_HEAD, NULL, f);
	const struct catalogue *catalogue = NULL;
	struct rules rules = {0};
	int64_t size = head != NULL && db_rows_n(head) == 1 ? db_whole(head, 0, 0) : -1;
	bool done = size >= 0;

	if (done && size != l->rules_size) {
		done = logged_rules_get(l->server, l->db, &rules, &catalogue, f) &&
		       server_set_rules(l->server, &rules, catalogue, size);
		l->rules_size = done ? size : l->rules_size;
		rules_clear(&rules);
	}
	dbsync_free(head);
	return done || fault_set(f, FAULT_DATABASE, "", "one row in log_head", "another number");
}

/* A build that does not know the config in force must not settle anything by it. */
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

/* What a crash left unsigned is signed first. The rules are read again behind a batch, so that
 * workers hear of a config as soon as it is logged. */
/* Batches that are short for a watch's sake share one signature. */
static bool
sequence_some(struct leader *l, bool *more, struct fault *f)
{
	size_t n = 0;

	do
		if (!sequence(l->server, l->db, &l->kept, more, f))
			return false;
	while (*more && l->kept.brief && ++n < BATCHES_A_STEP);
	return true;
}

static bool
step(struct leader *l, bool *more, struct fault *f)
{
	*more = false;
	if (!limit_silence(l, f) || !refresh_rules(l, f))
		return false;
	if (!can_serve(l))
		return true;
	if (!try_to_lead(l, f))
		return false;
	if (l->leads && (!endorse(l->signer, l->db, f) || !sequence_some(l, more, f) ||
			    !endorse(l->signer, l->db, f)))
		return false;
	return refresh_rules(l, f);
}

static void
disconnect(struct leader *l)
{
	if (l->leads)
		log_event(LOG_LEVEL_WARN, "leading_ended", "pid=%d", (int)getpid());
	l->leads = false;
	l->silence_ms = 0;
	leading_forget(&l->kept);
	metric_set(l->server->metrics, METRIC_LEADING, 0);
	dbsync_close(l->db);
	l->db = NULL;
}

/* A failed step may have left a transaction half done: only a fresh connection is known to be
 * clean. */
static int64_t
turn(void *arg)
{
	struct leader *l = arg;
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

/* Every node that may lead holds the log's key, or knows a signer that does. */
static bool
find_signer(struct leader *l, struct fault *f)
{
	const struct options *o = l->server->options;

	if (!o->lead)
		return true;
	if (o->log_key[0] == 0 && o->signer_socket[0] == 0) {
		log_event(
		    LOG_LEVEL_WARN, "never_leads", "why=\"neither log_key nor signer_socket\"");
		return true;
	}
	l->signer = signer_client_new(o, l->server->vkey, f);
	return l->signer != NULL;
}

static void
leader_free(struct leader *l)
{
	disconnect(l);
	signer_client_free(l->signer);
	free(l);
}

struct leader *
leader_start(struct server *server, struct fault *f)
{
	struct leader *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a leader", "none");
		return NULL;
	}
	l->server = server;
	l->rules_size = -1;
	if (find_signer(l, f) && (l->thread = periodic_start(turn, l, f)) != NULL)
		return l;
	leader_free(l);
	return NULL;
}

uint64_t
leader_turn(const struct leader *l)
{
	return periodic_turn(l->thread);
}

void
leader_stop(struct leader *l)
{
	if (l == NULL)
		return;
	periodic_stop(l->thread);
	leader_free(l);
}
