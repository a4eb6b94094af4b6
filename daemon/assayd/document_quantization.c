/* document_quantization.c — the ladder of a model's quantizations: what each costs, saves and
 * loses. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "document.h"
#include "json.h"
#include "ladder.h"
#include "paired.h"
#include "place.h"
#include "speeds.h"

#define CELLS_COMPARED_MAX 512 /* as many as are asked for at once */

/* One ladder: what was measured on the same text against the same base, smallest first. */
struct ladder {
	const struct view *v;
	const struct rows_of_cells *r;
	const struct votes_source *votes;
	size_t *at; /* places of its cells in r */
	struct rung *rungs;
	size_t n;
	size_t quality[CELLS_COMPARED_MAX]; /* places of cells of quality that have votes here */
	size_t quality_n;
};

static bool
is_ladder_cell(const struct shown *s)
{
	return strcmp(s->suite->name, "quantization") == 0;
}

/* Quality: neither of a machine nor of quantization itself. */
static bool
is_quality_cell(const struct shown *s)
{
	return s->hardware == NULL && !is_ladder_cell(s);
}

static double
model_number(const json_t *row, const char *member)
{
	const json_t *value = json_object_get(json_object_get(row, "model"), member);

	return json_is_number(value) ? json_number_value(value) : -1;
}

static double
bits_of(const json_t *row)
{
	double bits = model_number(row, "bits_per_weight"), size = model_number(row, "size_bytes"),
	       parameters = model_number(row, "parameters");

	if (bits > 0)
		return bits;
	return size > 0 && parameters > 0 ? 8 * size / parameters : -1;
}

/* ---- which is the base, and what the others lose against it ---- */

/* Where cells name no base, it is the variant with the most bits; n if nobody said how many. */
static size_t
most_bits(const struct rows_of_cells *r, const size_t *at, size_t n)
{
	size_t best = n;

	for (size_t i = 0; i < n; i++)
		if (bits_of(r->rows[at[i]]) > 0 &&
		    (best == n || bits_of(r->rows[at[i]]) > bits_of(r->rows[at[best]])))
			best = i;
	return best;
}

static bool
compare_cells(const struct votes_source *votes, const struct shown *a, const struct shown *b,
    size_t metric, struct paired *out)
{
	const struct suite_metric *m = &a->suite->metrics[metric];
	size_t a_n, b_n;
	struct run *of_a = votes_source_runs(votes, a, m->name, &a_n),
		   *of_b = votes_source_runs(votes, b, m->name, &b_n);
	bool done =
	    of_a != NULL && of_b != NULL && compare_runs(of_a, a_n, of_b, b_n, m->log_scale, out);

	free(of_a);
	free(of_b);
	return done;
}

static enum interval_kind
interval_kind_of(const char *name)
{
	for (int kind = 0; kind < INTERVAL__MAX; kind++)
		if (strcmp(interval_kind_name((enum interval_kind)kind), name) == 0)
			return (enum interval_kind)kind;
	return INTERVAL_NONE;
}

static json_t *
paired_json(const struct interval *in, size_t voters, bool paired)
{
	return json_pack("{s:f, s:f, s:f, s:s, s:I, s:b}", "point", in->point, "low", in->low,
	    "high", in->high, "interval", interval_kind_name(in->kind), "voters",
	    (json_int_t)voters, "paired", paired);
}

/* As it was measured: by each submitter, in one run of both. */
static json_t *
measured_loss(const json_t *row, struct rung *rung)
{
	const json_t *e = row_estimate(row, "perplexity_ratio");

	if (e == NULL)
		return NULL;
	rung->has_loss = true;
	rung->contested = strcmp(json_get_text(e, "standing"), "contested") == 0;
	rung->loss = (struct interval){.point = json_get_real(e, "point"),
	    .low = json_get_real(e, "low"),
	    .high = json_get_real(e, "high"),
	    .kind = interval_kind_of(json_get_text(e, "interval"))};
	return paired_json(&rung->loss, (size_t)json_get_whole(e, "voters"), true);
}

static json_t *
compared_loss(const struct ladder *l, size_t i, size_t base)
{
	const struct shown *a = l->r->cells.list[l->at[i]], *b;
	struct paired p;

	if (base == l->n || base == i)
		return NULL;
	b = l->r->cells.list[l->at[base]];
	if (a->suite->metrics_n == 0 || strcmp(a->suite->metrics[0].name, "perplexity") != 0 ||
	    !compare_cells(l->votes, a, b, 0, &p))
		return NULL;
	l->rungs[i].has_loss = true;
	l->rungs[i].contested = a->contested || b->contested;
	l->rungs[i].loss = p.interval;
	return paired_json(&p.interval, p.voters, p.paired);
}

/* ---- what else is known of a variant ---- */

/* Score against the variant of the same model with the most bits, each suite's first metric. */
static void
add_score(const struct ladder *l, size_t cell, json_t *list)
{
	const struct shown *a = l->r->cells.list[cell];
	size_t rivals[CELLS_COMPARED_MAX], n = 0, base;
	struct paired p;

	for (size_t i = 0; i < l->quality_n; i++)
		if (l->r->cells.list[l->quality[i]]->suite == a->suite &&
		    strcmp(l->r->cells.list[l->quality[i]]->group, a->group) == 0)
			rivals[n++] = l->quality[i];
	base = most_bits(l->r, rivals, n);
	if (base < n && rivals[base] != cell &&
	    compare_cells(l->votes, a, l->r->cells.list[rivals[base]], 0, &p)) {
		json_t *score = paired_json(&p.interval, p.voters, p.paired);

		json_object_set_new(score, "suite",
		    json_pack("{s:s, s:I}", "name", a->suite->name, "version",
			(json_int_t)a->suite->version));
		json_object_set_new(score, "metric", json_string(a->suite->metrics[0].name));
		json_object_set_new(
		    score, "against", json_string(l->r->cells.list[rivals[base]]->subject));
		json_object_set(score, "cell", json_object_get(l->r->rows[cell], "cell"));
		json_array_append_new(list, score);
	}
}

static json_t *
scores_json(const struct ladder *l, const char *subject)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->quality_n; i++)
		if (strcmp(l->r->cells.list[l->quality[i]]->subject, subject) == 0)
			add_score(l, l->quality[i], list);
	return list;
}

static json_t *
estimates_json(const json_t *row)
{
	json_t *made = json_object(), *entry;
	size_t i;

	json_array_foreach (json_object_get(row, "estimates"), i, entry) {
		const char *metric = json_get_text(entry, "metric");

		json_object_set_new(made, metric, estimate_short(row, metric));
	}
	return made;
}

static json_t *
variant_json(struct ladder *l, size_t i, size_t base)
{
	static const char *const members[] = {"quantization", "file", "size_bytes"};
	const struct shown *s = l->r->cells.list[l->at[i]];
	json_t *row = l->r->rows[l->at[i]], *model = json_object_get(row, "model");
	json_t *variant = json_pack("{s:s}", "subject", s->subject), *loss;

	for (size_t k = 0; k < sizeof(members) / sizeof(*members); k++)
		json_object_set(variant, members[k], json_object_get(model, members[k]));
	if (bits_of(row) > 0)
		json_object_set_new(variant, "bits_per_weight", json_real(bits_of(row)));
	loss = measured_loss(row, &l->rungs[i]);
	if (loss == NULL)
		loss = compared_loss(l, i, base);
	if (loss != NULL)
		json_object_set_new(variant, "loss", loss);
	json_object_set_new(variant, "good_enough",
	    json_string(i == base ? "base" : good_name(rung_judge(&l->rungs[i], LADDER_LIMIT))));
	json_object_set_new(variant, "estimates", estimates_json(row));
	json_object_set_new(variant, "scores", scores_json(l, s->subject));
	json_object_set_new(variant, "speeds", speeds_json(l->r, s->subject));
	return variant;
}

/* ---- a ladder ---- */

/* By size; what nobody knows the size of comes last; ties stay in the order of boards. */
static void
sort_by_size(struct ladder *l)
{
	for (size_t i = 1; i < l->n; i++)
		for (size_t k = i; k > 0; k--) {
			struct rung *low = &l->rungs[k - 1], *high = &l->rungs[k];
			size_t at = l->at[k - 1];
			struct rung rung = *low;

			if (high->size < 0 || (low->size >= 0 && low->size <= high->size))
				break;
			*low = *high;
			*high = rung;
			l->at[k - 1] = l->at[k];
			l->at[k] = at;
		}
}

/* Bytes and bits a weight are no one scale: a ladder is ordered by what more of it tells. */
static void
measure_sizes(struct ladder *l)
{
	size_t sizes_n = 0, bits_n = 0;

	for (size_t i = 0; i < l->n; i++) {
		sizes_n += model_number(l->r->rows[l->at[i]], "size_bytes") > 0;
		bits_n += bits_of(l->r->rows[l->at[i]]) > 0;
	}
	for (size_t i = 0; i < l->n; i++) {
		const json_t *row = l->r->rows[l->at[i]];
		double size = sizes_n < bits_n ? bits_of(row) : model_number(row, "size_bytes");

		l->rungs[i] = (struct rung){.size = size > 0 ? size : -1};
	}
}

static json_t *
smallest_json(const struct ladder *l)
{
	json_t *list = json_array();

	for (size_t i = 0; ladder_limits[i] > 0; i++) {
		size_t at = rungs_smallest(l->rungs, l->n, ladder_limits[i]);

		json_array_append_new(
		    list, json_pack("{s:f, s:s?}", "limit", ladder_limits[i], "subject",
			      at < l->n ? l->r->cells.list[l->at[at]]->subject : NULL));
	}
	return list;
}

static void
add_ladder(struct ladder *l, struct text *out)
{
	const json_t *row = l->r->rows[l->at[0]];
	const char *told = row_field(row, "base");
	json_t *variants = json_array();
	size_t base;

	measure_sizes(l);
	sort_by_size(l);
	base = told[0] != 0 ? l->n : most_bits(l->r, l->at, l->n);
	for (size_t i = 0; told[0] != 0 && i < l->n; i++)
		if (strcmp(l->r->cells.list[l->at[i]]->subject, told) == 0)
			base = i;
	for (size_t i = 0; i < l->n; i++)
		json_array_append_new(variants, variant_json(l, i, base));
	if (told[0] == 0 && base < l->n)
		told = l->r->cells.list[l->at[base]]->subject;
	document_begin_element(out, "base", told[0] != 0 ? json_string(told) : json_null());
	document_add(out, "text_sha256", json_string(row_field(row, "conditions.text_sha256")));
	document_add(out, "n_ctx", json_string(row_field(row, "conditions.n_ctx")));
	document_add(out, "chunks", json_string(row_field(row, "conditions.chunks")));
	document_add(out, "smallest", smallest_json(l));
	document_add_list(out, "variants", variants);
	document_end_element(out);
}

/* A ladder for each group of cells that compete, in the order of their first cells. */
static void
add_ladders(struct ladder *l, struct text *out)
{
	const struct cells *cells = &l->r->cells;
	bool *seen = calloc(cells->n + 1, sizeof(*seen));

	l->at = calloc(cells->n + 1, sizeof(*l->at));
	l->rungs = calloc(cells->n + 1, sizeof(*l->rungs));
	out->failed = out->failed || !seen || !l->at || !l->rungs;
	document_begin_list(out, "ladders");
	for (size_t i = 0; !out->failed && i < cells->n; i++) {
		if (seen[i] || !is_ladder_cell(cells->list[i]))
			continue;
		l->n = 0;
		for (size_t k = i; k < cells->n; k++)
			if (cells->list[k]->suite == cells->list[i]->suite &&
			    strcmp(cells->list[k]->group, cells->list[i]->group) == 0) {
				seen[k] = true;
				l->at[l->n++] = k;
			}
		add_ladder(l, out);
	}
	document_end_list(out);
	free(seen);
	free(l->at);
	free(l->rungs);
}

/* Those of cells_to_compare() that tell of quality. */
static void
find_quality(struct ladder *l)
{
	const struct cells *cells = &l->r->cells;
	size_t compared_n = 0;

	for (size_t i = 0; i < cells->n && compared_n < CELLS_COMPARED_MAX; i++) {
		compared_n += cells->list[i]->hardware == NULL;
		if (is_quality_cell(cells->list[i]))
			l->quality[l->quality_n++] = i;
	}
}

/* The cells that are compared by their votes. The list is new. */
static struct cells
cells_to_compare(const struct cells *cells, size_t *ladder_n)
{
	struct cells found = {calloc(cells->n + 1, sizeof(struct shown *)), 0};

	*ladder_n = 0;
	for (size_t i = 0; found.list != NULL && i < cells->n; i++) {
		*ladder_n += is_ladder_cell(cells->list[i]);
		if (cells->list[i]->hardware == NULL && found.n < CELLS_COMPARED_MAX)
			found.list[found.n++] = cells->list[i];
	}
	return found;
}

static json_t *
rule_json(void)
{
	return json_pack("{s:s, s:f, s:f, s:s}", "metric", "perplexity_ratio", "limit",
	    LADDER_LIMIT, "level", 0.95, "text",
	    "good enough: the whole 95 % interval over submitters of the ratio of perplexities, "
	    "variant to base, lies at or below the limit; single runs and contested cells decide "
	    "nothing; each variant by itself");
}

static bool
make(const struct view *v, const char *name, const struct cells *cells,
    const struct votes_source *votes, struct text *out)
{
	struct rows_of_cells rows = {0};
	struct ladder l = {.v = v, .r = &rows, .votes = votes};

	if (!rows_parse(cells, &rows))
		return false;
	find_quality(&l);
	document_begin(out, "assay-quantization-v1", cells_log_size(cells, NULL));
	document_add(out, "name", json_string(name));
	document_add(out, "rule", rule_json());
	add_ladders(&l, out);
	document_end(out);
	rows_clear(&rows);
	return true;
}

bool
make_quantization(
    const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	const struct cells cells = cells_of_model(v, w->name);
	struct votes_source votes = {0};
	size_t ladder_n;
	struct cells compared = cells_to_compare(&cells, &ladder_n);
	bool done = compared.list != NULL;

	quantization_path(w->name, &out->path);
	if (done && ladder_n > 0)
		done = collect_votes(v->db, compared.list, compared.n, &votes, f) &&
		       make(v, w->name, &cells, &votes, &out->text);
	votes_source_clear(&votes);
	free(compared.list);
	return done ? document_made(out, f)
	       : f->code == FAULT_NONE
		   ? fault_set(f, FAULT_NO_MEMORY, "", "memory for a ladder", "none")
		   : false;
}
