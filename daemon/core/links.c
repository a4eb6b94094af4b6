/* links.c — submitters that staff say are one.
 * SPDX-License-Identifier: Apache-2.0 */
#include "links.h"

#include <stdlib.h>
#include <string.h>

#include "list.h"

static bool
grow_links(struct book *b)
{
	struct link *larger = list_room(b->links, b->links_n, &b->links_room, sizeof(*larger));

	if (larger == NULL)
		return false;
	b->links = larger;
	return true;
}

struct link *
book_link(struct book *b, struct person *x, struct person *y, bool make)
{
	for (size_t i = 0; i < b->links_n; i++) {
		struct link *l = &b->links[i];

		if ((l->a == x && l->b == y) || (l->a == y && l->b == x))
			return l;
	}
	if (!make || !grow_links(b))
		return NULL;
	x->linked = y->linked = true;
	b->links[b->links_n] = (struct link){.a = x, .b = y, .cut = true};
	return &b->links[b->links_n++];
}

/* Everyone linked with p, by widening the circle until nobody joins: links are few. */
static size_t
circle_of(const struct book *b, const struct person *p, const struct person **in)
{
	size_t n = 0;
	bool wider = true;

	in[n++] = p;
	while (wider) {
		wider = false;
		for (size_t i = 0; i < b->links_n; i++) {
			const struct link *l = &b->links[i];
			bool has_a = false, has_b = false;

			for (size_t k = 0; k < n; k++) {
				has_a = has_a || in[k] == l->a;
				has_b = has_b || in[k] == l->b;
			}
			if (l->cut || has_a == has_b)
				continue;
			in[n++] = has_a ? l->b : l->a;
			wider = true;
		}
	}
	return n;
}

void
book_stir_circle(struct book *b, const struct person *p, int64_t index)
{
	const struct person **in = calloc(b->links_n + 1, sizeof(*in));
	size_t n = in != NULL ? circle_of(b, p, in) : 0;

	b->failed = b->failed || in == NULL;
	for (size_t i = 0; i < n; i++)
		book_stir(b, in[i], index, true);
	free(in);
}

const struct person *
book_voter(const struct book *b, const struct person *p)
{
	const struct person **in = p->linked ? calloc(b->links_n + 1, sizeof(*in)) : NULL,
			    *lowest = p;
	size_t n = in != NULL ? circle_of(b, p, in) : 0;

	for (size_t i = 0; i < n; i++)
		if (memcmp(in[i]->id, lowest->id, SHA256_SIZE) < 0)
			lowest = in[i];
	free(in);
	return lowest;
}

bool
book_same(const struct book *b, const struct person *x, const struct person *y)
{
	return x == y || book_voter(b, x) == book_voter(b, y);
}
