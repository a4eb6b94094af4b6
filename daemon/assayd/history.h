/* history.h — does what a signer saw of the log belong to this log?
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_HISTORY_H
#define ASSAYD_HISTORY_H

#include <stdbool.h>

#include "fault.h"
#include "statement.h"

struct history; /* roots that were worked out; of fixed size, freed with free() */
struct server;

/* Compare the checkpoint that a payload says its signer has seen with the published log; done if it
 * says none. Fails with FAULT_LOG_MISMATCH, and FAULT_BUSY where this node has not published that
 * much: another one may have; or has no memory. *h is made where it is NULL. */
bool history_check(struct history **h, const struct server *server, const struct statement *st,
    struct fault *f) __attribute__((warn_unused_result));

#endif
