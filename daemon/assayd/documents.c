/* documents.c — the documents that are made of cells: boards, models, hardware.
 * SPDX-License-Identifier: Apache-2.0 */
#include "documents.h"

#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "collect.h"
#include "document.h"
#include "place.h"

/* Some of the cells, in the order of boards. */
struct cells {
	const struct shown **list;
	size_t n;
};

void
document_clear(struct document *d)
{
	text_clear(&d->path);
	text_clear(&d->text);
}

static bool
made(const struct document *d, struct fault *f)
{
	return (!d->path.failed && !d->text.failed) ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for a document", "none");
}

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

static struct cells
cells_of_model(const struct view *v, const char *name)
{
	size_t from = first_of_model(v, name, false);

	return (struct cells){v->cells + from, first_of_model(v, name, true) - from};
}

static int64_t
newest(const struct cells *cells, const struct suite *suite)
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

/* A board of each suite that some of the cells belong to. */
static void
add_boards(const struct view *v, const struct cells *cells, struct text *out)
{
	const struct suite_set *set = v->server->suites;

	document_begin_list(out, "boards");
	for (size_t i = 0; i < set->n; i++) {
		if (newest(cells, set->suites[i]) == 0)
			continue;
		document_begin_element(out, "suite", suite_head(set->suites[i]));
		add_rows(cells, set->suites[i], out);
		document_end_element(out);
	}
	document_end_list(out);
}

bool
make_model(const struct view *v, const char *name, struct document *out, struct fault *f)
{
	const struct cells cells = cells_of_model(v, name);
	int64_t size = newest(&cells, NULL);
	struct model_runs runs;

	if (!collect_model_runs(v->db, name, &runs, f))
		return false;
	model_path(name, &out->path);
	if (runs.total == 0 && cells.n == 0) {
		json_decref(runs.shown);
		return made(out, f);
	}
	document_begin(&out->text, "assay-model-v1", runs.log_size > size ? runs.log_size : size);
	document_add(&out->text, "name", json_string(name));
	add_boards(v, &cells, &out->text);
	document_add(
	    &out->text, "runs_shown", json_integer((json_int_t)json_array_size(runs.shown)));
	document_add(&out->text, "runs_total", json_integer((json_int_t)runs.total));
	document_add_list(&out->text, "runs", runs.shown);
	document_end(&out->text);
	return made(out, f);
}

/* ---- hardware ---- */

static int
by_hardware(const void *a, const void *b)
{
	const struct shown *x = *(const struct shown *const *)a,
			   *y = *(const struct shown *const *)b;
	int order = strcmp(x->hardware, y->hardware);

	return order ? order : strcmp(x->order, y->order);
}

/* The cells that have hardware, by its name. The list is new. */
static struct cells
cells_with_hardware(const struct view *v)
{
	struct cells found = {calloc(v->cells_n + 1, sizeof(struct shown *)), 0};

	for (size_t i = 0; found.list != NULL && i < v->cells_n; i++)
		if (v->cells[i]->hardware != NULL)
			found.list[found.n++] = v->cells[i];
	if (found.list != NULL)
		qsort(found.list, found.n, sizeof(struct shown *), by_hardware);
	return found;
}

/* How many from the start on run on the same hardware as the first. */
static size_t
same_hardware(const struct shown **list, size_t n)
{
	size_t same = 1;

	while (same < n && strcmp(list[same]->hardware, list[0]->hardware) == 0)
		same++;
	return same;
}

bool
make_hardware(const struct view *v, const char *name, struct document *out, struct fault *f)
{
	struct cells found = {calloc(v->cells_n + 1, sizeof(struct shown *)), 0};

	if (found.list == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a document", "none");
	for (size_t i = 0; i < v->cells_n; i++)
		if (v->cells[i]->hardware != NULL && strcmp(v->cells[i]->hardware, name) == 0)
			found.list[found.n++] = v->cells[i];
	hardware_path(name, &out->path);
	if (found.n == 0) {
		free(found.list);
		return made(out, f);
	}
	document_begin(&out->text, "assay-hardware-v1", newest(&found, NULL));
	document_add(&out->text, "name", json_string(name));
	add_boards(v, &found, &out->text);
	document_end(&out->text);
	free(found.list);
	return made(out, f);
}

/* Cells of one name come in the order of boards, so those of one model stand together. */
static json_t *
hardware_entry(const struct shown **list, size_t n)
{
	struct text path = {0};
	size_t models = 0;
	json_t *entry;

	for (size_t i = 0; i < n; i++)
		models += i == 0 || strcmp(list[i]->model, list[i - 1]->model) != 0;
	hardware_path(list[0]->hardware, &path);
	entry = json_pack("{s:s, s:s, s:I, s:I}", "name", list[0]->hardware, "document", path.data,
	    "cells", (json_int_t)n, "models", (json_int_t)models);
	text_clear(&path);
	return entry;
}

bool
make_hardware_list(const struct view *v, struct document *out, struct fault *f)
{
	struct cells all = cells_with_hardware(v);
	json_t *list = json_array();
	size_t n;

	if (all.list == NULL)
		out->text.failed = true;
	for (size_t i = 0; i < all.n; i += n) {
		n = same_hardware(all.list + i, all.n - i);
		if (json_array_append_new(list, hardware_entry(all.list + i, n)) != 0)
			out->text.failed = true;
	}
	text_add_str(&out->path, "hardware.json");
	document_begin(&out->text, "assay-hardware-list-v1", newest(&all, NULL));
	document_add_list(&out->text, "hardware", list);
	document_end(&out->text);
	free(all.list);
	return made(out, f);
}
