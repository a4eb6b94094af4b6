/* gate_read.h — the evidence a gate judges by: the log gone through, and what is in none.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_GATE_READ_H
#define ASSAY_GATE_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "audit.h"
#include "gate_evidence.h"

struct task;

/* Zero-initialise; gate_reading_clear() frees. */
struct gate_reading {
	struct audit audit;
	struct gate_evidence evidence;
	uint8_t question[SHA256_SIZE]; /* set it before: see decision_question() */
	int64_t earlier_n;             /* decisions on that question in the log */
	uint8_t wanted[SHA256_SIZE];   /* set it before: id of a decision to be found */
	json_t *found;                 /* its body, owned; NULL: it is not there */
};

/* Go through the log at --log, or of the pinned server, up to `until` leaves (0: all it has), and
 * take note of what a gate asks for. Fails as audit_open(), audit_begin(), audit_walk(), and with
 * FAULT_BREACH if the log is shorter. */
bool gate_read(const struct task *t, uint64_t until, struct gate_reading *r, struct problem *p)
    __attribute__((warn_unused_result));

/* Add the submissions in a folder that are in no log; other statements, and those that the log has,
 * are passed over, with a note. Fails as statement_open() and gate_evidence_add_unpublished(), with
 * FAULT_FILE; path names the file. */
bool gate_read_folder(struct task *t, const char *folder, struct gate_reading *r, struct problem *p)
    __attribute__((warn_unused_result));

void gate_reading_clear(struct gate_reading *r);

#endif
