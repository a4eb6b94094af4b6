/* migrate.h — bring the schema to the newest state: numbered files, forward only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_MIGRATE_H
#define ASSAYD_MIGRATE_H

#include <stdbool.h>

#include "fault.h"
#include "options.h"

/* Apply every SQL/migrations/NNNN_NAME.sql that is not yet applied, each in its own transaction,
 * under an advisory lock, then sql/grants.sql whole. Tells each on stdout. Safe to run again. Fails
 * with FAULT_DATABASE, FAULT_FILE, FAULT_FILE_FORMAT (a file that was applied has another SHA-256
 * now, a number is missing, or the database is newer than the folder). */
bool migrate(const struct options *o, struct fault *f) __attribute__((warn_unused_result));

#endif
