/* logged_rules.h — the newest config of the log, as the database has it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LOGGED_RULES_H
#define ASSAYD_LOGGED_RULES_H

#include <stdbool.h>

#include "dbsync.h"
#include "fault.h"
#include "ledger.h"

struct server;

/* Read the rules that are in force behind the log's last leaf, and the catalogue they name; where
 * no config is logged, out->present is false and the catalogue NULL. rules_clear() them in any
 * case. Fails with FAULT_DATABASE, FAULT_INTERNAL, as catalogue_get(). */
bool logged_rules_get(struct server *s, struct dbsync *db, struct rules *out,
    const struct catalogue **catalogue, struct fault *f) __attribute__((warn_unused_result));

#endif
