/* spool.h — signed statements as files: waiting, refused, acknowledged.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_SPOOL_H
#define ASSAY_SPOOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "encode.h"
#include "fault.h"
#include "statement.h"

struct home;

/* Where a statement is kept: spool/ID.json; that and spool/ID.refused.json; sent/ID.json with
 * sent/ID.answer.json and, once it is in the log, sent/ID.receipt.json. A crash between two steps
 * leaves a statement in the earlier place, and sending it again is harmless. */
enum place { PLACE_WAITING, PLACE_REFUSED, PLACE_SENT, PLACE__MAX };

struct spool_entry {
	char id[HEX32_SIZE];
	enum place place;
	struct statement statement;
	char *envelope; /* the bytes, n of them, without line end */
	size_t n;
	struct timespec written_at;
};

/* Zero-initialise; spool_list_clear() frees. */
struct spool_list {
	struct spool_entry *entries;
	size_t n;
	struct fault *damaged; /* files that are not what their name says; they are passed over */
	size_t damaged_n;
};

/* Read everything that waits or was refused, and with `sent` what was acknowledged: enrolments
 * first, then oldest first. Done also where there are no folders yet. Fails with FAULT_SPOOL. */
bool spool_list(const struct home *h, bool sent, struct spool_list *out, struct fault *f)
    __attribute__((warn_unused_result));
void spool_list_clear(struct spool_list *list);

/* Open an envelope and keep it until a server has acknowledged it. Where it waits already or was
 * sent nothing changes; *fresh tells. Fails as statement_open(), and with FAULT_SPOOL. */
bool spool_take(const struct home *h, const char *envelope, size_t n, char id[HEX32_SIZE],
    bool *fresh, struct fault *f) __attribute__((warn_unused_result));

/* Move a statement to sent/, beside the answer that acknowledged it. Fails with FAULT_SPOOL. */
bool spool_acknowledge(const struct home *h, const char *id, const json_t *answer, struct fault *f)
    __attribute__((warn_unused_result));

/* Keep the proof that a sent statement is in the log, as sent/ID.receipt.json; tell whether it is
 * there. Fails with FAULT_SPOOL. */
bool spool_receipt(const struct home *h, const char *id, const json_t *receipt, struct fault *f)
    __attribute__((warn_unused_result));
bool spool_has_receipt(const struct home *h, const char *id);

/* Mark a waiting statement as refused. problem: why. Fails with FAULT_SPOOL. */
bool spool_refuse(const struct home *h, const char *id, const json_t *problem, struct fault *f)
    __attribute__((warn_unused_result));

/* Forget a waiting statement that is not needed. Fails with FAULT_SPOOL. */
bool spool_drop(const struct home *h, const char *id, struct fault *f)
    __attribute__((warn_unused_result));

/* Return what is written beside a statement: the refusal or the answer; NULL if there is nothing.
 * Returns new. */
json_t *spool_note(const struct home *h, const struct spool_entry *entry);

/* Return the digests of the raw files that wait to be sent as evidence, as a new array. */
json_t *spool_evidence(const struct home *h);

/* "waiting", "refused", "sent". */
const char *place_name(enum place place);

#endif
