/* evalplus.c — importer of EvalPlus: pass@k on the original tests, and on those and more.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft_parts.h"
#include "encode.h"
#include "glance.h"
#include "importer.h"
#include "json.h"
#include "mend.h"
#include "records.h"

/* The two sets of tests: what passes the second has passed the first too. */
static const char *const sets[] = {"base", "plus"};
static const int ks[] = {1, 10, 100};

struct reading {
	const struct record *record;
	const json_t *eval;
	struct draft *d;
	struct fault *f;
	int64_t samples_min, samples_max;
	bool has_plus;
};

/* pass@k of one task, as EvalPlus computes it (evalplus/eval/__init__.py, after Chen et al. 2021,
 * arXiv:2107.03374): 1 − Π (1 − k/i) for i from n − c + 1 to n. */
static double
pass_at(int64_t n, int64_t c, int64_t k)
{
	double none = 1;

	if (n - c < k)
		return 1;
	for (int64_t i = n - c + 1; i <= n; i++)
		none *= 1.0 - (double)k / (double)i;
	return 1.0 - none;
}

static bool
passes(const json_t *sample, int set)
{
	return strcmp(json_get_text(sample, "base_status"), "pass") == 0 &&
	       (set == 0 || strcmp(json_get_text(sample, "plus_status"), "pass") == 0);
}

static int64_t
passing(const json_t *samples, int set)
{
	const json_t *sample;
	int64_t n = 0;
	size_t i;

	json_array_foreach (samples, i, sample)
		n += passes(sample, set);
	return n;
}

static bool
check_task(struct reading *g, const char *task, const json_t *samples)
{
	int64_t n = (int64_t)json_array_size(samples);
	const json_t *sample;
	char key[200];
	size_t i;

	snprintf(key, sizeof(key), "eval\n%.150s", task);
	if (n == 0)
		return record_fault(g->f, g->record, key, "an array of samples", "none");
	json_array_foreach (samples, i, sample) {
		if (!json_is_string(json_object_get(sample, "base_status")))
			return record_fault(
			    g->f, g->record, key, "samples with base_status", "one without");
		g->has_plus = g->has_plus && json_is_string(json_object_get(sample, "plus_status"));
	}
	if (g->samples_min == 0 || n < g->samples_min)
		g->samples_min = n;
	if (n > g->samples_max)
		g->samples_max = n;
	return true;
}

/* The mean over tasks, and what the file says it is: the file's where they agree. */
static bool
pass_value(const struct reading *g, int set, int k, double *out)
{
	const json_t *told = json_object_get(g->record->json, "pass_at_k"), *samples;
	char name[24], key[60], ours[64];
	double sum = 0, value;
	const char *task;

	json_object_foreach ((json_t *)g->eval, task, samples)
		sum += pass_at((int64_t)json_array_size(samples), passing(samples, set), k);
	*out = sum / (double)json_object_size(g->eval);
	snprintf(name, sizeof(name), "pass@%d", k);
	if (real_of(json_object_get(json_object_get(told, sets[set]), name), &value) != REAL_FINITE)
		return true;
	if (fabs(value - *out) > 1e-9) {
		snprintf(key, sizeof(key), "pass_at_k\n%s\n%s", sets[set], name);
		snprintf(ours, sizeof(ours), "%.12g, as its samples say", *out);
		return record_fault(g->f, g->record, key, ours, "%.12g", value);
	}
	*out = value;
	return true;
}

static void
add_items(const struct reading *g, const char *metric, int set)
{
	const struct suite *suite = g->d->suite;
	const struct suite_metric *row = suite_metric(suite, metric);
	json_t *items = json_object_get(g->d->body, "items"), *scores, *samples;
	char hex[HEX32_SIZE];
	const char *task;

	if (row == NULL || !row->has_items)
		return;
	scores = json_array();
	for (int64_t k = 0; k < suite->items_n; k++)
		json_array_append_new(scores, json_null());
	json_object_foreach ((json_t *)g->eval, task, samples) {
		int64_t place = suite_place(suite, "id", task);

		if (place >= 0 && place < suite->items_n)
			json_array_set_new(scores, (size_t)place,
			    json_real(
				(double)passing(samples, set) / (double)json_array_size(samples)));
	}
	if (items == NULL) {
		items = json_array();
		json_object_set_new(g->d->body, "items", items);
	}
	hex_print(suite->items_digest, SHA256_SIZE, hex);
	json_array_append_new(
	    items, json_pack("{s:s, s:s, s:o}", "metric", metric, "digest", hex, "scores", scores));
}

static bool
add_results(struct reading *g, const json_t *conditions)
{
	int64_t tasks = (int64_t)json_object_size(g->eval);

	for (int set = 0; set < 2; set++)
		for (size_t k = 0; k < sizeof(ks) / sizeof(ks[0]); k++) {
			char metric[32];
			double value;

			if (ks[k] > g->samples_min || (set == 1 && !g->has_plus))
				continue;
			snprintf(metric, sizeof(metric), "%s_pass_at_%d", sets[set], ks[k]);
			if (!pass_value(g, set, ks[k], &value))
				return false;
			draft_result(g->d, metric, conditions, value, tasks);
			if (ks[k] == 1)
				add_items(g, metric, set);
		}
	return true;
}

static json_t *
conditions_of(const struct reading *g)
{
	json_t *conditions = json_object();
	const char *hash = json_get_text(g->record->json, "hash");

	if (strlen(hash) == 32 && strspn(hash, "0123456789abcdef") == 32)
		json_object_set_new(conditions, "dataset_hash", json_string(hash));
	json_object_set_new(
	    conditions, "tasks", json_integer((json_int_t)json_object_size(g->eval)));
	json_object_set_new(conditions, "samples", json_integer(g->samples_min));
	return conditions;
}

static bool
read_eval(struct reading *g, const struct source *in, struct drafts *out)
{
	const char *task = json_object_iter_key(json_object_iter((json_t *)g->eval));
	json_t *samples, *conditions;
	bool done;

	if (!json_is_object(g->eval) || task == NULL)
		return record_fault(g->f, g->record, "eval", "an object of tasks", "none");
	g->d = draft_begin(in, out,
	    strncmp(task, "HumanEval/", 10) == 0 ? "evalplus-humaneval"
	    : strncmp(task, "Mbpp/", 5) == 0     ? "evalplus-mbpp"
						 : task,
	    "eval", g->f);
	if (g->d == NULL)
		return false;
	draft_file_name(g->d, "");
	g->d->devices_unclear = true;
	g->has_plus = true;
	json_object_foreach ((json_t *)g->eval, task, samples)
		if (!check_task(g, task, samples))
			return false;
	if (g->samples_min != g->samples_max)
		drafts_note(out, "tasks have %lld to %lld samples each", (long long)g->samples_min,
		    (long long)g->samples_max);
	conditions = conditions_of(g);
	done = add_results(g, conditions);
	json_decref(conditions);
	return done;
}

static bool
read(const struct source *in, struct drafts *out, struct fault *f)
{
	struct reading g = {.f = f};
	struct records r = {0};
	bool done;

	memset(out, 0, sizeof(*out));
	done = records_read_python(in->data, in->n, &r, f);
	if (done && r.n != 1)
		done = record_fault(f, &r.list[1], "eval", "one object in a file", "a second one");
	if (done) {
		g.record = &r.list[0];
		g.eval = json_object_get(g.record->json, "eval");
		done = read_eval(&g, in, out);
	}
	records_clear(&r);
	return done;
}

static bool
recognise(const struct glance *g)
{
	return g->kind == GLANCE_OBJECT && glance_begins(g, "eval", '{') && glance_has(g, "hash") &&
	       glance_has(g, "date");
}

const struct importer importer_evalplus = {
    .name = "evalplus",
    .summary = "EvalPlus' eval_results.json (HumanEval+, MBPP+)",
    .recognise = recognise,
    .read = read,
    .media = "application/json",
};
