/* helm.c — runs of HELM: a folder of files for each.
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
#include "records.h"

struct reading {
	json_t *run; /* file name → the objects in it */
	struct drafts *out;
	struct draft *d;
	const char *split;
	json_t *conditions;
	json_t *seen; /* metric → true */
	struct fault *f;
};

/* What the instances say of one metric. */
struct spread {
	size_t n;
	double sum, squares;
};

static bool
refuse(const struct reading *g, const char *where, const char *expected, const char *got)
{
	return fault_set(g->f, FAULT_FILE_FORMAT, where, expected, "%s", got);
}

static const json_t *
spec_at(const struct reading *g, const char *pointer)
{
	return pointer_find(json_array_get(json_object_get(g->run, "run_spec.json"), 0), pointer);
}

/* ---- the head ---- */

static bool
check_files(const struct reading *g)
{
	if (!json_is_string(spec_at(g, "/name")) || !json_is_object(spec_at(g, "/adapter_spec")))
		return refuse(g, "run_spec.json", "name and adapter_spec of a HELM run", "neither");
	if (!json_is_array(json_object_get(g->run, "stats.json")))
		return refuse(g, "stats.json", "the list of a run's statistics", "none");
	if (!json_is_array(json_object_get(g->run, "per_instance_stats.json")))
		return refuse(g, "per_instance_stats.json",
		    "statistics of each instance: `n` and the spread come from there", "none");
	return true;
}

/* "mmlu:subject=philosophy,method=…,model=…": the suite is what stands before the colon. */
static bool
begin(struct reading *g, const struct source *in)
{
	const char *name = json_string_value(spec_at(g, "/name"));
	struct text task = {0}, suite = {0};

	text_add(&task, name, strcspn(name, ":"));
	text_add_str(&suite, "helm-");
	suite_name_add(task.data ? task.data : "", &suite);
	if (!task.failed && !suite.failed)
		g->d = draft_begin(in, g->out, suite.data, task.data, g->f);
	text_clear(&task);
	text_clear(&suite);
	return g->d != NULL;
}

static bool
is_of_model(const char *arg, size_t n)
{
	return (n > 6 && memcmp(arg, "model=", 6) == 0) ||
	       (n > 17 && memcmp(arg, "model_deployment=", 17) == 0);
}

/* "key=value"; of a file of that machine only the base name travels. */
static void
add_argument(const char *arg, size_t n, struct text *out)
{
	char *copy = strndup(arg, n), *value = copy != NULL ? strchr(copy, '=') : NULL;

	if (copy == NULL)
		out->failed = true;
	else if (value == NULL)
		text_add_str(out, without_path(copy));
	else
		text_add(out, copy, (size_t)(++value - copy));
	if (value != NULL)
		text_add_str(out, without_path(value));
	free(copy);
}

/* The run's name without the model. */
static void
read_run(struct reading *g)
{
	const char *name = json_string_value(spec_at(g, "/name")), *arg = strchr(name, ':');
	struct text run = {0};
	size_t args_n = 0;

	text_add(&run, name, strcspn(name, ":"));
	while (arg != NULL && *arg != 0) {
		size_t n;

		arg++;
		n = strcspn(arg, ",");
		if (!is_of_model(arg, n)) {
			text_add_str(&run, args_n++ > 0 ? "," : ":");
			add_argument(arg, n, &run);
		}
		arg += n;
	}
	if (run.data != NULL && run.n <= 400)
		set_text(g->conditions, "run", run.data);
	text_clear(&run);
}

static void
read_adapter(struct reading *g)
{
	static const char *const whole[] = {
	    "max_train_instances", "max_eval_instances", "num_train_trials", "max_tokens"};
	const json_t *adapter = spec_at(g, "/adapter_spec"), *value;

	for (size_t k = 0; k < sizeof(whole) / sizeof(whole[0]); k++) {
		value = json_object_get(adapter, whole[k]);
		if (json_is_integer(value))
			json_object_set(g->conditions, whole[k], (json_t *)value);
	}
	value = json_object_get(adapter, "temperature");
	if (json_is_number(value))
		json_object_set_new(
		    g->conditions, "temperature", json_real(json_number_value(value)));
	set_text(g->conditions, "method", json_get_text(adapter, "method"));
	set_text(g->conditions, "split", g->split);
}

/* "huggingface/gpt2": who ran it, then what. */
static void
read_engine(struct reading *g)
{
	const json_t *deployment = spec_at(g, "/adapter_spec/model_deployment");
	const char *name = json_is_string(deployment) ? json_string_value(deployment) : "";
	size_t n = strcspn(name, "/");

	if (n > 0)
		json_object_set_new(json_object_get(g->d->body, "engine"), "name",
		    json_stringn(name, n < 80 ? n : 80));
}

/* The first answer's time is the run's begin. */
static void
read_time(struct reading *g)
{
	const json_t *states = json_object_get(
	    json_array_get(json_object_get(g->run, "scenario_state.json"), 0), "request_states");
	const json_t *state;
	double first = 0;
	char when[TIME_SIZE];
	size_t k;

	json_array_foreach (states, k, state) {
		double at = json_number_value(pointer_find(state, "/result/request_datetime"));

		if (at > 0 && (first == 0 || at < first))
			first = at;
	}
	moment_of_seconds(first, when);
	set_text(g->d->body, "started_at", when);
}

/* ---- statistics ---- */

/* Of this split, and not perturbed. */
static bool
is_plain(const struct reading *g, const json_t *stat)
{
	const json_t *name = json_object_get(stat, "name");

	return json_object_get(name, "perturbation") == NULL &&
	       json_object_get(name, "sub_split") == NULL &&
	       strcmp(json_get_text(name, "split"), g->split) == 0;
}

static const char *
split_of(const json_t *stats)
{
	const json_t *stat;
	size_t k;

	json_array_foreach (stats, k, stat)
		if (strcmp(json_get_text(json_object_get(stat, "name"), "split"), "test") == 0)
			return "test";
	return "valid";
}

static void
add_instance(const struct reading *g, const json_t *instance, const char *metric, struct spread *s)
{
	const json_t *stats = json_object_get(instance, "stats"), *stat;
	size_t k;

	/* Further trials ask the same instances again. */
	if (json_object_get(instance, "perturbation") != NULL ||
	    json_get_whole(instance, "train_trial_index") != 0)
		return;
	json_array_foreach (stats, k, stat) {
		const json_t *mean = json_object_get(stat, "mean");
		double value = json_number_value(mean);

		if (!is_plain(g, stat) || !json_is_number(mean) ||
		    strcmp(json_get_text(json_object_get(stat, "name"), "name"), metric) != 0)
			continue;
		s->n++;
		s->sum += value;
		s->squares += value * value;
	}
}

static struct spread
spread_of(const struct reading *g, const char *metric)
{
	const json_t *all = json_object_get(g->run, "per_instance_stats.json"), *instance;
	struct spread s = {0};
	size_t k;

	json_array_foreach (all, k, instance)
		add_instance(g, instance, metric, &s);
	return s;
}

/* The standard error of the mean over instances; none where the value is not that mean (what is
 * worked out over all of them together), or where all say the same. */
static double
error_of(const struct spread *s, double value)
{
	double n = (double)s->n, mean = n > 0 ? s->sum / n : 0, variance;

	if (s->n < 2 || fabs(mean - value) > 1e-9 * fmax(1, fabs(value)))
		return 0;
	variance = (s->squares - n * mean * mean) / (n - 1);
	return variance > 1e-15 ? sqrt(variance / n) : 0;
}

static bool
read_stat(struct reading *g, const json_t *stat, struct text *left_out)
{
	const char *name = json_get_text(json_object_get(stat, "name"), "name");
	const json_t *mean = json_object_get(stat, "mean");
	struct spread s;
	json_t *result;
	double se;

	if (!is_plain(g, stat) || !json_is_number(mean))
		return true;
	if (suite_metric(g->d->suite, name) == NULL) {
		if (left_out->n < 300)
			text_addf(left_out, "%s%.60s", left_out->n > 0 ? ", " : "", name);
		return true;
	}
	if (json_object_get(g->seen, name) != NULL)
		return refuse(g, "stats.json", "each metric of a split once", name);
	json_object_set_new(g->seen, name, json_true());
	s = spread_of(g, name);
	if (s.n == 0)
		return refuse(g, "per_instance_stats.json", "each metric for each instance", name);
	result = draft_result(g->d, name, g->conditions, json_number_value(mean), (int64_t)s.n);
	se = error_of(&s, json_number_value(mean));
	if (result != NULL && se > 0)
		json_object_set_new(result, "se", json_real(se));
	return true;
}

static bool
read_stats(struct reading *g)
{
	const json_t *stats = json_object_get(g->run, "stats.json"), *stat;
	struct text left_out = {0};
	bool done = true;
	size_t k;

	json_array_foreach (stats, k, stat)
		done = done && read_stat(g, stat, &left_out);
	if (left_out.n > 0)
		drafts_note(
		    g->out, "no metrics of %s, left out: %s", g->d->suite->name, left_out.data);
	text_clear(&left_out);
	if (done && json_array_size(json_object_get(g->d->body, "results")) == 0)
		return draft_metric_fault(g->d, "any of its statistics", g->f);
	return done;
}

static bool
read_run_folder(struct reading *g, const struct source *in)
{
	const json_t *model;

	if (!check_files(g) || !begin(g, in))
		return false;
	g->split = split_of(json_object_get(g->run, "stats.json"));
	model = spec_at(g, "/adapter_spec/model");
	draft_model_name(g->d, json_is_string(model) ? json_string_value(model) : "");
	read_engine(g);
	read_run(g);
	read_adapter(g);
	read_time(g);
	return read_stats(g);
}

/* Each file is an object or a list of them; all are kept as lists. */
static bool
read_member(struct reading *g, const struct source_part *part)
{
	struct records records = {0};
	struct fault local = {0};
	json_t *list = json_array();
	char where[300];

	if (part->data == NULL)
		return json_decref(list), true;
	if (!records_read_python(part->data, part->n, &records, &local)) {
		json_decref(list);
		records_clear(&records);
		snprintf(where, sizeof(where), "%.60s %.200s", part->name, local.path);
		return fault_set(g->f, local.code, where, local.expected, "%s", local.got);
	}
	for (size_t k = 0; k < records.n; k++)
		json_array_append(list, records.list[k].json);
	records_clear(&records);
	return json_object_set_new(g->run, part->name, list) == 0 ||
	       fault_set(g->f, FAULT_NO_MEMORY, "", "memory for a run", "none");
}

static bool
read_folder(const struct source *in, struct drafts *out, struct fault *f)
{
	struct reading g = {.run = json_object(),
	    .out = out,
	    .conditions = json_object(),
	    .seen = json_object(),
	    .f = f};
	bool done = true;

	memset(out, 0, sizeof(*out));
	for (size_t k = 0; done && k < in->parts_n; k++)
		done = read_member(&g, &in->parts[k]);
	done = done && read_run_folder(&g, in);
	json_decref(g.seen);
	json_decref(g.conditions);
	json_decref(g.run);
	return done;
}

static bool
recognise(const struct glance *g)
{
	return g->kind == GLANCE_FOLDER && glance_has(g, "run_spec.json") &&
	       glance_has(g, "stats.json");
}

static const char *const run_files[] = {
    "run_spec.json", "stats.json", "per_instance_stats.json", "scenario_state.json", NULL};

const struct importer importer_helm = {
    .name = "helm",
    .summary = "a run folder of HELM, benchmark_output/runs/SUITE/RUN",
    .recognise = recognise,
    .read = read_folder,
    .members = run_files,
    .media = "application/json",
};
