/* catalogue_set.h — the catalogues that a log's configs name.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CATALOGUE_SET_H
#define ASSAY_CATALOGUE_SET_H

#include "catalogue.h"

/* Zero-initialise. A catalogue stays where it is until the set is cleared: others point at it. */
struct catalogue_set {
	struct catalogue **list;
	size_t n, room;
};

/* Where a catalogue is published: "catalogue/" 64 hex digits ".jsonl". */
#define CATALOGUE_PATH_SIZE 96
void catalogue_path(const uint8_t digest[SHA256_SIZE], char out[CATALOGUE_PATH_SIZE]);

/* Return the one with this digest; NULL if it is not there. The empty one, which configs name that
 * have none, is always there; NULL then: no memory. */
const struct catalogue *catalogue_set_find(
    struct catalogue_set *set, const uint8_t digest[SHA256_SIZE]);

/* Takes c; false without memory. */
bool catalogue_set_add(struct catalogue_set *set, struct catalogue *c)
    __attribute__((warn_unused_result));
void catalogue_set_clear(struct catalogue_set *set);

#endif
