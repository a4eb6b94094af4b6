/* leaf_view.c — what settling asks of a leaf without the book, looked at before its turn.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "submission.h"

void
leaf_view_clear(struct leaf_view *v)
{
	free(v->cells);
	memset(v, 0, sizeof(*v));
}

/* Where each result of a submission stands before any alias. */
static bool
look_at_cells(const struct leaf_in *in, struct leaf_view *out)
{
	const json_t *results = json_object_get(in->st->body, "results"), *result;
	size_t i;

	out->cells = calloc(json_array_size(results) + 1, SHA256_SIZE);
	if (out->cells == NULL)
		return false;
	json_array_foreach (results, i, result)
		cell_raw(out->suite, in->st->body, result, out->cells[i]);
	return true;
}

/* A config is let in by the book's rules alone, in its turn. */
void
ledger_look(const struct leaf_in *in, struct leaf_view *out)
{
	memset(out, 0, sizeof(*out));
	out->made = true;
	if (in->st->kind == KIND_CONFIG || !in->rules->present)
		return;
	if (!door_check(in->st, in->rules, in->suites, in->accepted_at_ms, &out->fault)) {
		out->made = out->fault.code != FAULT_NO_MEMORY;
		return;
	}
	if (in->st->kind == KIND_SUBMISSION)
		out->suite = submission_suite(in->st->body, in->suites, NULL);
	if (out->suite == NULL)
		return;
	plausible_alone(in->st->body, out->suite, in->rules->version >= 2 ? in->catalogue : NULL,
	    &out->verdict);
	out->made = look_at_cells(in, out);
}
