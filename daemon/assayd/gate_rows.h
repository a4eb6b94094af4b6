/* gate_rows.h — the evidence that a gate judges by, of some cells, as the rows have it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_GATE_ROWS_H
#define ASSAYD_GATE_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "dbsync.h"
#include "gate_evidence.h"

/* Zero-initialise; gate_rows_clear() frees. */
struct gate_rows {
	struct book book;
	struct gate_evidence evidence;
	json_t *items; /* owned: what the runs' items are borrowed from; NULL: none yet */
};

/* Lists of cells are the text of a bytea[], without the brace that ends it. Add one; add what a
 * query says; add those that any statement about these models stands in (other: NULL for none):
 * models as gate_names_model() takes them. Fail with FAULT_DATABASE, FAULT_NO_MEMORY. */
void gate_rows_add_cell(const uint8_t id[SHA256_SIZE], struct text *cells);
bool gate_rows_ask_cells(struct dbsync *db, enum query q, const struct db_param *params,
    struct text *cells, struct fault *f) __attribute__((warn_unused_result));
bool gate_rows_named(struct dbsync *db, const char *model, const char *other, struct text *cells,
    struct fault *f) __attribute__((warn_unused_result));

/* Bring in the cells of a list that is ended: each by the first statement that stands in it, with
 * all that counts there, who measured it, and the items of each submitter's newest runs. log_size:
 * of the prefix that is asked for, which may be an earlier one than the rows have; who stands for
 * whom, and who is established, are as now. Fails with FAULT_DATABASE, FAULT_NO_MEMORY. */
bool gate_rows_load(struct gate_rows *g, struct dbsync *db, const struct suite_set *suites,
    const struct text *cells, int64_t log_size, struct fault *f)
    __attribute__((warn_unused_result));

/* Bring in the prices that stood there, if the policy asks what something costs; names of hardware
 * are looked up in the catalogue, which is borrowed. After gate_rows_load(). Fails the same. */
bool gate_rows_prices(struct gate_rows *g, struct dbsync *db, const struct gate_policy *policy,
    const struct catalogue *catalogue, struct fault *f) __attribute__((warn_unused_result));
void gate_rows_clear(struct gate_rows *g);

#endif
