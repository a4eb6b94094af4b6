/* signer_serve.h — `assayd signer`: the process that holds the log's private key.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_SIGNER_SERVE_H
#define ASSAYD_SIGNER_SERVE_H

#include <stdbool.h>

#include "fault.h"
#include "options.h"

/* Answer requests with o->log_key until the process is ended, on the Unix socket o->signer_socket
 * (mode 0660: the group of this process may ask; one request a connection); without one, on the
 * socket that standard input is, until the other side closes it, which is how a server starts its
 * own. Needs nothing but the key file, the folder of o->signer_state and that socket, and gives up
 * all else (confine.h); it may be killed at any moment.
 * Fails with FAULT_OPTION, FAULT_FILE and as signer_open(). */
bool signer_serve(const struct options *o, struct fault *f) __attribute__((warn_unused_result));

#endif
