/* document_board.c — a suite's board: its cells, each with its ranks among those it competes with.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "bounds.h"
#include "cells.h"
#include "columns.h"
#include "document.h"
#include "place.h"
#include "rank.h"

/* A cell of the board, and its ranks: a metric each, of how many. */
struct place {
	const struct shown *cell;
	struct column_ranks *ranks;
};

struct places {
	struct place *list;
	struct column_ranks *ranks; /* of all */
	struct ranked *ranked;      /* scratch, as the next */
	double *scratch;
	size_t n;
	int64_t log_size;
};

static void
places_clear(struct places *p)
{
	free(p->list);
	free(p->ranks);
	free(p->ranked);
	free(p->scratch);
}

static bool
places_begin(const struct view *v, const struct suite *suite, struct places *p)
{
	memset(p, 0, sizeof(*p));
	p->list = calloc(v->cells_n + 1, sizeof(*p->list));
	p->ranks = calloc(v->cells_n * suite->metrics_n + 1, sizeof(*p->ranks));
	p->ranked = calloc(v->cells_n + 1, sizeof(*p->ranked));
	p->scratch = calloc(2 * v->cells_n + 1, sizeof(*p->scratch));
	if (!p->list || !p->ranks || !p->ranked || !p->scratch)
		return false;
	for (size_t i = 0; i < v->cells_n; i++) {
		if (v->cells[i]->suite != suite)
			continue;
		if (v->cells[i]->log_size > p->log_size)
			p->log_size = v->cells[i]->log_size;
		p->list[p->n] = (struct place){
		    .cell = v->cells[i], .ranks = p->ranks + p->n * suite->metrics_n};
		p->n++;
	}
	return true;
}

/* ---- ranks ---- */

static int
by_group(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->cell->group, y->cell->group);

	return order ? order : strcmp(x->cell->order, y->cell->order);
}

static int
by_order(const void *a, const void *b)
{
	return strcmp(
	    ((const struct place *)a)->cell->order, ((const struct place *)b)->cell->order);
}

/* Rank one metric among the n places of one group. */
static void
rank_group(
    struct places *p, struct place *group, size_t n, const struct suite *suite, size_t metric)
{
	size_t measured = 0, at = 0;

	for (size_t i = 0; i < n; i++) {
		const struct bounds *b = &group[i].cell->bounds[metric];

		if (b->measured)
			p->ranked[measured++] = (struct ranked){.low = b->low, .high = b->high};
	}
	rank_intervals(p->ranked, measured, suite->metrics[metric].higher_is_better, p->scratch);
	for (size_t i = 0; i < n; i++)
		if (group[i].cell->bounds[metric].measured) {
			group[i].ranks[metric] = (struct column_ranks){
			    p->ranked[at].best, p->ranked[at].worst, measured};
			at++;
		}
}

static void
rank_all(struct places *p, const struct suite *suite)
{
	size_t n;

	qsort(p->list, p->n, sizeof(*p->list), by_group);
	for (size_t from = 0; from < p->n; from += n) {
		for (n = 1; from + n < p->n &&
			    strcmp(p->list[from + n].cell->group, p->list[from].cell->group) == 0;
		     n++)
			;
		for (size_t metric = 0; metric < suite->metrics_n; metric++)
			rank_group(p, p->list + from, n, suite, metric);
	}
	qsort(p->list, p->n, sizeof(*p->list), by_order);
}

/* ---- rows ---- */

static void
add_places(const struct places *p, const struct suite *suite, struct text *out)
{
	struct columns *columns = columns_new(suite);

	for (size_t i = 0; columns != NULL && i < p->n; i++) {
		const struct place *place = &p->list[i];

		columns_add(columns, place->cell->cut, place->cell->cut_n, place->ranks);
	}
	if (columns != NULL)
		columns_print(columns, out);
	else
		out->failed = true;
	columns_free(columns);
}

/* The suite of "NAME/VERSION". */
static const struct suite *
suite_of(const struct view *v, const char *key)
{
	const char *slash = strchr(key, '/');
	char name[96];

	snprintf(name, sizeof(name), "%.*s", (int)(slash - key), key);
	return suite_find(v->server->suites, name, atoll(slash + 1));
}

bool
make_board(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	const struct suite *suite = suite_of(v, w->name);
	struct places p;
	bool done = places_begin(v, suite, &p);

	if (done) {
		rank_all(&p, suite);
		board_path(suite, v->server->suites, &out->path);
		document_begin(&out->text, BOARD_FORMAT,
		    p.log_size > v->config_size ? p.log_size : v->config_size);
		document_add(&out->text, "suite", suite_head(suite));
		cells_add_facts(v, &(struct cells){v->cells, v->cells_n}, suite, &out->text);
		add_places(&p, suite, &out->text);
		document_end(&out->text);
	}
	places_clear(&p);
	return (done && !out->path.failed && !out->text.failed) ||
	       fault_set(f, FAULT_NO_MEMORY, "", "memory for a board", "none");
}
