/* log_files.h — the published log read back: proofs from tiles, without the database.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LOG_FILES_H
#define ASSAYD_LOG_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto.h"
#include "text.h"

struct server;

/* Append the tlog-proof of leaf `index` against the checkpoint in the published folder. A handful
 * of small reads. False if that checkpoint does not cover the leaf yet, or the files are being
 * replaced at this moment: ask again. */
bool log_files_prove(const struct server *server, uint64_t index, struct text *out)
    __attribute__((warn_unused_result));

/* Work out the root of the log's first `size` leaves from the published tiles, and how many leaves
 * the published checkpoint covers. False if it covers fewer, or the files are being replaced at
 * this moment. */
bool log_files_root(const struct server *server, uint64_t size, uint8_t root[SHA256_SIZE],
    uint64_t *published) __attribute__((warn_unused_result));

#endif
