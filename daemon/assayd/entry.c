/* entry.c — what a statement must pass before the database is asked anything.
 * SPDX-License-Identifier: Apache-2.0 */
#include "entry.h"

#include <time.h>

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

/* statement_open(), and how long the signature took. */
static bool
open_measured(struct worker *w, const void *data, size_t n, struct statement *out, struct fault *f)
{
	struct envelope e;
	bool done = statement_read(data, n, &e, out, f);

	if (done) {
		int64_t began_us = metric_now_us();

		done = statement_verify(&e, out, f);
		metric_observe(w->metrics, METRIC_VERIFY_TIME, metric_now_us() - began_us);
	}
	envelope_clear(&e);
	return done && statement_check(out, f);
}

bool
entry_check(struct worker *w, const void *envelope, size_t n, struct statement *out,
    const struct suite **suite, struct fault *f)
{
	struct server *server = w->server;
	struct rules_snapshot *in_force = server_rules(server);
	bool done = rules_open_door(in_force, f) && open_measured(w, envelope, n, out, f) &&
		    door_check(out, &in_force->rules, server->suites, wall_ms(), f);

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
	return done;
}
