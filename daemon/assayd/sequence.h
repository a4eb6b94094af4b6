/* sequence.h — give pending statements their place in the log and settle them there.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SEQUENCE_H
#define ASSAYD_SEQUENCE_H

#include <stdbool.h>

#include "dbsync.h"
#include "fault.h"
#include "server.h"

struct leading;

#define SEQUENCE_BATCH_N 500
#define SEQUENCE_RESULTS_N 5000            /* a batch ends with the statement that reaches this */
#define SEQUENCE_BYTES_N (4 * 1024 * 1024) /* of payloads opened at once: the same */

/* Take up to SEQUENCE_BATCH_N pending statements in arrival order, settle each from the state just
 * before it, write leaves and derived rows, move the head: one transaction that compares and swaps
 * on the old size. *more: there may be more. A leaf that a watch asks for ends the batch, so that
 * the policy is judged from the rows as they are just behind it. After a failure l must be
 * forgotten. Only the leader calls this. Fails
 * with FAULT_DATABASE, FAULT_NO_MEMORY; then nothing of the batch has happened. */
bool sequence(struct server *server, struct dbsync *db, struct leading *l, bool *more,
    struct fault *f) __attribute__((warn_unused_result));

#endif
