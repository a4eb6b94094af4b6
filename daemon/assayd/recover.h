/* recover.h — `assayd recover`: bring back what a database lost that is older than what was
 * published.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_RECOVER_H
#define ASSAYD_RECOVER_H

#include <stdbool.h>

#include "fault.h"
#include "options.h"

/* Read the log that a published folder, or a mirror of one, holds; check its checkpoint against the
 * log's key, its entries against the root, and the database's leaves against its beginning. Then
 * put the statements that are missing back, at the same places, with the same times, and settle
 * them; what waited is settled behind them. What was withheld comes back without its bytes, and
 * void. Nothing is changed unless every missing statement is there and whole; stopped at any
 * moment, it may be run again. No server may lead meanwhile.
 * Fails with FAULT_LOG_MISMATCH (another history), FAULT_FILE, FAULT_CHECKPOINT…, FAULT_BREACH (a
 * file does not hold together), FAULT_DATABASE. */
bool recover(const struct options *o, const char *folder, struct fault *f)
    __attribute__((warn_unused_result));

#endif
