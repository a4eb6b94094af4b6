/* metrics_get.c — GET /metrics: what is asked for at the moment of asking, then the whole table.
 * SPDX-License-Identifier: Apache-2.0 */
#include "metrics_get.h"

#include <dirent.h>
#include <sys/resource.h>

#include "db.h"
#include "log_writer.h"
#include "metrics.h"
#include "request.h"
#include "server.h"
#include "worker.h"

bool
metrics_get_check(struct request *r, struct fault *f)
{
	return r->worker->server->options->metrics ||
	       fault_set(f, FAULT_NOT_FOUND, NULL, "a path of this server", "\"%s\"", r->path);
}

/* Without the three of ".", ".." and the folder itself. */
static int64_t
open_fds(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int64_t n = -3;

	if (folder == NULL)
		return METRIC_ABSENT;
	while (readdir(folder) != NULL)
		n++;
	closedir(folder);
	return n;
}

static int64_t
max_fds(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (int64_t)limit.rlim_cur : METRIC_ABSENT;
}

static void
answer(struct request *r)
{
	struct server *server = r->worker->server;
	struct answer a = {
	    .status = 200, .content_type = "text/plain; version=0.0.4; charset=utf-8"};

	metric_set(server->metrics, METRIC_CONNECTIONS, atomic_load(&server->connections_n));
	metric_set(server->metrics, METRIC_OPEN_FDS, open_fds());
	metric_set(server->metrics, METRIC_MAX_FDS, max_fds());
	metric_set(server->metrics, METRIC_LOG_LINES_LOST, log_lost_n());
	metrics_print(server->metrics, &a.body);
	request_answer(r, &a);
}

static void
set_lag(struct metrics *m, const struct db_rows *rows)
{
	metric_set(m, METRIC_PENDING, rows != NULL ? db_whole(rows, 0, 0) : METRIC_ABSENT);
	metric_set(
	    m, METRIC_PENDING_AGE, rows != NULL ? db_whole(rows, 0, 1) * 1000 : METRIC_ABSENT);
}

/* Nothing pending: its age is null, which reads as 0. */
static void
on_lag(void *arg, const struct db_rows *rows, const struct fault *fault)
{
	struct request *r = arg;

	(void)fault;
	set_lag(r->worker->metrics, rows);
	answer(r);
}

void
metrics_get_proceed(struct request *r)
{
	struct fault f = {0};

	if (db_is_up(r->worker->db) && db_ask(r->worker->db, QUERY_LAG, NULL, on_lag, r, &f))
		return;
	set_lag(r->worker->metrics, NULL);
	answer(r);
}
