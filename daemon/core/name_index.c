/* name_index.c — rows of a table by name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "name_index.h"

#include <stdlib.h>
#include <string.h>

#include "list.h"

bool
name_index_add(struct name_index *ix, const char *name, size_t row)
{
	struct name_entry *more = list_room(ix->at, ix->n, &ix->room, sizeof(*more));
	char *copy = more != NULL ? strdup(name) : NULL;

	if (more != NULL)
		ix->at = more;
	if (copy == NULL)
		return false;
	ix->at[ix->n++] = (struct name_entry){.name = copy, .row = row};
	return true;
}

static int
by_name_and_row(const void *a, const void *b)
{
	const struct name_entry *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->row > y->row) - (x->row < y->row);
}

void
name_index_sort(struct name_index *ix)
{
	size_t kept = 0;

	if (ix->n == 0)
		return;
	qsort(ix->at, ix->n, sizeof(*ix->at), by_name_and_row);
	for (size_t i = 0; i < ix->n; i++) {
		if (kept > 0 && by_name_and_row(&ix->at[kept - 1], &ix->at[i]) == 0)
			free(ix->at[i].name);
		else
			ix->at[kept++] = ix->at[i];
	}
	ix->n = kept;
}

size_t
name_index_find(const struct name_index *ix, const char *name, const struct name_entry **first)
{
	size_t low = 0, high = ix->n, n = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(ix->at[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + n < ix->n && strcmp(ix->at[low + n].name, name) == 0)
		n++;
	*first = n > 0 ? &ix->at[low] : NULL;
	return n;
}

void
name_index_clear(struct name_index *ix)
{
	for (size_t i = 0; i < ix->n; i++)
		free(ix->at[i].name);
	free(ix->at);
	*ix = (struct name_index){0};
}
