/* metrics_get.h — GET /metrics.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_METRICS_GET_H
#define ASSAYD_METRICS_GET_H

#include <stdbool.h>

#include "fault.h"

struct request;

/* Fails with FAULT_NOT_FOUND if the operator turned it off. */
bool metrics_get_check(struct request *r, struct fault *f);

/* Ask the database how far the log lags behind, then print everything; without a database, all but
 * that. */
void metrics_get_proceed(struct request *r);

#endif
