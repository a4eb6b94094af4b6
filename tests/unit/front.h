/* front.h — workers and a listener in this process with toy routes, and a client that speaks bytes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TEST_FRONT_H
#define ASSAY_TEST_FRONT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "server.h"
#include "worker.h"

/* Toy routes, beside the static one:
 *   GET  /now        answers at once
 *   GET  /later/MS   answers MS milliseconds later
 *   GET  /bytes/N    N bytes at once
 *   GET  /never      answers only when the database is given up
 *   POST /echo       takes 1000 bytes of text/plain back; a body beginning with "bad" is refused */
struct front {
	struct server server;
	struct options options;
	struct worker *workers;
	int workers_n;
	char folder[64]; /* what the static route serves */
	int port;
	struct front_loop *loop;
};

extern atomic_int front_calls;   /* of toy routes */
extern atomic_int front_orphans; /* answers whose client had gone */

/* Start with flags on top of the defaults, e.g. {"--idle-ms", "200", NULL}. Fails the test if it
 * cannot. */
void front_start(struct front *front, const char *const *flags);

/* Stop accepting, drain, join. */
void front_stop(struct front *front);

/* Connections that ended for this reason, in all workers. */
long front_ends(const struct front *front, enum conn_end why);

/* Wait until `n` connections ended so; false after five seconds. */
bool front_wait_ends(const struct front *front, enum conn_end why, long n);

/* Put a file below the served folder, by rename; folders are made. On return it is older than the
 * cache's caution. */
void front_write(const struct front *front, const char *path, const void *data, size_t n);

/* ---- the client ---- */

/* One answer, as it came. */
struct reply {
	int status; /* 0: the connection ended, -1: it was reset, -2: nothing came in time */
	char head[4096];
	char *body;
	size_t body_n;
};

int client_open(const struct front *front);
void client_send(int fd, const char *data, size_t n);
void client_say(int fd, const char *text);

/* Read one answer; head_only: it has no body whatever it says. reply_clear() it. */
struct reply client_read(int fd, bool head_only);
void reply_clear(struct reply *r);

/* Read one answer, fail the test unless it has this status, and forget it. */
void client_expect(int fd, int status);

/* Fail the test unless the connection ends now, cleanly, without another byte. */
void client_expect_end(int fd);

/* Value of a field of an answer in a static buffer; NULL if absent. */
const char *reply_field(const struct reply *r, const char *name);

void sleep_ms(int ms);
long now_in_ms(void);

#endif
