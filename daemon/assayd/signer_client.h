/* signer_client.h — the leader's side of the signer.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SIGNER_CLIENT_H
#define ASSAYD_SIGNER_CLIENT_H

#include <stdbool.h>

#include "checkpoint.h"
#include "fault.h"
#include "merkle.h"
#include "options.h"
#include "text.h"

#define SIGNER_DEADLINE_MS 2000

/* For one thread. With o->signer_socket, talks to the signer there; else starts `assayd signer` as
 * a child when it is first needed, and again whenever it ended. */
struct signer_client;

/* Borrows o. vkey is the log's verifier key, whose name must be o->origin: what comes back is
 * checked with it. Fails with FAULT_OPTION, FAULT_NO_MEMORY. */
struct signer_client *signer_client_new(const struct options *o, const char *vkey, struct fault *f);

/* Ends the child, if there is one. */
void signer_client_free(struct signer_client *c);

/* Get the signed note of the tree of this size and root, appended to *note; blocks for at most
 * SIGNER_DEADLINE_MS. source holds that tree: the proof that it extends what was signed last is
 * made from it. Asking for the newest again gives the same note again.
 * Fails with FAULT_SIGNER (not there, too slow, another key; try again), FAULT_LOG_MISMATCH (signed
 * before: a larger tree, or one that this does not begin with; never publish this), or what else
 * the signer refused with (FAULT_FILE: its disk; try again). */
bool signer_client_sign(struct signer_client *c, uint64_t size, const uint8_t root[SHA256_SIZE],
    const struct merkle_source *source, struct text *note, struct fault *f)
    __attribute__((warn_unused_result));

#endif
