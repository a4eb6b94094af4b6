/* cells.h — some of the cells that are shown: of a model, of a machine, of a suite.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_CELLS_H
#define ASSAYD_CELLS_H

#include "documents.h"

/* In the order of boards; borrowed. */
struct cells {
	const struct shown **list;
	size_t n;
};

/* The cells that go by a model's name. */
struct cells cells_of_model(const struct view *v, const char *name);

/* 1 + index of the last leaf that touched any of them, 0 without; suite: NULL for all. */
int64_t cells_log_size(const struct cells *cells, const struct suite *suite);

/* Add the list "boards": a board of each suite that some of the cells belong to. */
void cells_add_boards(const struct view *v, const struct cells *cells, struct text *out);

/* Add the member "facts": what the catalogue says of the models and the hardware that cells of a
 * suite (NULL: of all) name: {models: {NAME: …}, hardware: {NAME: …}}. */
void cells_add_facts(
    const struct view *v, const struct cells *cells, const struct suite *suite, struct text *out);

#endif
