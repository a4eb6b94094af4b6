/* server.h — what all threads share: read-only settings, the rules in force, counters.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SERVER_H
#define ASSAYD_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "catalogue_set.h"
#include "ledger.h"
#include "options.h"
#include "suite.h"

struct limits;
struct metrics;
struct static_cache;

struct server {
	_Atomic(const struct options *) options; /* the newest; older ones stay to the end */
	const struct suite_set *suites;
	char *vkey; /* of the log, as /v1/policy shows it; "" if not set */
	uint8_t terms[SHA256_SIZE];
	struct static_cache *cache;
	struct metrics *metrics;
	struct address_ranges trusted_proxies;
	struct limits *limits; /* the rates of addresses and keys; see admit.h */
	pthread_mutex_t rules_lock;
	struct rules_snapshot *rules; /* the newest; see server_rules() */
	pthread_mutex_t catalogues_lock;
	struct catalogue_set catalogues; /* see catalogue_get() */
	size_t catalogues_published_n;   /* since the start; see catalogues_publish() */
	atomic_long connections_n;
	atomic_bool history_holds; /* the published log is the database's: this node may lead */
	struct fault failure;      /* why the server cannot go on; see server_fail() */
};

/* The rules in force at one moment, shared by whoever holds it. */
struct rules_snapshot {
	struct rules rules;
	const struct catalogue *catalogue; /* that they name; NULL if they are not present */
	int64_t log_size;
	bool read; /* from the database: false just after the start */
	atomic_int holders;
};

/* Load suites and the log's verifier key, make the published folder with page, suites and terms in
 * it. o lives as long as the server; server_close() in any case. Fails with FAULT_FILE,
 * FAULT_SUITE_FILE, FAULT_KEY_FILE, FAULT_NO_MEMORY. */
bool server_open(struct server *s, const struct options *o, struct fault *f)
    __attribute__((warn_unused_result));
void server_close(struct server *s);

/* Say that the server must not go on, from any thread: it stops as on SIGTERM, and ends with this
 * fault. The first one stays. */
void server_fail(struct server *s, const struct fault *why);

/* Return the rules in force; never NULL (rules.present tells whether a config is logged). Give back
 * with rules_release(). From any thread. */
struct rules_snapshot *server_rules(struct server *s);
void rules_release(struct rules_snapshot *snapshot);

/* Tell whether statements may come in. Fails with FAULT_STARTING (rules not read yet) and
 * FAULT_DOOR_CLOSED (none are logged). */
bool rules_open_door(const struct rules_snapshot *snapshot, struct fault *f)
    __attribute__((warn_unused_result));

/* Put new rules in force, and the catalogue they name. Takes *rules. */
bool server_set_rules(struct server *s, struct rules *rules, const struct catalogue *catalogue,
    int64_t log_size) __attribute__((warn_unused_result));

#endif
