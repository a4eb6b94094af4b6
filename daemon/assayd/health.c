/* health.c — is the process alive, is it ready for statements?
 * SPDX-License-Identifier: Apache-2.0 */
#include "health.h"

#include "db.h"
#include "request.h"
#include "server.h"
#include "worker.h"

static void
answer(struct request *r, const char *status)
{
	struct answer a = {.status = 200, .content_type = "application/json"};

	text_addf(&a.body, "{\"status\":\"%s\"}\n", status);
	request_answer(r, &a);
}

void
healthz_proceed(struct request *r)
{
	answer(r, "ok");
}

static void
on_ping(void *arg, const struct db_rows *rows, const struct fault *fault)
{
	struct request *r = arg;

	(void)rows;
	if (fault != NULL)
		request_fault(r, fault);
	else
		answer(r, "ready");
}

void
readyz_proceed(struct request *r)
{
	struct rules_snapshot *in_force = server_rules(r->worker->server);
	struct fault f = {0};
	bool good;

	if (!db_is_up(r->worker->db))
		fault_set(&f, FAULT_DATABASE, "", "a connection to the database", "none now");
	good = f.code == FAULT_NONE && rules_open_door(in_force, &f) &&
	       db_ask(r->worker->db, QUERY_PING, NULL, on_ping, r, &f);
	rules_release(in_force);
	if (!good)
		request_fault(r, &f);
}
