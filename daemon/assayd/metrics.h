/* metrics.h — what the server counts and measures, one row each, in Prometheus' text form.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_METRICS_H
#define ASSAYD_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

struct metrics;
struct route;

/* Labels come from our own tables alone, never from what a client sent. Numbers are whole; times
 * are µs and printed as seconds. */
enum metric {
	METRIC_REQUESTS,         /* counter, at metric_request() */
	METRIC_REFUSALS,         /* counter, at an enum fault_code */
	METRIC_CONNECTIONS,      /* gauge */
	METRIC_CONNECTION_ENDS,  /* counter, at an enum conn_end */
	METRIC_CONNECTIONS_FULL, /* counter */
	METRIC_ACCEPT_PAUSES,    /* counter */
	METRIC_STATEMENTS,       /* counter, at METRIC_ACCEPTED or METRIC_SEEN */
	METRIC_DB_QUEUE,         /* gauge */
	METRIC_STORE_QUEUE,      /* gauge */
	METRIC_BATCH_SIZE,       /* histogram, statements */
	METRIC_COMMIT_TIME,      /* histogram, µs */
	METRIC_VERIFY_TIME,      /* histogram, µs */
	METRIC_LEADING,          /* gauge, 0 or 1 */
	METRIC_PENDING,          /* gauge */
	METRIC_PENDING_AGE,      /* gauge, µs */
	METRIC_LOG_SIZE,         /* gauge */
	METRIC_PUBLISHED_SIZE,   /* gauge */
	METRIC_PUBLISH_TIME,     /* histogram, µs */
	METRIC_PUBLISH_FAILURES, /* counter */
	METRIC_LOG_LINES_LOST,   /* counter, set from log_lost_n() */
	METRIC_START_TIME,       /* gauge, µs since 1970 */
	METRIC_OPEN_FDS,         /* gauge */
	METRIC_MAX_FDS,          /* gauge */
	METRIC_BUILD,            /* gauge, always 1 */
	METRIC__MAX
};

enum { METRIC_ACCEPTED, METRIC_SEEN, METRIC_STATEMENTS_N };

/* A gauge of this value is left out: what it tells cannot be known now. */
#define METRIC_ABSENT INT64_MIN

/* Make all metrics, at 0; the start time is now. Returns new; NULL without memory. */
struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);

/* Add to a counter or gauge, set a gauge, count one value in a histogram. `at` is the place in the
 * row's labels, 0 without. One relaxed atomic or two, from any thread. */
void metric_add(struct metrics *m, enum metric id, size_t at, int64_t n);
void metric_set(struct metrics *m, enum metric id, int64_t value);
void metric_observe(struct metrics *m, enum metric id, int64_t value);

/* Count an answered request. route may be NULL: none was found. */
void metric_request(struct metrics *m, const struct route *route, int status);

/* Return the present value at a place of a counter or gauge. */
int64_t metric_value(const struct metrics *m, enum metric id, size_t at);

/* Append all of them in the text form 0.0.4. */
void metrics_print(const struct metrics *m, struct text *out);

/* Monotonic time, for what is measured. */
int64_t metric_now_us(void);

#endif
