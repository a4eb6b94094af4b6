/* document_hardware.c — the documents of hardware: all of it in short, each with its cells.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "costs.h"
#include "document.h"
#include "facts.h"
#include "json.h"
#include "place.h"
#include "speeds.h"

#define GIB (1024.0 * 1024 * 1024)

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

/* Whether a machine's weights fit into its devices' memory, which the catalogue knows. */
static void
put_fit(json_t *run, double memory_gib)
{
	double size = json_number_value(json_object_get(run, "size_bytes")),
	       devices = strtod(json_get_text(run, "accelerator_count"), NULL);

	if (size > 0 && memory_gib > 0 && devices >= 1)
		json_object_set_new(
		    run, "weights_fit", json_boolean(size <= devices * memory_gib * GIB));
}

/* What runs there, how fast, and what the hour costs. */
static bool
add_runs(const struct view *v, const char *name, const struct cells *cells, struct text *out,
    struct fault *f)
{
	struct db_rows *prices = dbsync_ask(v->db, QUERY_PRICES, NULL, f);
	const struct costs costs = {.prices = prices, .catalogue = v->catalogue};
	struct rows_of_cells rows = {0};
	json_t *facts, *price, *runs, *run;
	size_t i;

	if (prices == NULL || !rows_parse(cells, &rows)) {
		dbsync_free(prices);
		return false;
	}
	facts = hardware_facts(v->catalogue, name);
	price = hourly_price(&costs, name);
	runs = speeds_json(&rows, NULL);
	json_array_foreach (runs, i, run)
		put_fit(run, json_get_real(facts, "memory_gib"));
	document_add(out, "facts", facts != NULL ? facts : json_null());
	document_add(out, "price_per_hour", price != NULL ? price : json_null());
	document_add_list(out, "runs", runs);
	rows_clear(&rows);
	dbsync_free(prices);
	return true;
}

bool
make_hardware(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	const char *name = w->name;
	int64_t size;
	struct cells found = {calloc(v->cells_n + 1, sizeof(struct shown *)), 0};

	if (found.list == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a document", "none");
	for (size_t i = 0; i < v->cells_n; i++)
		if (v->cells[i]->hardware != NULL && strcmp(v->cells[i]->hardware, name) == 0)
			found.list[found.n++] = v->cells[i];
	hardware_path(name, &out->path);
	if (found.n == 0) {
		free(found.list);
		return document_made(out, f);
	}
	size = cells_log_size(&found, NULL);
	document_begin(
	    &out->text, "assay-hardware-v1", size > v->config_size ? size : v->config_size);
	document_add(&out->text, "name", json_string(name));
	if (!add_runs(v, name, &found, &out->text, f)) {
		free(found.list);
		return false;
	}
	cells_add_boards(v, &found, &out->text);
	document_end(&out->text);
	free(found.list);
	return document_made(out, f);
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
make_hardware_list(
    const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
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
	(void)w;
	text_add_str(&out->path, "hardware.json");
	document_begin(&out->text, "assay-hardware-list-v1", cells_log_size(&all, NULL));
	document_add_list(&out->text, "hardware", list);
	document_end(&out->text);
	free(all.list);
	return document_made(out, f);
}
