/* endorse.h — get the log's newest tree head signed.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_ENDORSE_H
#define ASSAYD_ENDORSE_H

#include <stdbool.h>

#include "dbsync.h"
#include "fault.h"
#include "signer_client.h"

struct server;

/* If the head is larger than its newest signed checkpoint: compute the root again, from the stored
 * statements behind that checkpoint, compare it with the head's, have it signed, and store the
 * note. Only the leader calls this. Fails with FAULT_DATABASE, with FAULT_INTERNAL if the roots
 * differ, and as signer_client_sign(). */
bool endorse(struct signer_client *signer, struct dbsync *db, struct fault *f)
    __attribute__((warn_unused_result));

/* Tell whether this node may begin to lead: whether what it published is still the beginning of the
 * database's log. After a failover to a standby that lagged it is not, and going on would make a
 * second history: then the server fails (server_fail()). Call it while holding the leader's lock.
 * Fails as split_view_check(). */
bool endorse_may(struct server *server, struct dbsync *db, struct fault *f)
    __attribute__((warn_unused_result));

#endif
