/* audit_rows.h — boards, and what stands on them beside estimates: ranks, held runs, facts, and
 * nothing else. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_AUDIT_ROWS_H
#define ASSAY_AUDIT_ROWS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "audit.h"

/* Compare a suite's board with what follows from the log. Fails with FAULT_BREACH, FAULT_NO_MEMORY,
 * and as audit_document() does. */
bool audit_board(struct audit *a, const struct suite *suite, struct problem *p)
    __attribute__((warn_unused_result));

/* Tell that an object has no members but these n. Fails with FAULT_BREACH. */
bool audit_members(const char *where, const json_t *object, const char *const *names, size_t n,
    struct problem *p) __attribute__((warn_unused_result));

/* Compare the rows of a suite's board, as objects whose cells and estimates hold, with what follows
 * from them and from the log: ranks among those that compete, held submissions, engine, no member
 * that is not known. Fails with FAULT_BREACH, FAULT_NO_MEMORY. */
bool audit_rows(struct audit *a, const char *board, const struct suite *suite, const json_t *rows,
    struct problem *p) __attribute__((warn_unused_result));

/* Compare a board's `facts` with what the catalogue in force says of its rows' models and hardware.
 * Fails with FAULT_BREACH. */
bool audit_facts(const struct audit *a, const char *board, const json_t *rows, const json_t *told,
    struct problem *p) __attribute__((warn_unused_result));

#endif
