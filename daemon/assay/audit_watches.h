/* audit_watches.h — do policies under watch say what follows from the log?
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_AUDIT_WATCHES_H
#define ASSAY_AUDIT_WATCHES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "audit.h"
#include "watch.h"

/* One watch, judged leaf by leaf, and all that it told. */
struct watch_record {
	struct watch watch;
	int64_t ended_index; /* -1: it stands */
	json_t *turns;       /* owned */
};

/* Zero-initialise; audit_watches_clear() frees. */
struct audit_watches {
	struct watch_record *list;
	size_t n, room;
	struct gate_evidence evidence;
	int64_t as_of_ms;
};

/* Have the walk to come judge what is watched, behind each leaf. w must outlive it. */
void audit_watches_begin(struct audit *a, struct audit_watches *w);

/* Compare with the documents: words and integers exactly, reals within 1e-9 of their size. Where
 * something is withheld nothing can be said. Fails with FAULT_BREACH. */
bool audit_watches_compare(struct audit *a, const struct audit_watches *w, struct problem *p)
    __attribute__((warn_unused_result));
void audit_watches_clear(struct audit_watches *w);

#endif
