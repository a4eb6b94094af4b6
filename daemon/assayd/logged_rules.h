/* logged_rules.h — the newest config of the log, as the database has it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LOGGED_RULES_H
#define ASSAYD_LOGGED_RULES_H

#include <stdbool.h>

#include "dbsync.h"
#include "fault.h"
#include "ledger.h"

/* Read the rules that are in force behind the log's last leaf; out->present is false if no config
 * is logged. rules_clear() them. Fails with FAULT_DATABASE, FAULT_INTERNAL. */
bool logged_rules_read(struct dbsync *db, struct rules *out, struct fault *f)
    __attribute__((warn_unused_result));

#endif
