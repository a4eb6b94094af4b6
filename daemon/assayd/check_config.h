/* check_config.h — `assayd check-config`: would the server start with these settings?
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_CHECK_CONFIG_H
#define ASSAYD_CHECK_CONFIG_H

#include <stdbool.h>

#include "fault.h"
#include "options.h"

/* Look at everything the settings name: files, keys and their modes, suites, folders, the database.
 * Prints a line for each on stdout, ok or what is wrong; changes nothing. Returns false if anything
 * is wrong, with the first of it in f. */
bool check_config(const struct options *o, struct fault *f) __attribute__((warn_unused_result));

#endif
