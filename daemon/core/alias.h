/* alias.h — what an alias does to the book: which names it may join, and which cells move. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ALIAS_H
#define ASSAY_ALIAS_H

#include <stdbool.h>
#include <stdint.h>

#include "act.h"

struct suite;

#define ALIAS_SETTLED_MAX 256 /* raw cells moved by an alias that touches their cells */

/* Check an alias as it is about to be settled; d->body is its members. No chains: its canonical
 * name stands for itself, and no other name leads to its raw one. Fails with FAULT_NOT_APPLICABLE.
 */
bool alias_may(const struct deed *d, struct fault *f) __attribute__((warn_unused_result));

/* Tell whether it waits for a confirmation by another staff submitter, as acts do: a cell that
 * gains or loses runs by it has the standing `reproduced`. Sets d->book->failed without memory. */
bool alias_needs_confirm(const struct deed *d);

/* Say it, and move all raw cells with its name to where their names lead now, in the order of their
 * ids. That touches the cells they leave and enter, if there are ALIAS_SETTLED_MAX raw cells at
 * most; of more, accords and standing are those of before until a leaf touches them, so that what
 * one leaf sets off is bounded. alias_may() has said yes, just before. Sets d->book->failed without
 * memory. */
void alias_apply(const struct deed *d);

/* Call visit() with every cell (its id, and its suite) that alias_apply() would move runs to; *n
 * raw cells in all. False if that says so, or without memory. */
bool alias_targets(const struct deed *d, size_t *n,
    bool (*visit)(void *arg, const struct suite *suite, const uint8_t cell[32]), void *arg)
    __attribute__((warn_unused_result));

#endif
