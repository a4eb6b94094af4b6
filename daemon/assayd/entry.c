/* entry.c — what a statement must pass before the database is asked anything.
 * SPDX-License-Identifier: Apache-2.0 */
#include "entry.h"

#include <string.h>
#include <time.h>

#include "admit.h"
#include "history.h"
#include "known_keys.h"
#include "metrics.h"
#include "server.h"
#include "submission.h"
#include "worker.h"

static int64_t
wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool
entry_knows(const struct worker *w, const uint8_t key[KEY_SIZE])
{
	return known_keys_has(w->known, key, admit_now_ms());
}

/* Verifying costs more than all else here, and anyone can make keys. */
static bool
admit_key(const struct candidate *c, const struct statement *st, struct fault *f)
{
	return entry_knows(c->worker, st->key) ||
	       (c->proven != NULL && memcmp(c->proven, st->key, KEY_SIZE) == 0) ||
	       admit_unknown_key(c->worker->server, c->peer, f);
}

/* statement_open(), and how long the signature took. */
static bool
open_measured(const struct candidate *c, struct statement *out, struct fault *f)
{
	struct envelope envelope;
	bool done = statement_read(c->data, c->n, &envelope, out, f) && admit_key(c, out, f);

	if (done) {
		int64_t began_us = metric_now_us();

		done = statement_verify(&envelope, out, f);
		metric_observe(c->worker->metrics, METRIC_VERIFY_TIME, metric_now_us() - began_us);
	}
	envelope_clear(&envelope);
	return done && statement_check(out, f);
}

bool
entry_check(
    const struct candidate *c, struct statement *out, const struct suite **suite, struct fault *f)
{
	struct server *server = c->worker->server;
	struct rules_snapshot *in_force = server_rules(server);
	bool done = rules_open_door(in_force, f) && open_measured(c, out, f) &&
		    door_check(out, &in_force->rules, server->suites, wall_ms(), f) &&
		    history_check(&c->worker->history, server, out, f);

	rules_release(in_force);
	if (done && out->kind == KIND_SUBMISSION)
		*suite = submission_suite(out->body, server->suites, NULL);
	return done;
}

bool
entry_check_signer(
    struct worker *w, const struct statement *st, const struct signer *who, struct fault *f)
{
	struct rules_snapshot *in_force = server_rules(w->server);
	bool done = door_check_signer(st, &in_force->rules, who, f);

	rules_release(in_force);
	if (done && who->enrolled && !who->suspended)
		known_keys_add(w->known, st->key, admit_now_ms());
	return done;
}
