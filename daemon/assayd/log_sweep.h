/* log_sweep.h — which partial tiles of the published log may go.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LOG_SWEEP_H
#define ASSAYD_LOG_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

/* Remove the partial tiles and bundles of the checkpoint of size `gone`, but for those that one of
 * the n other sizes has too. Fails with FAULT_FILE. */
bool log_drop_partials(const char *folder, uint64_t gone, const uint64_t *kept, size_t n,
    struct fault *f) __attribute__((warn_unused_result));

/* Remove every partial tile and bundle below the log's folder that the checkpoint of this size does
 * not have: what a crash, a failed write or an earlier run left. What cannot be removed stays. */
void log_sweep(const char *folder, uint64_t size);

#endif
