/* audit_crew.h — threads that check the lines of bundles ahead of settling.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_AUDIT_CREW_H
#define ASSAY_AUDIT_CREW_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "audit_bundle.h"

#define CREW_AHEAD_N 4 /* bundles that are read and not settled yet */
#define CREW_THREADS_MAX 64

/* They check the bundles given and not dropped, the earliest first. What they find is kept with
 * its line, so it does not matter who was faster. */
struct crew {
	const struct audit *audit; /* borrowed; who changes its rules holds the crew meanwhile */
	pthread_mutex_t lock;
	pthread_cond_t more, done;
	struct bundle *ring; /* borrowed; CREW_AHEAD_N of them */
	uint64_t given, dropped;
	int busy; /* threads that are at lines */
	bool held, over;
	pthread_t threads[CREW_THREADS_MAX];
	int n;
};

/* Begin with so many threads, the caller among them; what no thread could be had for, the others
 * do. crew_end() waits for them. */
void crew_start(struct crew *c, const struct audit *a, struct bundle *ring, int threads_n);
void crew_end(struct crew *c);

/* The next bundle of the ring is read. */
void crew_give(struct crew *c);

/* Help until all lines of this bundle are checked. */
void crew_finish(struct crew *c, const struct bundle *b);

/* The earliest bundle is settled: its place is free. */
void crew_drop(struct crew *c);

/* Let nobody look at the audit's rules until crew_release(). */
void crew_hold(struct crew *c);
void crew_release(struct crew *c);

#endif
