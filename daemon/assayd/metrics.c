/* metrics.c — the table of metrics, their cells, and the text that Prometheus reads.
 * SPDX-License-Identifier: Apache-2.0 */
#include "metrics.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "conn.h"
#include "fault.h"
#include "http.h"
#include "route.h"

#define ROUTES_MAX_N 32 /* the last place is for requests without a route */

enum metric_type { COUNTER, GAUGE, HISTOGRAM };

static const int64_t batch_bounds[] = {1, 2, 4, 8, 16, 32, 64, 128, 256};
static const int64_t commit_bounds_us[] = {
    500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000};
static const int64_t verify_bounds_us[] = {25, 50, 75, 100, 150, 200, 300, 500, 1000, 5000};
static const int64_t publish_bounds_us[] = {
    5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000};

/* Each prints the labels of a place; false: this place is never used. */
static bool label_request(size_t at, struct text *out);
static bool label_fault(size_t at, struct text *out);
static bool label_end(size_t at, struct text *out);
static bool label_statement(size_t at, struct text *out);
static bool label_build(size_t at, struct text *out);

/* A histogram's places: one a bound, one above them all, the sum. */
static const struct row {
	const char *name;
	const char *help;
	size_t places_n;
	bool (*label)(size_t at, struct text *out);
	const int64_t *bounds;
	enum metric_type type;
	bool is_time; /* µs, printed as seconds */
	bool sparse;  /* places that are 0 are left out */
} rows[METRIC__MAX] = {
#define COUNT(name, help)                                                                          \
	{                                                                                          \
		name, help, 1, NULL, NULL, COUNTER, false, false                                   \
	}
#define COUNT_BY(name, help, n, label, sparse)                                                     \
	{                                                                                          \
		name, help, n, label, NULL, COUNTER, false, sparse                                 \
	}
#define LEVEL(name, help)                                                                          \
	{                                                                                          \
		name, help, 1, NULL, NULL, GAUGE, false, false                                     \
	}
#define MOMENT(name, help)                                                                         \
	{                                                                                          \
		name, help, 1, NULL, NULL, GAUGE, true, false                                      \
	}
#define SPREAD(name, help, bounds, is_time)                                                        \
	{                                                                                          \
		name, help, sizeof(bounds) / sizeof(*(bounds)) + 2, NULL, bounds, HISTOGRAM,       \
		    is_time, false                                                                 \
	}
    [METRIC_REQUESTS] = COUNT_BY("assayd_requests_total", "Answered requests.",
	ROUTES_MAX_N *HTTP_STATUSES_MAX_N, label_request, true),
    [METRIC_REFUSALS] = COUNT_BY("assayd_refusals_total", "Refused requests, and lines of batches.",
	FAULT__MAX, label_fault, false),
    [METRIC_CONNECTIONS] = LEVEL("assayd_connections", "Open connections of clients."),
    [METRIC_CONNECTION_ENDS] = COUNT_BY(
	"assayd_connection_ends_total", "Connections that ended.", CONN_END__MAX, label_end, false),
    [METRIC_CONNECTIONS_FULL] = COUNT("assayd_connections_refused_total",
	"Connections refused because connections_max_n were open."),
    [METRIC_ACCEPT_PAUSES] = COUNT(
	"assayd_accept_pauses_total", "Pauses in accepting, for want of descriptors or memory."),
    [METRIC_STATEMENTS] = COUNT_BY("assayd_statements_total",
	"Statements stored for the first time, or recognised as stored before.",
	METRIC_STATEMENTS_N, label_statement, false),
    [METRIC_DB_QUEUE] = LEVEL("assayd_db_queue", "SQL statements waiting or under way."),
    [METRIC_STORE_QUEUE] =
	LEVEL("assayd_store_queue", "Signed statements waiting for the next commit."),
    [METRIC_BATCH_SIZE] =
	SPREAD("assayd_batch_statements", "Signed statements a commit.", batch_bounds, false),
    [METRIC_COMMIT_TIME] = SPREAD("assayd_commit_seconds",
	"From sending a batch to reading the result of its commit.", commit_bounds_us, true),
    [METRIC_VERIFY_TIME] = SPREAD("assayd_verify_seconds",
	"Hashing what was signed and verifying its signature.", verify_bounds_us, true),
    [METRIC_LEADING] = LEVEL("assayd_leading", "1 while this node sequences the log."),
    [METRIC_PENDING] = LEVEL("assayd_pending_statements",
	"Stored statements without a place in the log, counted up to 100000."),
    [METRIC_PENDING_AGE] =
	MOMENT("assayd_pending_oldest_seconds", "Age of the oldest statement without a place."),
    [METRIC_LOG_SIZE] = LEVEL("assayd_log_size", "Leaves of the log, as this node knows it."),
    [METRIC_PUBLISHED_SIZE] =
	LEVEL("assayd_published_log_size", "Leaves that the published documents show."),
    [METRIC_PUBLISH_TIME] = SPREAD("assayd_publish_seconds",
	"Rounds of publishing that had something to write.", publish_bounds_us, true),
    [METRIC_PUBLISH_FAILURES] =
	COUNT("assayd_publish_failures_total", "Rounds of publishing that failed."),
    [METRIC_LOG_LINES_LOST] = COUNT(
	"assayd_log_lines_lost_total", "Log lines dropped because stderr's reader was too slow."),
    [METRIC_START_TIME] =
	MOMENT("process_start_time_seconds", "Start of the process, seconds since 1970."),
    [METRIC_OPEN_FDS] = LEVEL("process_open_fds", "Open file descriptors."),
    [METRIC_MAX_FDS] = LEVEL("process_max_fds", "Most file descriptors that may be open."),
    [METRIC_BUILD] = {"assayd_build_info", "The version that runs.", 1, label_build, NULL, GAUGE,
	false, false},
#undef COUNT
#undef COUNT_BY
#undef LEVEL
#undef MOMENT
#undef SPREAD
};

struct metrics {
	size_t first[METRIC__MAX]; /* cell of a row's first place */
	atomic_llong cells[];
};

/* ---- labels ---- */

/* The number of rows is not known here: what lies beyond the last shares the place of no route. */
static size_t
route_place(const struct route *route)
{
	size_t at = 0;

	while (at < ROUTES_MAX_N - 1 && routes[at].name != NULL && &routes[at] != route)
		at++;
	return routes[at].name != NULL && &routes[at] == route ? at : ROUTES_MAX_N - 1;
}

static bool
label_request(size_t at, struct text *out)
{
	size_t place = at / HTTP_STATUSES_MAX_N;

	text_addf(out, "route=\"%s\",code=\"%d\"",
	    place < ROUTES_MAX_N - 1 ? routes[place].name : "none",
	    http_status_at(at % HTTP_STATUSES_MAX_N));
	return true;
}

static bool
label_fault(size_t at, struct text *out)
{
	const struct fault_info *info = fault_info((enum fault_code)at);

	text_addf(out, "code=\"%s\"", info->name);
	return info->http_status != 0;
}

static bool
label_end(size_t at, struct text *out)
{
	text_addf(out, "reason=\"%s\"", conn_end_name((enum conn_end)at));
	return true;
}

static bool
label_statement(size_t at, struct text *out)
{
	text_addf(out, "outcome=\"%s\"", at == METRIC_ACCEPTED ? "accepted" : "seen");
	return true;
}

static bool
label_build(size_t at, struct text *out)
{
	(void)at;
	text_add_str(out, "version=\"" ASSAY_VERSION "\"");
	return true;
}

/* ---- counting ---- */

static int64_t
clock_us(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
metric_now_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

struct metrics *
metrics_new(void)
{
	size_t n = 0;
	struct metrics *m;

	for (int id = 0; id < METRIC__MAX; id++)
		n += rows[id].places_n;
	m = calloc(1, sizeof(*m) + n * sizeof(m->cells[0]));
	if (m == NULL)
		return NULL;
	for (int id = 1; id < METRIC__MAX; id++)
		m->first[id] = m->first[id - 1] + rows[id - 1].places_n;
	metric_set(m, METRIC_START_TIME, clock_us(CLOCK_REALTIME));
	metric_set(m, METRIC_BUILD, 1);
	return m;
}

void
metrics_free(struct metrics *m)
{
	free(m);
}

void
metric_add(struct metrics *m, enum metric id, size_t at, int64_t n)
{
	atomic_fetch_add_explicit(&m->cells[m->first[id] + at], n, memory_order_relaxed);
}

void
metric_set(struct metrics *m, enum metric id, int64_t value)
{
	atomic_store_explicit(&m->cells[m->first[id]], value, memory_order_relaxed);
}

void
metric_observe(struct metrics *m, enum metric id, int64_t value)
{
	const struct row *row = &rows[id];
	size_t above = row->places_n - 2, at = 0;

	while (at < above && value > row->bounds[at])
		at++;
	metric_add(m, id, at, 1);
	metric_add(m, id, above + 1, value);
}

void
metric_request(struct metrics *m, const struct route *route, int status)
{
	metric_add(m, METRIC_REQUESTS,
	    route_place(route) * HTTP_STATUSES_MAX_N + http_status_place(status), 1);
}

int64_t
metric_value(const struct metrics *m, enum metric id, size_t at)
{
	return atomic_load_explicit(&m->cells[m->first[id] + at], memory_order_relaxed);
}

/* ---- printing ---- */

static void
print_number(const struct row *row, int64_t value, struct text *out)
{
	if (row->is_time)
		text_addf(
		    out, "%lld.%06lld", (long long)(value / 1000000), (long long)(value % 1000000));
	else
		text_addf(out, "%lld", (long long)value);
}

/* One line; out is left as it was if the place is not to be shown. */
static void
print_place(const struct row *row, size_t at, int64_t value, struct text *out)
{
	struct text labels = {0};

	if ((row->sparse && value == 0) || value == METRIC_ABSENT)
		return;
	if (row->label == NULL || row->label(at, &labels)) {
		text_add_str(out, row->name);
		if (row->label != NULL)
			text_addf(out, "{%s}", labels.data != NULL ? labels.data : "");
		text_add_str(out, " ");
		print_number(row, value, out);
		text_add_str(out, "\n");
	}
	out->failed |= labels.failed;
	text_clear(&labels);
}

/* The count is made of the buckets, so that they agree whatever is counted meanwhile. */
static void
print_histogram(const struct metrics *m, enum metric id, struct text *out)
{
	const struct row *row = &rows[id];
	size_t above = row->places_n - 2;
	int64_t n = 0;

	for (size_t at = 0; at <= above; at++) {
		n += metric_value(m, id, at);
		text_addf(out, "%s_bucket{le=\"", row->name);
		if (at < above)
			print_number(row, row->bounds[at], out);
		else
			text_add_str(out, "+Inf");
		text_addf(out, "\"} %lld\n", (long long)n);
	}
	text_addf(out, "%s_sum ", row->name);
	print_number(row, metric_value(m, id, above + 1), out);
	text_addf(out, "\n%s_count %lld\n", row->name, (long long)n);
}

void
metrics_print(const struct metrics *m, struct text *out)
{
	static const char *const types[] = {
	    [COUNTER] = "counter", [GAUGE] = "gauge", [HISTOGRAM] = "histogram"};

	for (int id = 0; id < METRIC__MAX; id++) {
		const struct row *row = &rows[id];

		text_addf(out, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name,
		    types[row->type]);
		if (row->type == HISTOGRAM) {
			print_histogram(m, (enum metric)id, out);
			continue;
		}
		for (size_t at = 0; at < row->places_n; at++)
			print_place(row, at, metric_value(m, (enum metric)id, at), out);
	}
}
