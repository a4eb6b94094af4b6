/* list.h — arrays that grow.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_LIST_H
#define ASSAY_LIST_H

#include <stddef.h>

/* Return items with room for one more than n, moved if need be; *room counts items. NULL without
 * memory: items is then as it was. */
void *list_room(void *items, size_t n, size_t *room, size_t item_size);

#endif
