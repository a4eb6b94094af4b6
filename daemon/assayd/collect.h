/* collect.h — read the rows a document needs and hand them to core's writers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_COLLECT_H
#define ASSAYD_COLLECT_H

#include <jansson.h>
#include <stdint.h>

#include "dbsync.h"
#include "fault.h"
#include "server.h"
#include "suite.h"

/* Return {suite, suite_version, row} of the cell in row i of QUERY_DIRTY_CELLS, as a new object. */
json_t *collect_cell(struct dbsync *db, const struct suite_set *suites, const struct db_rows *dirty,
    size_t i, struct fault *f);

/* Return models/ORG/NAME as a new object. Borrows boards. */
json_t *collect_model(struct dbsync *db, const char *name, json_t *boards, struct fault *f);

/* Return the index as a new object. cells_of: model name → hex cell → {suite, suite_version, row}.
 */
json_t *collect_index(struct dbsync *db, const struct server *server, const json_t *cells_of,
    int64_t log_size, int64_t as_of_ms, struct fault *f);

#endif
