/* alias.c — what an alias does to the book: which names it may join, and which cells move.
 * SPDX-License-Identifier: Apache-2.0 */
#include "alias.h"

#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "json.h"
#include "meeting.h"
#include "raw_cell.h"

/* The statement's members; canonical is NULL where the name is to stand for itself again. */
struct said {
	enum name_of of;
	const char *raw, *canonical;
};

static struct said
said_by(const struct deed *d)
{
	struct said s = {.raw = json_get_text(d->body, "raw"),
	    .canonical = json_string_value(json_object_get(d->body, "canonical"))};

	(void)!name_of_named(json_get_text(d->body, "of"), &s.of);
	return s;
}

static bool
not_now(const char *pointer, const char *expected, const char *got, struct fault *f)
{
	return fault_set(f, FAULT_NOT_APPLICABLE, pointer, expected, "%s", got);
}

bool
alias_may(const struct deed *d, struct fault *f)
{
	const struct names *names = &d->book->names;
	const struct said s = said_by(d);
	const char *now = names_canonical(names, s.of, s.raw);

	if (s.canonical == NULL)
		return now != s.raw || not_now("/raw", "a name with an alias in force",
					   "one that stands for itself", f);
	if (strcmp(now, s.canonical) == 0)
		return not_now(
		    "/canonical", "another name than the one it stands for already", "the same", f);
	if (names_canonical(names, s.of, s.canonical) != s.canonical)
		return fault_set(f, FAULT_NOT_APPLICABLE, "/canonical",
		    "a name that stands for itself: aliases do not chain", "one that stands for %s",
		    names_canonical(names, s.of, s.canonical));
	return !names_lead_to(names, s.of, s.raw) ||
	       not_now("/raw", "a name that no other stands for: aliases do not chain",
		   "one that an alias in force leads to", f);
}

/* ---- what it would move ---- */

/* With the names as they would be. */
static struct displaced *
look_ahead(const struct deed *d, size_t *n)
{
	const struct said s = said_by(d);
	struct names *names = &d->book->names;
	struct displaced *list;

	names->supposed = &(const struct supposed){s.of, s.raw, s.canonical};
	list = raw_cells_displaced(d->book, s.raw, n);
	names->supposed = NULL;
	return list;
}

static bool
is_reproduced(const struct meeting *m)
{
	for (size_t k = 0; m != NULL && k < m->suite->metrics_n; k++)
		if (m->standing[k] == STANDING_REPRODUCED)
			return true;
	return false;
}

bool
alias_needs_confirm(const struct deed *d)
{
	size_t n = 0;
	struct displaced *list = look_ahead(d, &n);
	bool needs = false;

	d->book->failed = d->book->failed || list == NULL;
	for (size_t i = 0; list != NULL && !needs && i < n; i++)
		needs = is_reproduced(list[i].raw->at) ||
			is_reproduced(meeting_at(d->book, list[i].to, NULL, false));
	free(list);
	return needs;
}

bool
alias_targets(const struct deed *d, size_t *n,
    bool (*visit)(void *arg, const struct suite *suite, const uint8_t cell[32]), void *arg)
{
	struct displaced *list = look_ahead(d, n);
	bool done = list != NULL;

	for (size_t i = 0; done && i < *n; i++)
		done = visit(arg, list[i].raw->at->suite, list[i].to);
	free(list);
	return done;
}

/* ---- what it does ---- */

void
alias_apply(const struct deed *d)
{
	const struct said s = said_by(d);
	struct book *b = d->book;
	struct displaced *list = NULL;
	size_t n = 0;

	if (names_put(&b->names, s.of, s.raw, s.canonical, d->index))
		list = raw_cells_displaced(b, s.raw, &n);
	b->failed = b->failed || list == NULL;
	for (size_t i = 0; i < n; i++) {
		struct raw_cell *r = list[i].raw;
		struct meeting *from = r->at, *to = meeting_at(b, list[i].to, from->suite, true);

		b->failed = b->failed || to == NULL;
		if (to != NULL)
			raw_cell_move(b, r, to, d->index);
		if (to == NULL || n > ALIAS_SETTLED_MAX)
			continue;
		meeting_touch(b, from);
		meeting_touch(b, to);
	}
	free(list);
}
