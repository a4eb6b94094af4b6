/* cells.c — some of the cells that are shown.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cells.h"

#include <string.h>

#include "board.h"
#include "document.h"
#include "facts.h"

/* The first of the cells that does not go by a name below this one. */
static size_t
first_of_model(const struct view *v, const char *name, bool behind)
{
	size_t low = 0, high = v->cells_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(v->cells[middle]->model, name);

		if (order < 0 || (behind && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct cells
cells_of_model(const struct view *v, const char *name)
{
	size_t from = first_of_model(v, name, false);

	return (struct cells){v->cells + from, first_of_model(v, name, true) - from};
}

int64_t
cells_log_size(const struct cells *cells, const struct suite *suite)
{
	int64_t size = 0;

	for (size_t i = 0; i < cells->n; i++)
		if ((suite == NULL || cells->list[i]->suite == suite) &&
		    cells->list[i]->log_size > size)
			size = cells->list[i]->log_size;
	return size;
}

static void
add_rows(const struct cells *cells, const struct suite *suite, struct text *out)
{
	document_begin_list(out, "rows");
	for (size_t i = 0; i < cells->n; i++)
		if (cells->list[i]->suite == suite)
			document_list_add(out, cells->list[i]->row, cells->list[i]->row_n);
	document_end_list(out);
}

void
cells_add_boards(const struct view *v, const struct cells *cells, struct text *out)
{
	const struct suite_set *set = v->server->suites;

	document_begin_list(out, "boards");
	for (size_t i = 0; i < set->n; i++) {
		if (cells_log_size(cells, set->suites[i]) == 0)
			continue;
		document_begin_element(out, "suite", suite_head(set->suites[i]));
		add_rows(cells, set->suites[i], out);
		document_end_element(out);
	}
	document_end_list(out);
}

/* Of names that come again and again in a row only the first is looked up. */
static void
put_facts(json_t *all, const char *name,
    json_t *(*facts)(const struct catalogue *c, const char *name), const struct catalogue *c)
{
	if (json_object_get(all, name) == NULL)
		json_object_set_new(all, name, facts(c, name));
}

/* An object prints in the order in which it was filled: by hardware's name it is that of the cells.
 */
void
cells_add_facts(
    const struct view *v, const struct cells *cells, const struct suite *suite, struct text *out)
{
	json_t *models = json_object(), *hardware = json_object(), *unknown = json_object();
	const char *last = "";

	for (size_t i = 0; i < cells->n; i++) {
		const struct shown *s = cells->list[i];

		if (suite != NULL && s->suite != suite)
			continue;
		if (strcmp(s->model, last) != 0)
			put_facts(models, s->model, model_facts, v->catalogue);
		last = s->model;
		if (s->hardware != NULL && json_object_get(unknown, s->hardware) == NULL) {
			put_facts(hardware, s->hardware, hardware_facts, v->catalogue);
			json_object_set_new(unknown, s->hardware, json_true());
		}
	}
	json_decref(unknown);
	document_add(out, "facts", json_pack("{s:o, s:o}", "models", models, "hardware", hardware));
}
