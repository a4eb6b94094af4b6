/* statement_get.h — GET /v1/statements/ID.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_STATEMENT_GET_H
#define ASSAYD_STATEMENT_GET_H

#include <stdbool.h>

#include "fault.h"

struct request;

/* Fails with FAULT_STATEMENT_NOT_FOUND for what cannot be an id. */
bool statement_get_check(struct request *r, struct fault *f);

/* Answer with the envelope, where it stands in the log, and its state. */
void statement_get_proceed(struct request *r);

#endif
