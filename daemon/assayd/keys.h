/* keys.h — `assayd keys`: make the keys a server needs.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_KEYS_H
#define ASSAYD_KEYS_H

#include <stdbool.h>

#include "fault.h"
#include "options.h"

/* Make, where missing, DIR/root.pem, statement.pem, log.pem (private, mode 0600), their .pub, and
 * log.vkey for o->origin. Never replaces a key. Tells each on stdout.
 * Fails with FAULT_FILE, FAULT_KEY_FILE, FAULT_OPTION (no or unsound origin). */
bool keys_make(const struct options *o, const char *dir, struct fault *f)
    __attribute__((warn_unused_result));

#endif
