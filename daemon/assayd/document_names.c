/* document_names.c — names that runs give and the catalogue does not know, for staff to look at.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "documents.h"
#include "list.h"
#include "text.h"

#define NAMES_MAX 200 /* of each sort */
#define JOINT " + "   /* between the names of different accelerators in a cell */

/* How many cells a name stands in, and the last leaf of these. */
struct named {
	char *name;
	bool several; /* the name is that of several parts */
	size_t cells_n;
	int64_t log_size;
};

struct names {
	const struct view *view;
	enum match (*look_up)(const struct catalogue *c, const char *name);
	json_t *places; /* name → place in list; a known name: -1 */
	struct named *list;
	size_t n, room;
	bool failed;
};

static enum match
look_up_hardware(const struct catalogue *c, const char *name)
{
	const struct device_query q = {.raw = name};
	struct catalogue_device device;

	return catalogue_device(c, &q, &device);
}

static enum match
look_up_model(const struct catalogue *c, const char *name)
{
	const json_t *row;

	return catalogue_model(c, name, &row);
}

static enum match
look_up_engine(const struct catalogue *c, const char *name)
{
	const json_t *row;

	return catalogue_engine(c, name, &row);
}

static enum match
look_up_quantization(const struct catalogue *c, const char *name)
{
	const json_t *row;

	return catalogue_quantization(c, name, &row);
}

/* The place of a name that is not known; -1: it is known, or there is no memory. */
static json_int_t
new_place(struct names *t, const char *name)
{
	enum match m = t->look_up(t->view->catalogue, name);
	struct named *list;

	if (m == MATCH_ONE)
		return -1;
	list = list_room(t->list, t->n, &t->room, sizeof(*list));
	if (list == NULL || (list[t->n].name = strdup(name)) == NULL) {
		t->list = list != NULL ? list : t->list;
		t->failed = true;
		return -1;
	}
	t->list = list;
	list[t->n].several = m == MATCH_SEVERAL;
	list[t->n].cells_n = 0;
	list[t->n].log_size = 0;
	return (json_int_t)t->n++;
}

static void
count(struct names *t, const char *name, int64_t log_size)
{
	const json_t *known = json_object_get(t->places, name);
	json_int_t place = known != NULL ? json_integer_value(known) : new_place(t, name);

	if (known == NULL && json_object_set_new(t->places, name, json_integer(place)) != 0)
		t->failed = true;
	if (place < 0)
		return;
	t->list[place].cells_n++;
	if (log_size > t->list[place].log_size)
		t->list[place].log_size = log_size;
}

/* A cell of different accelerators names them all. */
static void
count_hardware(struct names *t, const struct shown *s)
{
	char *copy = strdup(s->hardware), *at = copy, *end;

	t->failed = t->failed || copy == NULL;
	while (at != NULL) {
		end = strstr(at, JOINT);
		if (end != NULL)
			*end = 0;
		if (*at != 0)
			count(t, at, s->log_size);
		at = end != NULL ? end + strlen(JOINT) : NULL;
	}
	free(copy);
}

static int
by_cells_and_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->cells_n != y->cells_n)
		return x->cells_n < y->cells_n ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* For a shell: in single quotes, and those in the name as it takes them. */
static void
add_quoted(const char *name, struct text *out)
{
	text_add_str(out, "'");
	for (; *name != 0; name++)
		if (*name == '\'')
			text_add_str(out, "'\\''");
		else
			text_add(out, name, 1);
	text_add_str(out, "'");
}

/* What staff may give to their runner, the canonical name and a reason put in. A name may look like
 * an option, so it stands behind "--". */
static json_t *
commands(const char *of, const char *name)
{
	struct text command = {0};
	json_t *list = NULL;

	text_addf(&command, "assay alias --reason '…' -- %s ", of);
	add_quoted(name, &command);
	text_add_str(&command, " '…'");
	if (!command.failed)
		list = json_pack("[s]", command.data);
	text_clear(&command);
	return list;
}

static void
list_names(struct names *t, const char *of, json_t *out, int64_t *log_size)
{
	if (t->n > 0)
		qsort(t->list, t->n, sizeof(*t->list), by_cells_and_name);
	for (size_t i = 0; i < t->n && i < NAMES_MAX; i++) {
		const struct named *d = &t->list[i];

		json_array_append_new(
		    out, json_pack("{s:s, s:s, s:b, s:I, s:o}", "of", of, "name", d->name,
			     "ambiguous", d->several, "cells", (json_int_t)d->cells_n, "commands",
			     commands(of, d->name)));
		if (d->log_size > *log_size)
			*log_size = d->log_size;
	}
	for (size_t i = 0; i < t->n; i++)
		free(t->list[i].name);
	free(t->list);
	json_decref(t->places);
}

json_t *
unknown_names(const struct view *v, int64_t *log_size)
{
	struct names hardware = {.view = v, .look_up = look_up_hardware, .places = json_object()},
		     models = {.view = v, .look_up = look_up_model, .places = json_object()},
		     engines = {.view = v, .look_up = look_up_engine, .places = json_object()},
		     types = {.view = v, .look_up = look_up_quantization, .places = json_object()};
	json_t *list = json_array();

	for (size_t i = 0; v->catalogue != NULL && i < v->cells_n; i++) {
		if (v->cells[i]->hardware != NULL)
			count_hardware(&hardware, v->cells[i]);
		count(&models, v->cells[i]->model, v->cells[i]->log_size);
		if (v->cells[i]->engine[0] != 0)
			count(&engines, v->cells[i]->engine, v->cells[i]->log_size);
		if (v->cells[i]->quantization[0] != 0)
			count(&types, v->cells[i]->quantization, v->cells[i]->log_size);
	}
	list_names(&hardware, "hardware", list, log_size);
	list_names(&models, "model", list, log_size);
	list_names(&engines, "engine", list, log_size);
	list_names(&types, "quantization", list, log_size);
	if (!hardware.failed && !models.failed && !engines.failed && !types.failed)
		return list;
	json_decref(list);
	return NULL;
}
