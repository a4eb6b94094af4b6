/* forwarded.c — who sent a request, seen through proxies that are trusted.
 * SPDX-License-Identifier: Apache-2.0 */
#include "forwarded.h"

/* A place in the list, walked from its end. */
struct walk {
	const struct http_head *head;
	size_t fields_left;
	struct http_span
	    rest; /* of the field at hand, what stands left of the walk; NULL data: none */
};

/* Step to the next entry on the left; false at the list's end. */
static bool
step(struct walk *w, struct http_span *entry)
{
	size_t at;

	while (w->rest.data == NULL) {
		if (w->fields_left == 0)
			return false;
		w->fields_left--;
		if (http_span_is(w->head->fields[w->fields_left].name, "X-Forwarded-For"))
			w->rest = w->head->fields[w->fields_left].value;
	}
	for (at = w->rest.n; at > 0 && w->rest.data[at - 1] != ','; at--)
		continue;
	*entry = http_span_trim((struct http_span){w->rest.data + at, w->rest.n - at});
	if (at > 0)
		w->rest.n = at - 1;
	else
		w->rest.data = NULL;
	return true;
}

void
forwarded_client(const struct http_head *head, const struct address_ranges *trusted,
    const struct address *peer, struct address *out)
{
	struct walk w = {.head = head, .fields_left = head->fields_n};
	struct http_span entry;
	struct address next;

	*out = *peer;
	while (address_ranges_have(trusted, out) && step(&w, &entry) &&
	       address_read(entry.data, entry.n, &next))
		*out = next;
}
