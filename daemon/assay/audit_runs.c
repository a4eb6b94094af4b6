/* audit_runs.c — the pages of runs: is every submission there, in its state, with its verdict, and
 * are its numbers those that were signed?
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "audit_rows.h"
#include "encode.h"
#include "json.h"
#include "meeting.h"
#include "place.h"
#include "raw_cell.h"

#define NAMES_N(names) (sizeof(names) / sizeof(*(names)))

/* Which leaves were found on a page. */
struct told_runs {
	uint8_t *seen; /* a byte a leaf of the log */
	uint64_t n;
};

/* ---- one run ---- */

static const json_t *
result_in(const json_t *run, const char *metric, const char *cell)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (json_object_get(run, "results"), i, entry)
		if (strcmp(json_get_text(entry, "metric"), metric) == 0 &&
		    strcmp(json_get_text(entry, "cell"), cell) == 0)
			return entry;
	return NULL;
}

/* The error that a result tells of itself, as the log has it. */
static bool
check_within(const char *where, const struct within_run *own, const json_t *told, struct problem *p)
{
	const char *name = own->what == WITHIN_SE ? "se" : "sd";
	bool has = own->what == WITHIN_SD || own->what == WITHIN_SE;
	double size = json_get_real(told, name);

	if (json_get_whole(told, "n") != own->n)
		return audit_breach(p, where, "what was signed", "\"n\": %lld, not %lld",
		    (long long)json_get_whole(told, "n"), (long long)own->n);
	if (has && size != own->size)
		return audit_breach(
		    p, where, "what was signed", "\"%s\": %g, not %g", name, size, own->size);
	name = own->what == WITHIN_SE ? "sd" : "se";
	return json_object_get(told, name) == NULL && (has || json_object_get(told, "sd") == NULL)
		   ? true
		   : audit_breach(p, where, "what was signed", "an error that was not");
}

static bool
check_result(const char *where, const struct result *r, const json_t *run, struct problem *p)
{
	static const char *const names[] = {
	    "metric", "cell", "conditions", "value", "n", "sd", "se"};
	const char *metric = r->raw->at->suite->metrics[r->metric].name;
	char cell[HEX32_SIZE], place[200];
	const json_t *told;

	hex_print(r->raw->at->id, SHA256_SIZE, cell);
	snprintf(place, sizeof(place), "%.100s %.64s", where, metric);
	told = result_in(run, metric, cell);
	if (told == NULL)
		return audit_breach(p, place, "a result in cell", "none in %s", cell);
	if (json_get_real(told, "value") != r->value)
		return audit_breach(p, place, "the value that was signed", "%.17g, not %.17g",
		    json_get_real(told, "value"), r->value);
	return check_within(place, &r->within, told, p) &&
	       audit_members(place, told, names, NAMES_N(names), p);
}

/* What the checks said of it, as its leaf settled it. */
static bool
check_verdict(const char *where, const struct settled *s, const json_t *run, struct problem *p)
{
	json_t *own = s->verdict != NULL ? plausibility_json(s->verdict) : NULL;
	const json_t *told = json_object_get(run, "verdict");
	bool done;

	if (own == NULL)
		return told == NULL ||
		       audit_breach(p, where, "no verdict: the run is plausible", "one");
	done = told != NULL && audit_same(own, told);
	if (!done)
		audit_breach(p, where, json_get_text(own, "reason"), "verdict \"%.100s\"",
		    json_get_text(told, "reason"));
	json_decref(own);
	return done;
}

static bool
check_results(const char *where, const struct settled *s, const json_t *run, struct problem *p)
{
	size_t told = json_array_size(json_object_get(run, "results"));

	if (told != s->results_n)
		return audit_breach(
		    p, where, "every result of it", "%zu, not %zu", told, s->results_n);
	for (size_t i = 0; i < s->results_n; i++)
		if (!check_result(where, &s->results[i], run, p))
			return false;
	return true;
}

static bool
check_run(const struct audit *a, const char *page, const json_t *run, struct told_runs *told,
    struct problem *p)
{
	static const char *const names[] = {"index", "id", "submitter", "accepted_at", "state",
	    "reason", "pointer", "suite", "engine", "quantization", "results", "evidence",
	    "verdict", "raw_name"};
	const char *hex = json_get_text(run, "id");
	uint8_t id[SHA256_SIZE];
	const struct settled *s =
	    hex_parse(hex, id, SHA256_SIZE) ? book_statement(&a->book, id) : NULL;
	char where[200], by[HEX32_SIZE] = "";

	snprintf(where, sizeof(where), "run %.64s, %.110s", hex, page);
	if (s == NULL || s->kind != KIND_SUBMISSION || s->results == NULL)
		return audit_breach(p, page, "runs of the log", "run %.64s", hex);
	if (json_get_whole(run, "index") != s->index || told->seen[s->index]++ > 0)
		return audit_breach(p, where, "each run once, at its place in the log", "leaf %lld",
		    (long long)json_get_whole(run, "index"));
	if (s->by != NULL)
		hex_print(s->by->id, SHA256_SIZE, by);
	if (strcmp(by, json_get_text(json_object_get(run, "submitter"), "id")) != 0)
		return audit_breach(p, where, by, "a run of submitter %.64s",
		    json_get_text(json_object_get(run, "submitter"), "id"));
	if (strcmp(state_name(s->state), json_get_text(run, "state")) != 0)
		return audit_breach(
		    p, where, state_name(s->state), "state \"%.20s\"", json_get_text(run, "state"));
	return check_verdict(where, s, run, p) && check_results(where, s, run, p) &&
	       audit_members(where, run, names, NAMES_N(names), p);
}

/* ---- all pages ---- */

static bool
check_page(
    struct audit *a, const char *model, int64_t page, struct told_runs *told, struct problem *p)
{
	struct text path = {0};
	char number[24], where[300];
	json_t *doc = NULL, *run;
	size_t i;
	bool done;

	snprintf(number, sizeof(number), "%lld", (long long)page);
	model_runs_path(model, number, &path);
	if (!path.failed)
		doc = audit_document(a, path.data, where, p);
	text_clear(&path);
	done = doc != NULL;
	json_array_foreach (json_object_get(doc, "runs"), i, run)
		done = done && check_run(a, where, run, told, p);
	json_decref(doc);
	return done;
}

static bool
check_model(struct audit *a, const char *model, struct told_runs *told, struct problem *p)
{
	struct text path = {0};
	char where[300];
	json_t *doc = NULL;
	bool done;
	int64_t pages;

	model_path(model, &path);
	if (!path.failed)
		doc = audit_document(a, path.data, where, p);
	text_clear(&path);
	done = doc != NULL;
	pages = json_get_whole(doc, "run_pages");
	json_decref(doc);
	for (int64_t i = 0; done && i < pages; i++)
		done = check_page(a, model, i, told, p);
	return done;
}

/* Every submission that was let in stands on a page, but those that are withheld. */
static bool
check_all_told(const struct audit *a, const struct told_runs *told, struct problem *p)
{
	const struct settled *s;
	char where[HEX32_SIZE + 8], id[HEX32_SIZE];
	size_t at = 0;

	while ((s = map_next(&a->book.statements, &at)) != NULL) {
		if (s->kind != KIND_SUBMISSION || s->results == NULL || told->seen[s->index])
			continue;
		hex_print(s->id, SHA256_SIZE, id);
		snprintf(where, sizeof(where), "run %s", id);
		return audit_breach(
		    p, where, "every run of the log on a page of its model", "none");
	}
	return true;
}

bool
audit_runs(struct audit *a, struct problem *p)
{
	struct told_runs told = {.n = a->checkpoint.size};
	char where[300];
	json_t *index = audit_document(a, "index.json", where, p), *model;
	bool done = index != NULL;
	size_t i;

	told.seen = calloc(told.n + 1, 1);
	if (done && told.seen == NULL)
		done = fault_set(&p->fault, FAULT_NO_MEMORY, where, "memory for its runs", "none");
	json_array_foreach (json_object_get(index, "models"), i, model)
		done = done && check_model(a, json_get_text(model, "name"), &told, p);
	done = done && check_all_told(a, &told, p);
	free(told.seen);
	json_decref(index);
	return done;
}
