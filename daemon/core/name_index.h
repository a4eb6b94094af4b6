/* name_index.h — rows of a table by name: many names a row, and several rows a name where it must
 * be so.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_NAME_INDEX_H
#define ASSAY_NAME_INDEX_H

#include <stdbool.h>
#include <stddef.h>

struct name_entry {
	char *name; /* owned */
	size_t row;
};

/* Zero-initialise. */
struct name_index {
	struct name_entry *at;
	size_t n, room;
};

/* Add a name; the same twice for one row counts once. Find nothing before name_index_sort(). */
bool name_index_add(struct name_index *ix, const char *name, size_t row)
    __attribute__((warn_unused_result));
void name_index_sort(struct name_index *ix);

/* Return how many rows bear a name; *first are their entries, in the order of rows. */
size_t name_index_find(
    const struct name_index *ix, const char *name, const struct name_entry **first);

void name_index_clear(struct name_index *ix);

#endif
