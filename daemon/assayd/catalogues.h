/* catalogues.h — the catalogues that configs name, out of the database.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_CATALOGUES_H
#define ASSAYD_CATALOGUES_H

#include "catalogue.h"
#include "dbsync.h"
#include "options.h"
#include "server.h"

/* Load the catalogue of the folder that the option `suites` names; an empty one where there is no
 * folder `catalogue` in it. Returns new. Fails as catalogue_load(). */
struct catalogue *catalogue_of_options(const struct options *o, struct fault *f);

/* Keep a catalogue in the database for ever. */
bool catalogue_store(struct dbsync *db, const struct catalogue *c, struct fault *f)
    __attribute__((warn_unused_result));

/* Take into the database what a published folder has below catalogue/. What is there already, and
 * what is no catalogue, is passed over. */
bool catalogues_bring_back(struct dbsync *db, const char *folder, struct fault *f)
    __attribute__((warn_unused_result));

/* Return the one with this digest, read from the database if no thread has asked for it yet. Lives
 * as long as the server. From any thread. Fails with FAULT_CATALOGUE if it is not there. */
const struct catalogue *catalogue_get(
    struct server *s, struct dbsync *db, const uint8_t digest[SHA256_SIZE], struct fault *f);

/* Write the catalogues of the database below catalogue/ of the published folder; none ever leaves
 * either. For one thread only. */
bool catalogues_publish(struct server *s, struct dbsync *db, struct fault *f)
    __attribute__((warn_unused_result));

#endif
