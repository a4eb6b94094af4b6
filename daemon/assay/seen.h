/* seen.h — the newest checkpoint of the pinned log that was verified here: what comes later must
 * continue it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_SEEN_H
#define ASSAY_SEEN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "checkpoint.h"
#include "explain.h"

struct home;
struct log_name;
struct net;

/* Read what is remembered; *present tells whether there is any. Fails with FAULT_FILE, and as
 * checkpoint_open() where the file was tampered with. */
bool seen_load(const struct home *h, const struct log_name *log, struct checkpoint *out,
    bool *present, struct fault *f) __attribute__((warn_unused_result));

/* A checkpoint that bears the log's signature has come: n bytes of a signed note. Prove by the
 * log's tiles that it and the remembered one are of one history, and remember the larger. If they
 * are not, both are kept in the file that the fault names.
 * Fails with FAULT_LOG_MISMATCH, as remote_document() and checkpoint_open(), FAULT_SPOOL. */
bool seen_follow(const struct home *h, struct net *net, const struct log_name *log,
    const char *note, size_t n, struct problem *p) __attribute__((warn_unused_result));

/* Put the remembered checkpoint of the pinned log into what is about to be signed, as `seen`;
 * nothing where none is.
 */
void seen_put(const struct home *h, json_t *body);

#endif
