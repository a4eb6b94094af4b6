/* serve.h — `assayd serve`: everything between start and stop.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SERVE_H
#define ASSAYD_SERVE_H

#include <stdbool.h>

#include "fault.h"
#include "options.h"

/* Run until SIGTERM or SIGINT, then drain. Fails with FAULT_OPTION, FAULT_FILE, FAULT_SUITE_FILE,
 * FAULT_INTERNAL if it cannot start. */
bool serve(const struct options *o, struct fault *f) __attribute__((warn_unused_result));

/* Check the settings the server cannot do without, and the forms of those that have one. Fails with
 * FAULT_OPTION. */
bool serve_check_options(const struct options *o, struct fault *f)
    __attribute__((warn_unused_result));

#endif
