/* config.h — `assayd config`: log the rules this server is set up for, or show those in force.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_CONFIG_H
#define ASSAYD_CONFIG_H

#include <jansson.h>
#include <stdbool.h>

#include "crypto.h"
#include "fault.h"
#include "options.h"

/* Compare the options with the newest config statement; if they differ or there is none, sign a new
 * one with statement_key and store it. The leader logs it; the first becomes leaf 0. Tells on
 * stdout. Fails with FAULT_OPTION, FAULT_FILE, FAULT_KEY_FILE, FAULT_DATABASE, FAULT_NOT_ENTITLED
 * (keys would change, which takes a root key). */
bool config_apply(const struct options *o, struct fault *f) __attribute__((warn_unused_result));

/* Print the payload of the newest config statement. Fails with FAULT_STATEMENT_NOT_FOUND. */
bool config_show(const struct options *o, struct fault *f) __attribute__((warn_unused_result));

/* Return the members of a config that this server's options make, with the digest of its catalogue;
 * signed by nobody yet. New. Fails as suite_set_load(), file_read(), key_read_public(). */
json_t *config_body(const struct options *o, const uint8_t catalogue[SHA256_SIZE],
    const struct keypair *key, struct fault *f);

#endif
